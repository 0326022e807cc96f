using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Ticketing.ServiceDefaults;

namespace Ticketing.Web.SignIn;

/// <summary>
/// Where the identity provider's own pages are: with some (Cognito) at another origin than what its tokens are named after.
/// Learnt from its discovery document, again and again, so that no form waits for it.
/// </summary>
internal sealed class ProviderOrigins(
    IOptionsMonitor<OpenIdConnectOptions> options,
    IOptions<WebOptions> web,
    TimeProvider clock,
    ILogger<ProviderOrigins> logger
) : BackgroundService
{
    private static readonly TimeSpan Refresh = TimeSpan.FromHours(1);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    /// <summary>For a form's policy, which holds for the redirects after it, too; empty where they are ours.</summary>
    public IReadOnlyList<string> All { get; private set; } = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (web.Value.EmbeddedProvider)
            return;
        try
        {
            while (true)
                await Task.Delay(await TryAsync(stoppingToken) ? Refresh : Retry, clock, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task<bool> TryAsync(CancellationToken ct)
    {
        try
        {
            var oidc = options.Get(OpenIdConnectDefaults.AuthenticationScheme);
            var provider = await oidc.ConfigurationManager!.GetConfigurationAsync(ct);
            All =
            [
                .. new[] { oidc.Authority, provider.AuthorizationEndpoint, provider.EndSessionEndpoint }
                    .Where(address => !string.IsNullOrEmpty(address))
                    .Select(address => new Uri(address!).GetLeftPart(UriPartial.Authority))
                    .Distinct(),
            ];
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            logger.LogWarning("The identity provider does not say where it is: {Reason}", e.Reason());
            return false;
        }
    }
}
