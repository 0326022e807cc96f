using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Catalog;

internal static class GetCapacity
{
    /// <param name="Sessions">By date.</param>
    internal sealed record Response(Guid EventId, IReadOnlyList<SessionCapacity> Sessions);

    internal sealed record SessionCapacity(Guid SessionId, IReadOnlyList<PoolCapacity> Pools);

    /// <param name="Capacity">All places: available, held, sold and blocked.</param>
    /// <param name="Held">By buyers who have not paid yet.</param>
    internal sealed record PoolCapacity(Guid Id, int Capacity, int Available, int Held, int Sold);

    /// <summary>How full each date of an event is, by pool, for its team.</summary>
    /// <remarks>For the organizer's owner, managers and finance. Of a draft nothing is sold yet: 404.</remarks>
    /// <param name="id">The event.</param>
    /// <response code="404">No such event of yours is on sale, nor was.</response>
    public static async Task<Ok<Response>> Handle(Guid id, ClaimsPrincipal user, TicketsDb db, CancellationToken ct)
    {
        var organizer = await db
            .Events.Where(e => e.Id == id)
            .Select(e => (Guid?)e.OrganizerId)
            .SingleOrDefaultAsync(ct);
        if (organizer is null || !await SeesSalesAsync(db, user, organizer.Value, ct))
            throw ProblemException.NotFound("event");
        var pools = await db
            .Sessions.Where(s => s.EventId == id)
            .Join(db.Pools, s => s.Id, p => p.SessionId, (s, p) => new { s.StartsAt, Pool = p })
            .OrderBy(x => x.StartsAt)
            .ThenBy(x => x.Pool.SessionId)
            .ThenBy(x => x.Pool.Id)
            .Select(x => x.Pool)
            .AsNoTracking()
            .ToListAsync(ct);
        return TypedResults.Ok(
            new Response(
                id,
                [
                    .. pools
                        .GroupBy(p => p.SessionId)
                        .Select(session => new SessionCapacity(
                            session.Key,
                            [.. session.Select(p => new PoolCapacity(p.Id, p.Capacity, p.Available, p.Held, p.Sold))]
                        )),
                ]
            )
        );
    }

    private static async Task<bool> SeesSalesAsync(
        TicketsDb db,
        ClaimsPrincipal user,
        Guid organizerId,
        CancellationToken ct
    ) => user.IsAdmin() || await db.IsTeamMemberAsync(organizerId, user.UserId(), TeamRole.Finance, ct);
}
