using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace Ticketing.Users.SignIn;

/// <summary>Who is signed in at this origin's pages: an encrypted cookie that names the session.</summary>
internal static class BrowserSession
{
    public const string Scheme = "login";

    /// <summary>Without a visit; the session itself ends later.</summary>
    public static readonly TimeSpan IdleTime = TimeSpan.FromHours(8);
    private const string Id = "sid";

    public static Task BeginAsync(HttpContext http, Session session) =>
        http.SignInAsync(Scheme, new ClaimsPrincipal(new ClaimsIdentity([new(Id, session.Id.ToString())], Scheme)));

    /// <summary>Null when nobody is signed in, or the session is over.</summary>
    public static async Task<Session?> FindAsync(HttpContext http, UsersDb db, CancellationToken ct) =>
        await IdAsync(http) is { } id ? await db.FindSessionAsync(id, ct) : null;

    /// <summary>Also on the server: what the session gave is over.</summary>
    public static async Task EndAsync(HttpContext http, UsersDb db, CancellationToken ct)
    {
        if (await FindAsync(http, db, ct) is { } session)
            await db.EndSessionAsync(session.UserId, session.Id, ct);
        await http.SignOutAsync(Scheme);
    }

    private static async Task<Guid?> IdAsync(HttpContext http) =>
        Guid.TryParse((await http.AuthenticateAsync(Scheme)).Principal?.FindFirstValue(Id), out var id) ? id : null;
}
