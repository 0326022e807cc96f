using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Ticketing.Users.Accounts;

namespace Ticketing.Users.SignIn;

/// <summary>Who is signed in at this origin's pages: an encrypted cookie that only these pages read.</summary>
/// <param name="At">When the password was given.</param>
internal sealed record BrowserSession(User User, DateTimeOffset At)
{
    public const string Scheme = "login";
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(8);

    public static Task BeginAsync(HttpContext http, User user, DateTimeOffset now) =>
        http.SignInAsync(
            Scheme,
            new ClaimsPrincipal(
                new ClaimsIdentity(
                    [
                        new("sub", user.Id.ToString()),
                        new("stamp", user.Stamp.ToString()),
                        new("at", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
                    ],
                    Scheme
                )
            )
        );

    /// <summary>Null when nobody is signed in, or was before the password changed.</summary>
    public static async Task<BrowserSession?> FindAsync(HttpContext http, UsersDb db, CancellationToken ct)
    {
        var cookie = await http.AuthenticateAsync(Scheme);
        if (
            cookie.Principal is not { } principal
            || !Guid.TryParse(principal.FindFirstValue("sub"), out var id)
            || !long.TryParse(principal.FindFirstValue("at"), CultureInfo.InvariantCulture, out var at)
            || await db.FindAsync(id, ct) is not { } user
            || user.Stamp.ToString() != principal.FindFirstValue("stamp")
        )
            return null;
        return new(user, DateTimeOffset.FromUnixTimeSeconds(at));
    }

    public static Task EndAsync(HttpContext http) => http.SignOutAsync(Scheme);
}
