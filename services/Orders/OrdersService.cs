using Dapr.Workflow;
using Grpc.Net.ClientFactory;
using Ticketing.Contracts;
using Ticketing.Orders.Disputing;
using Ticketing.Orders.Ending;
using Ticketing.Orders.Erasing;
using Ticketing.Orders.Paying;
using Ticketing.Orders.Placing;
using Ticketing.Orders.Reading;
using Ticketing.Orders.Rescheduling;
using Ticketing.Orders.Saga;
using Ticketing.Orders.Sales;
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
        builder.Services.AddSingleton<Cancellations>();
        builder.Services.AddSingleton<Rescheduler>();
        builder.Services.AddSingleton<Settlements>();
        builder.Services.AddSingleton<Disputes>();
        builder.Services.AddSingleton<OrderChanges>();
        builder.Services.AddHostedService(sp => sp.GetRequiredService<OrderChanges>());
        builder.Services.AddRetention(Erasure.Rules);
        builder.Services.AddEncryptedColumns(Order.CpfColumn);
        builder.Services.AddMetrics<OrderMetrics>();
        builder.Services.AddSampledGauge(OrderMetrics.Overdue);
        builder.Services.AddSingleton<OrderStock>();
        builder.Services.AddSingleton<OrderSearch>();
        builder.Services.AddScoped<Reservation>();
        builder.Services.AddScoped<PaymentOpening>();
        // Its source generator registers the workflows and activities.
        builder.Services.AddDaprWorkflow();
        // The channel is the SDK's own.
        builder.Services.PostConfigureAll<GrpcClientFactoryOptions>(client =>
            client.ChannelOptionsActions.Add(channel => channel.LimitCalls())
        );
        builder.Services.AddHostedService<Sweep>();
        builder.Services.AddHostedService<SalesTally>();
        builder.Services.AddPulls();

        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapOrders();
        return app;
    }
}
