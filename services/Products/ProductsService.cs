using Ticketing.Contracts;
using Ticketing.Products.Catalog;
using Ticketing.Products.Holds;
using Ticketing.Products.Sessions;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products;

/// <summary>Add-ons of a session (parking, T-shirt, drinks): catalogue, stock, holds.</summary>
public static class ProductsService
{
    /// <summary>After a session's end; the audit counts what was sold for as long.</summary>
    private const int KeptDays = 400;

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
        builder.Services.AddSessions();
        builder.Services.AddHostedService<LeaseSweeper>();
        builder.Services.AddSampledGauge(StockAudit.Unbalanced);
        // The others stay: `events` and `team_members` keep an old message from bringing back what is over, and are small.
        builder.Services.AddRetention(
            new RetentionRule(
                "holds",
                "state IN ('Expired', 'Released', 'Voided') AND expires_at < now() - interval '30 days'",
                "A payment or a refund comes days late, not weeks."
            ),
            new RetentionRule(
                "holds",
                $"session_id IN (SELECT id FROM sessions WHERE over_at < now() - interval '{KeptDays} days')",
                "Long after a show nobody refunds what was sold with it; what the law keeps is in Orders."
            ),
            new RetentionRule(
                "sessions",
                $"""
                over_at < now() - interval '{KeptDays} days'
                    AND NOT EXISTS (SELECT FROM holds h WHERE h.session_id = sessions.id)
                """,
                "With its products, once nothing is held or sold of it."
            )
        );

        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapTeamMembers<ProductsDb>();
        app.MapSessions();
        app.MapCatalog();
        app.MapHolds();
        return app;
    }
}
