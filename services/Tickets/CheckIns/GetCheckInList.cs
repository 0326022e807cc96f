using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.CheckIns;

/// <summary>What a door takes along to where there is no network.</summary>
internal static class GetCheckInList
{
    /// <summary>More is not for one phone: such a session is admitted online.</summary>
    private const int MaxTickets = 50_000;

    /// <summary>All doors of a session ask at once when the network is back.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    /// <param name="Keys">Public keys that the codes are signed with (JWK, ES256).</param>
    internal sealed record Response(
        Guid SessionId,
        string EventTitle,
        DateTimeOffset StartsAt,
        IReadOnlyList<GetKeys.Jwk> Keys,
        IReadOnlyList<ListedTicket> Tickets
    );

    /// <param name="Serial">Codes of another serial are void.</param>
    /// <param name="Name">The holder's first name, as much as a door needs to call somebody.</param>
    /// <param name="Status">valid, used, voided or blocked.</param>
    /// <param name="UsedAt">When it was first admitted, and by which gate.</param>
    internal sealed record ListedTicket(
        Guid Id,
        string Number,
        int Serial,
        string Name,
        string Type,
        TicketKind Kind,
        string? Seat,
        ListedStatus Status,
        DateTimeOffset? UsedAt,
        string? Gate
    );

    internal enum ListedStatus
    {
        Valid,
        Used,
        Voided,
        Blocked,
    }

    /// <summary>All tickets of a session, for a door that works without a network.</summary>
    /// <remarks>
    /// For the organizer's team with the role door, manager or owner. At most five seconds old; send <c>If-None-Match</c>. With the
    /// keys a door verifies codes itself; what it admitted it tells by <c>POST /api/v1/check-ins/batch</c>. 409 limit-reached: more
    /// than 50,000 tickets.
    /// </remarks>
    /// <param name="sessionId">The session.</param>
    /// <response code="404">No such session of an organizer whose door you keep.</response>
    public static async Task<IResult> Handle(
        Guid sessionId,
        ClaimsPrincipal user,
        TicketsDb db,
        AnswerCache cache,
        IServiceScopeFactory scopes,
        CancellationToken ct
    )
    {
        await db.RequireDoorAsync(user, sessionId, ct);
        var answer = await cache.GetAsync(
            (nameof(GetCheckInList), sessionId),
            Freshness,
            async () =>
            {
                await using var scope = scopes.CreateAsyncScope();
                return Answer.Of(
                    await MakeAsync(
                        sessionId,
                        scope.ServiceProvider.GetRequiredService<TicketsDb>(),
                        scope.ServiceProvider.GetRequiredService<TicketSigner>()
                    )
                );
            }
        );
        return answer.With("private, no-cache");
    }

    private static async Task<Response> MakeAsync(Guid sessionId, TicketsDb db, TicketSigner signer)
    {
        var session = await db.Sessions.AsNoTracking().Include(s => s.Event).SingleAsync(s => s.Id == sessionId);
        var tickets = await db
            .Tickets.AsNoTracking()
            .Where(t => t.SessionId == sessionId)
            .OrderBy(t => t.Id)
            .Take(MaxTickets + 1)
            .Select(t => new
            {
                t.Id,
                t.Number,
                t.Serial,
                t.HolderName,
                t.TypeName,
                t.Kind,
                t.Seat,
                t.Status,
                t.BlockReason,
                t.UsedAt,
                t.Gate,
            })
            .ToListAsync();
        if (tickets.Count > MaxTickets)
            throw ProblemException.Conflict("limit-reached", $"A list has at most {MaxTickets} tickets.");
        return new(
            sessionId,
            session.Event.Title,
            session.StartsAt,
            await signer.PublicKeysAsync(CancellationToken.None),
            [
                .. tickets.Select(t => new ListedTicket(
                    t.Id,
                    t.Number,
                    t.Serial,
                    t.HolderName.Split(' ', 2)[0],
                    t.TypeName,
                    t.Kind,
                    t.Seat,
                    t.Status switch
                    {
                        TicketStatus.Voided => ListedStatus.Voided,
                        TicketStatus.Used => ListedStatus.Used,
                        _ when t.BlockReason is not null => ListedStatus.Blocked,
                        _ => ListedStatus.Valid,
                    },
                    t.UsedAt,
                    t.Gate
                )),
            ]
        );
    }
}
