using Dapr.Workflow;
using Ticketing.Contracts;
using Ticketing.Orders.Checkout;
using Ticketing.Orders.Refunds;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders;

/// <summary>Orders, their money, and the saga of a purchase.</summary>
public static class OrdersService
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults(AppIds.Orders);
        builder.AddDatabase<OrdersDb>();
        builder.Services.AddOpenApi(OpenApiDefaults.Configure);
        builder.Services.AddValidation();
        builder
            .Services.AddOptions<OrdersOptions>()
            .BindConfiguration("Orders")
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<Sagas>();
        builder.Services.AddScoped<Stock>();
        builder.Services.AddScoped<Reservation>();
        builder.Services.AddScoped<Settlements>();
        builder.Services.AddScoped<PaymentCreation>();
        // Its source generator registers the workflows and activities.
        builder.Services.AddDaprWorkflow();
        builder.Services.AddHostedService<Reconciler>();

        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapOpenApi().AllowAnonymous();
        app.MapCheckout();
        app.MapRefunds();
        return app;
    }
}
