using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.Payments.Charges;
using Ticketing.Payments.Disputes;
using Ticketing.Payments.Ledger;
using Ticketing.Payments.Payouts;
using Ticketing.Payments.Providers;
using Ticketing.Payments.Providers.PixApi;
using Ticketing.Payments.Providers.Stripe;
using Ticketing.Payments.Refunds;
using Ticketing.Payments.Settlements;
using Ticketing.Payments.Webhooks;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments;

public static class PaymentsService
{
    public static WebApplication Build(string[] args)
    {
        var builder = ServiceDefaultsExtensions.CreateBuilder(AppIds.Payments, args);
        builder.AddDatabase<PaymentsDb>();
        builder.Services.AddOpenApi(options =>
            OpenApiDefaults.Configure(options, ("Payments", "What providers report, and the ledger."))
        );
        builder.Services.AddValidation();
        builder
            .Services.AddOptions<PaymentsOptions>()
            .BindConfiguration("Payments")
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<PaymentsOptions>, PaymentsOptionsRules>();
        if (!string.IsNullOrEmpty(builder.Configuration["Payments:PixApi:BaseUrl"]))
        {
            builder.Services.AddSingleton<PixApiClient>();
            builder.Services.AddSingleton<IPaymentProvider, PixApiProvider>();
            if (builder.Configuration.GetValue("Payments:PixApi:RegisterWebhook", defaultValue: true))
                builder.Services.AddHostedService<PixWebhookRegistration>();
        }
        if (!string.IsNullOrEmpty(builder.Configuration["Payments:Stripe:BaseUrl"]))
            builder.Services.AddSingleton<IPaymentProvider, StripeProvider>();
        builder.Services.AddSingleton<ProviderDirectory>();
        builder.Services.AddMetrics<PaymentMetrics>();
        builder.Services.AddSampledGauge(PaymentMetrics.Open);
        builder.Services.AddSampledGauge(PaymentMetrics.Unbalanced);
        builder.Services.AddSingleton<PaymentMoves>();
        builder.Services.AddSingleton<ChargeOutcome>();
        builder.Services.AddSingleton<RefundOutcome>();
        builder.Services.AddHostedService<PaymentChecks>();
        builder.Services.AddHostedService<DisputeWatch>();
        builder.Services.AddHostedService<LedgerClosing>();
        builder.Services.AddHostedService<ReconciliationWatch>();
        builder.Services.AddPayouts();
        builder.Services.AddRetention(
            new RetentionRule(
                "received_webhooks",
                "received_at < now() - interval '30 days' AND next_check_at IS NULL",
                "Providers repeat an event for days; what is older is of use to nobody, its effect is in the ledger."
            ),
            new RetentionRule(
                "refund_operations",
                "created_at < now() - interval '90 days'",
                "A saga repeats its request within minutes; the reason is an organizer's free text."
            )
        );

        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapCharges();
        app.MapRefunds();
        app.MapWebhooks();
        app.MapLedger();
        app.MapSettlements();
        app.MapDisputes();
        app.MapPayouts();
        return app;
    }
}
