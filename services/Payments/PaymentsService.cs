using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.Payments.Charges;
using Ticketing.Payments.Ledger;
using Ticketing.Payments.Providers;
using Ticketing.Payments.Refunds;
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
        builder.Services.AddHttpClient(
            SandboxProvider.ProviderName,
            (services, http) =>
            {
                var options = services.GetRequiredService<IOptions<PaymentsOptions>>().Value;
                http.BaseAddress = new Uri(options.Sandbox.BaseUrl);
                http.Timeout = TimeSpan.FromSeconds(options.ProviderTimeoutSeconds);
            }
        );
        builder.Services.AddSingleton<IPaymentProvider, SandboxProvider>();
        builder.Services.AddSingleton<ProviderDirectory>();
        builder.Services.AddMetrics<PaymentMetrics>();
        builder.Services.AddSampledGauge(PaymentMetrics.Open);
        builder.Services.AddSampledGauge(PaymentMetrics.Unbalanced);
        builder.Services.AddScoped<ChargeOutcome>();
        builder.Services.AddScoped<RefundOutcome>();
        builder.Services.AddScoped<WebhookEffect>();
        builder.Services.AddHostedService<Reconciliation>();

        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapOpenApi().AllowAnonymous();
        app.MapCharges();
        app.MapRefunds();
        app.MapWebhooks();
        app.MapLedger();
        return app;
    }
}
