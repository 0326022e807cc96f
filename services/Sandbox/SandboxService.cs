using Ticketing.Contracts;
using Ticketing.Sandbox.ApiPix;
using Ticketing.Sandbox.Cards;
using Ticketing.Sandbox.Faults;
using Ticketing.Sandbox.Pix;
using Ticketing.Sandbox.Stripe;
using Ticketing.Sandbox.Webhooks;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox;

/// <summary>
/// The sandbox payment provider: other companies' systems in all but name, a bank that speaks API Pix and a card processor that
/// speaks Stripe's API,
/// with their own keys, database and webhooks, and the buttons of a test bank. No money moves. Not for production.
/// </summary>
public static class SandboxService
{
    public static WebApplication Build(string[] args)
    {
        var builder = ServiceDefaultsExtensions.CreateBuilder(AppIds.Sandbox, args);
        builder.AddDatabase<SandboxDb>();
        builder.Services.AddOpenApi(options =>
            OpenApiDefaults.Configure(
                options,
                ("Sandbox: Pix", "A bank for play money."),
                ("Sandbox: Cards", "A card processor for play money."),
                ("Sandbox: Faults", "A bad day of both.")
            )
        );
        builder.Services.AddValidation();
        builder
            .Services.AddOptions<SandboxOptions>()
            .BindConfiguration("Sandbox")
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddHttpClient(WebhookSender.HttpClientName, http => http.Timeout = WebhookSender.Timeout);
        builder.Services.AddSingleton<FaultSwitch>();
        builder.Services.AddSingleton<WebhookSignal>();
        builder.Services.AddSingleton<DueSignal>();
        builder.Services.AddHostedService<WebhookSender>();
        builder.Services.AddHostedService<DelayedOutcomes>();
        builder.Services.AddRetention(
            new RetentionRule(
                "pix_charges",
                "created_at < now() - interval '180 days'",
                "Nobody refunds or disputes play money after half a year."
            ),
            new RetentionRule("pix_received", "paid_at < now() - interval '180 days'", "As their charges."),
            new RetentionRule("card_charges", "created_at < now() - interval '180 days'", "As Pix charges."),
            new RetentionRule("refunds", "created_at < now() - interval '180 days'", "As their charges."),
            new RetentionRule(
                "webhooks",
                "created_at < now() - interval '3 days'",
                "Providers give up on a merchant who is away for days."
            )
        );

        var app = builder.Build();
        app.UseServiceDefaults();
        app.UseApiPix();
        app.MapApiPix();
        app.UseStripe();
        app.MapStripe();
        app.MapPix();
        app.MapCards();
        app.MapFaults();
        return app;
    }
}
