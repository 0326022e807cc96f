using Ticketing.Contracts;
using Ticketing.EmbeddedDapr;
using Ticketing.LocalPostgres;

namespace Ticketing.Local.Hosting;

/// <summary>The configuration that a deployment would give each service by its environment.</summary>
internal sealed class ServiceSettings(
    LocalOptions options,
    IReadOnlyList<Replica> replicas,
    DataFolder folder,
    MetricsTargets? metrics
)
{
    private readonly Dictionary<string, int> ports = replicas.ToDictionary(
        r => r.Name,
        r => r.Service.AppId == AppIds.Gateway ? options.Port : FreePort.Next()
    );

    public IReadOnlyDictionary<string, Uri> Addresses => ports.Keys.ToDictionary(name => name, AddressOf);

    /// <param name="name">A replica's; an app id means its first.</param>
    public Uri AddressOf(string name) => new($"http://127.0.0.1:{ports[name]}");

    public Dictionary<string, string> For(Replica replica, Sidecar sidecar, string? database)
    {
        var service = replica.Service;
        var settings = new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["urls"] =
                service.AppId == AppIds.Gateway
                    ? $"http://localhost:{options.Port}"
                    : AddressOf(replica.Name).ToString(),
            ["DAPR_HTTP_ENDPOINT"] = sidecar.HttpEndpoint.ToString(),
            ["DAPR_GRPC_ENDPOINT"] = sidecar.GrpcEndpoint.ToString(),
            ["DAPR_API_TOKEN"] = sidecar.ApiToken,
            ["APP_API_TOKEN"] = sidecar.AppApiToken,
            ["Public:BaseUrl"] = options.BaseUrl,
            ["Auth:Authority"] = options.BaseUrl + "/",
            ["Auth:MetadataAddress"] = new Uri(AddressOf(AppIds.Users), "/.well-known/openid-configuration").ToString(),
            ["Logging:LogLevel:Default"] = "Warning",
            ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Warning",
        };
        if (metrics is not null)
            settings["Metrics:Port"] = $"{metrics.PortOf(replica.Name)}";
        if (database is not null)
            settings["ConnectionStrings:Database"] = database;
        foreach (var (key, value) in OwnSettings(service.AppId))
            settings[key] = value;
        foreach (var setting in options.Settings.GetValueOrDefault(service.AppId, []))
            settings[setting[..setting.IndexOf('=', StringComparison.Ordinal)]] = setting[
                (setting.IndexOf('=', StringComparison.Ordinal) + 1)..
            ];
        return settings;
    }

    private IEnumerable<(string, string)> OwnSettings(string appId) =>
        appId switch
        {
            AppIds.Users =>
            [
                ("Users:PasswordGrant", "true"),
                ("Users:Admins:0", Seeding.SeedLogins.Admin.Email),
                // Names that nobody can own (RFC 2606): their mail would go nowhere.
                ("Users:TrustedDomains:0", ".example"),
                ("Users:TrustedDomains:1", "@example.com"),
            ],
            // Nobody waits for an administrator on a laptop.
            AppIds.Events => [("Events:ApproveOrganizers", "false"), ("Events:Currencies", "BRL")],
            AppIds.Payments =>
            [
                ("Payments:PixApi:BaseUrl", new Uri(AddressOf(AppIds.Sandbox), "api-pix").ToString()),
                ("Payments:PixApi:OAuthUrl", new Uri(AddressOf(AppIds.Sandbox), "api-pix/oauth/token").ToString()),
                ("Payments:PixApi:ClientId", "ticketing"),
                ("Payments:PixApi:Receiver", "pix@ticketing.example"),
                ("Payments:Stripe:BaseUrl", new Uri(AddressOf(AppIds.Sandbox), "stripe").ToString()),
                // A laptop's shows are all to come, and nobody waits for days.
                ("Payments:Payouts:DaysAfterEvent", "-3650"),
                ("Payments:Payouts:AccountHoldDays", "0"),
                ("Payments:LedgerClosingSeconds", "2"),
                ("Pull:IdleSeconds", "2"),
            ],
            AppIds.Sandbox => [("Sandbox:WebhookUrl", options.BaseUrl + "/api/v1/payments/webhooks/stripe")],
            AppIds.Notifications => [("Notifications:MailFolder", folder.Mails)],
            AppIds.Web =>
            [
                ("Web:Sandbox", "true"),
                ("Web:StripePublishableKey", "pk_test_sandbox"),
                ("Web:StripeScript", "/sandbox/stripe.js"),
            ],
            AppIds.Gateway =>
            [
                ("Gateway:Sandbox", "true"),
                ("Gateway:DevPages", "true"),
                // One machine is one client: limits for a public network would stop the demo and the benchmark.
                ("Gateway:RateLimits:PerClientPerMinute", "1000000"),
                ("Gateway:RateLimits:PerAccountPerMinute", "1000000"),
                ("Gateway:RateLimits:LoginsPerMinute", "1000000"),
            ],
            _ => [],
        };
}
