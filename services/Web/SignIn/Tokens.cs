using System.Collections.Concurrent;
using System.Globalization;
using Dapr;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Ticketing.Web.SignIn;

/// <summary>
/// Renews the session's access token before it runs out. A provider that says no has ended the session; one that does
/// not answer has not. What is renewed is saved at once: the answer may take its time, and others need the token meanwhile.
/// </summary>
internal sealed class Tokens(IOptionsMonitor<OpenIdConnectOptions> options, StoredSessions sessions, TimeProvider clock)
{
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(1);

    // Requests of one page come at once: one of them asks, the others take what it got.
    private readonly ConcurrentDictionary<string, Task<OpenIdConnectMessage?>> asking = new();

    public async Task KeepFreshAsync(CookieValidatePrincipalContext context)
    {
        var properties = context.Properties;
        if (
            !DateTimeOffset.TryParse(
                properties.GetTokenValue("expires_at"),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var end
            )
            || end - Early > clock.GetUtcNow()
        )
            return;
        if (properties.GetTokenValue("refresh_token") is not { } refresh)
        {
            if (end <= clock.GetUtcNow())
                context.RejectPrincipal();
            return;
        }
        OpenIdConnectMessage? renewed;
        try
        {
            renewed = await asking.GetOrAdd(refresh, _ => RenewAsync(refresh, context));
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or InvalidOperationException)
        {
            // For now what is there must do; the API refuses it if it does not.
            return;
        }
        finally
        {
            asking.TryRemove(refresh, out _);
        }
        if (renewed is null)
            context.RejectPrincipal();
        else
            Take(renewed, properties);
    }

    /// <summary>Null when the session is over: the provider says so, or somebody has signed out meanwhile.</summary>
    private async Task<OpenIdConnectMessage?> RenewAsync(string refresh, CookieValidatePrincipalContext context)
    {
        if (await AskAsync(refresh) is not { } renewed)
            return null;
        Take(renewed, context.Properties);
        var now = clock.GetUtcNow();
        (context.Properties.IssuedUtc, context.Properties.ExpiresUtc) = (now, now + StoredSessions.Lifetime);
        try
        {
            return await sessions.TryRenewAsync(new(context.Principal!, context.Properties, context.Scheme.Name))
                ? renewed
                : null;
        }
        catch (DaprException)
        {
            // The next request asks again.
            return renewed;
        }
    }

    private void Take(OpenIdConnectMessage renewed, AuthenticationProperties properties)
    {
        var lifetime = int.TryParse(renewed.ExpiresIn, CultureInfo.InvariantCulture, out var seconds) ? seconds : 300;
        properties.UpdateTokenValue("access_token", renewed.AccessToken);
        if (renewed.RefreshToken is { Length: > 0 } next)
            properties.UpdateTokenValue("refresh_token", next);
        if (renewed.IdToken is { Length: > 0 } id)
            properties.UpdateTokenValue("id_token", id);
        properties.UpdateTokenValue(
            "expires_at",
            clock.GetUtcNow().AddSeconds(lifetime).ToString("o", CultureInfo.InvariantCulture)
        );
    }

    /// <summary>Null when the provider says that the session is over.</summary>
    private async Task<OpenIdConnectMessage?> AskAsync(string refresh)
    {
        var oidc = options.Get(OpenIdConnectDefaults.AuthenticationScheme);
        var provider = await oidc.ConfigurationManager!.GetConfigurationAsync(CancellationToken.None);
        var fields = new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token",
            ["client_id"] = oidc.ClientId!,
            ["refresh_token"] = refresh,
        };
        if (oidc.ClientSecret is { } secret)
            fields["client_secret"] = secret;
        using var form = new FormUrlEncodedContent(fields);
        using var answer = await oidc.Backchannel.PostAsync(provider.TokenEndpoint, form);
        var body = await answer.Content.ReadAsStringAsync();
        if ((int)answer.StatusCode is >= 400 and < 500)
            return null;
        answer.EnsureSuccessStatusCode();
        return new OpenIdConnectMessage(body);
    }
}
