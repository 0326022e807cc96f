using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using Ticketing.Users.Accounts;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Ticketing.Users.OpenId;

/// <summary>Who a token speaks of, and which token says what.</summary>
internal static class Principals
{
    public const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    /// <summary>The audience of access tokens: our API.</summary>
    private const string Resource = "ticketing";

    /// <summary>Only in codes and refresh tokens: ends them when the password changes.</summary>
    private const string Stamp = "stamp";

    public static ClaimsPrincipal Of(User user, IEnumerable<string> scopes, DateTimeOffset authenticatedAt)
    {
        var identity = new ClaimsIdentity("ticketing", Claims.Name, Claims.Role);
        identity
            .SetClaim(Claims.Subject, user.Id.ToString())
            .SetClaim(Claims.Name, user.Name)
            .SetClaim(Claims.Locale, user.Locale)
            .SetClaim(Claims.Email, user.Email)
            .SetClaim(Claims.EmailVerified, false)
            .SetClaim(Claims.AuthenticationTime, authenticatedAt.ToUnixTimeSeconds())
            .SetClaim(Stamp, user.Stamp.ToString())
            .SetClaims(Claims.Role, [.. user.Roles])
            .SetScopes(scopes)
            .SetResources(Resource)
            .SetDestinations(claim =>
                claim.Type switch
                {
                    Claims.Role => [Destinations.AccessToken],
                    Claims.AuthenticationTime => [Destinations.IdentityToken],
                    Claims.Name or Claims.Locale when claim.Subject!.HasScope(Scopes.Profile) =>
                    [
                        Destinations.IdentityToken,
                    ],
                    Claims.Email or Claims.EmailVerified when claim.Subject!.HasScope(Scopes.Email) =>
                    [
                        Destinations.IdentityToken,
                    ],
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

    /// <summary>The person of a code or refresh token; null when erased or the password has changed since.</summary>
    public static async Task<(User User, DateTimeOffset AuthenticatedAt)?> FindAsync(
        ClaimsPrincipal principal,
        UsersDb db,
        CancellationToken ct
    ) =>
        Guid.TryParse(principal.GetClaim(Claims.Subject), out var id)
        && await db.FindAsync(id, ct) is { } user
        && user.Stamp.ToString() == principal.GetClaim(Stamp)
            ? (
                user,
                DateTimeOffset.FromUnixTimeSeconds(
                    long.Parse(principal.GetClaim(Claims.AuthenticationTime)!, CultureInfo.InvariantCulture)
                )
            )
            : null;

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
