using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using Ticketing.Users.SignIn;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Ticketing.Users.OpenId;

/// <summary>Who a token speaks of, and which token says what.</summary>
internal static class Principals
{
    public const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    /// <summary>The audience of access tokens: our API.</summary>
    private const string Resource = "ticketing";

    /// <summary>The session's id: ends codes and refresh tokens with it, and tells a person's own from the others.</summary>
    private const string SessionId = "sid";

    /// <summary>Values of <c>acr</c>: more than a password, and a password alone. A client asks by <c>acr_values</c>.</summary>
    public const string Strong = "mfa";
    private const string Weak = "pwd";
    private const string JsonArray = "JSON_ARRAY";

    public static ClaimsPrincipal Of(Session session, IEnumerable<string> scopes, DateTimeOffset now)
    {
        var user = session.User;
        var identity = new ClaimsIdentity("ticketing", Claims.Name, Claims.Role);
        // An array, also of one.
        var methods = JsonSerializer.Serialize(session.Methods);
        identity.AddClaim(new Claim(Claims.AuthenticationMethodReference, methods, JsonArray));
        identity
            .SetClaim(Claims.Subject, user.Id.ToString())
            .SetClaim(Claims.Name, user.Name)
            .SetClaim(Claims.Locale, user.Locale)
            .SetClaim(Claims.Email, user.Email)
            .SetClaim(Claims.EmailVerified, user.EmailVerifiedAt is not null)
            .SetClaim(Claims.AuthenticationTime, session.BeganAt.ToUnixTimeSeconds())
            .SetClaim(SessionId, session.Id.ToString())
            .SetClaim(Claims.AuthenticationContextReference, session.IsStrong ? Strong : Weak)
            // Roles need more than a password, but for the password grant, which is for development.
            .SetClaims(Claims.Role, session.IsStrong || session.Client is not null ? [.. user.Roles] : [])
            .SetScopes(scopes)
            .SetResources(Resource)
            .SetRefreshTokenLifetime(session.EndsAt - now)
            .SetDestinations(claim =>
                claim.Type switch
                {
                    Claims.Role => [Destinations.AccessToken],
                    Claims.AuthenticationTime
                    or Claims.AuthenticationContextReference
                    or Claims.AuthenticationMethodReference
                    or SessionId => [Destinations.AccessToken, Destinations.IdentityToken],
                    Claims.EmailVerified when claim.Subject!.HasScope(Scopes.Email) =>
                    [
                        Destinations.AccessToken,
                        Destinations.IdentityToken,
                    ],
                    Claims.EmailVerified => [Destinations.AccessToken],
                    Claims.Name or Claims.Locale when claim.Subject!.HasScope(Scopes.Profile) =>
                    [
                        Destinations.IdentityToken,
                    ],
                    Claims.Email when claim.Subject!.HasScope(Scopes.Email) => [Destinations.IdentityToken],
                    _ => [],
                }
            );
        return new(identity);
    }

    public static ClaimsPrincipal OfMachine(string clientId)
    {
        var identity = new ClaimsIdentity("ticketing", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, clientId).SetResources(Resource);
        return new(identity);
    }

    /// <summary>The session of a code or refresh token, with the person as of now; null when it is over.</summary>
    public static async Task<Session?> FindAsync(ClaimsPrincipal principal, UsersDb db, CancellationToken ct) =>
        Guid.TryParse(principal.GetClaim(SessionId), out var id) ? await db.FindSessionAsync(id, ct) : null;

    /// <summary>An OAuth 2.0 error, to the client.</summary>
    public static IResult Refuse(string error, string description) =>
        Results.Forbid(
            new AuthenticationProperties(
                new Dictionary<string, string?>
                {
                    [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
                    [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
                }
            ),
            [Scheme]
        );
}
