using Ticketing.Contracts;
using Ticketing.Products.Catalog;
using Ticketing.Products.Holds;
using Ticketing.Products.Sessions;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products;

/// <summary>Add-ons of a session (parking, T-shirt, drinks): catalogue, stock, holds.</summary>
public static class ProductsService
{
    public static WebApplication Build(string[] args)
    {
        var builder = ServiceDefaultsExtensions.CreateBuilder(AppIds.Products, args);
        builder.AddDatabase<ProductsDb>();
        builder.Services.AddOpenApi(options =>
            OpenApiDefaults.Configure(options, ("Products", "Add-ons of a session: parking, shirts, drinks."))
        );
        builder.Services.AddValidation();
        builder
            .Services.AddOptions<ProductsOptions>()
            .BindConfiguration("Products")
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddHostedService<LeaseSweeper>();
        builder.Services.AddSampledGauge(StockAudit.Unbalanced);

        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapOpenApi().AllowAnonymous();
        app.MapTeamMembers<ProductsDb>();
        app.MapSessions();
        app.MapCatalog();
        app.MapHolds();
        return app;
    }
}
