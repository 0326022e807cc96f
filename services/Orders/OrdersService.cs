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
        var builder = ServiceDefaultsExtensions.CreateBuilder(AppIds.Orders, args);
        builder.AddDatabase<OrdersDb>();
        // A lambda, not a method group: else the XML comments stay out.
        builder.Services.AddOpenApi(options =>
            OpenApiDefaults.Configure(options, ("Orders", "From a hold to its tickets, or its money back."))
        );
        builder.Services.AddValidation();
        builder
            .Services.AddOptions<OrdersOptions>()
            .BindConfiguration("Orders")
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<Sagas>();
        builder.Services.AddSingleton<RunningCreations>();
        builder.Services.AddMetrics<OrderMetrics>();
        builder.Services.AddSampledGauge(OrderMetrics.Overdue);
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
