using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Ticketing.Users.OpenId;

/// <summary><c>/connect/userinfo</c>: what the token's scopes may know of the person.</summary>
internal static class UserInfo
{
    public static async Task<IResult> Handle(HttpContext http, UsersDb db, CancellationToken ct)
    {
        var token = await http.AuthenticateAsync(Principals.Scheme);
        if (
            !Guid.TryParse(token.Principal?.GetClaim(Claims.Subject), out var id)
            || await db.FindAsync(id, ct) is not { } user
        )
            return Results.Challenge(authenticationSchemes: [Principals.Scheme]);
        var claims = new Dictionary<string, object?> { [Claims.Subject] = user.Id };
        if (token.Principal.HasScope(Scopes.Profile))
        {
            claims[Claims.Name] = user.Name;
            claims[Claims.Locale] = user.Locale;
            claims[Claims.Role] = token.Principal.GetClaims(Claims.Role);
        }
        if (token.Principal.HasScope(Scopes.Email))
        {
            claims[Claims.Email] = user.Email;
            claims[Claims.EmailVerified] = user.EmailVerifiedAt is not null;
        }
        return Results.Ok(claims);
    }
}
