using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;
using Ticketing.Users.SignIn;

namespace Ticketing.Users.Profile;

/// <summary>A sign-in of the person.</summary>
/// <param name="Device">Browser and system; empty when they are not known.</param>
/// <param name="Network">The address it came from; of IPv6 the network.</param>
/// <param name="Methods">How the person proved it (RFC 8176).</param>
/// <param name="SeenAt">When it last got a token.</param>
/// <param name="EndsAt">When it ends by itself.</param>
/// <param name="Current">It is the one that asks.</param>
public sealed record SessionView(
    Guid Id,
    string Device,
    string Network,
    IReadOnlyList<string> Methods,
    DateTimeOffset BeganAt,
    DateTimeOffset SeenAt,
    DateTimeOffset EndsAt,
    bool Current
);

public static class ListSessions
{
    internal const int Max = 1_000;

    /// <summary>Where the person is signed in; the latest first, at most 1,000.</summary>
    internal static async Task<Ok<Page<SessionView>>> Handle(ClaimsPrincipal me, UsersDb db, CancellationToken ct)
    {
        var (id, current) = (me.UserId(), MySessions.Current(me));
        var sessions = await OfAsync(db, id, ct);
        return TypedResults.Ok(
            new Page<SessionView>(
                [
                    .. sessions.Select(s => new SessionView(
                        s.Id,
                        s.Device,
                        s.Network,
                        s.Methods,
                        s.BeganAt,
                        s.SeenAt,
                        s.EndsAt,
                        s.Id == current
                    )),
                ],
                null
            )
        );
    }

    internal static Task<List<Session>> OfAsync(UsersDb db, Guid person, CancellationToken ct) =>
        db
            .Sessions.FromSql(
                $"SELECT * FROM sessions WHERE user_id = {person} AND ends_at > now() ORDER BY id DESC LIMIT {Max}"
            )
            .AsNoTracking()
            .ToListAsync(ct);
}

internal static class MySessions
{
    public static Guid? Current(ClaimsPrincipal me) => Guid.TryParse(me.FindFirstValue("sid"), out var id) ? id : null;

    /// <summary>Signs the person out there: refresh tokens and cookie hold no longer, access tokens 15 minutes at most.</summary>
    public static async Task<NoContent> End(Guid id, ClaimsPrincipal me, UsersDb db, CancellationToken ct) =>
        await db.EndSessionAsync(me.UserId(), id, ct) == 1
            ? TypedResults.NoContent()
            : throw ProblemException.NotFound("session");

    /// <summary>Signs the person out everywhere.</summary>
    public static async Task<NoContent> EndAll(ClaimsPrincipal me, UsersDb db, CancellationToken ct)
    {
        await db.EndSessionsAsync(me.UserId(), ct);
        return TypedResults.NoContent();
    }
}
