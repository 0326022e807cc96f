using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Holds;

/// <summary>Binds a live hold to the order of the same id and keeps it past the payment's deadline.</summary>
internal static class AttachHold
{
    /// <summary>No order may keep stock longer than this without asking again.</summary>
    private const int MaxLeaseSeconds = 24 * 3600;

    /// <summary>By so much a lease may be shorter than asked for: clocks differ, answers get lost and are asked for again.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    public static async Task<Ok<HoldSnapshot>> Handle(
        Guid holdId,
        Contracts.AttachHold request,
        TicketsDb db,
        CancellationToken ct
    )
    {
        if (request.LeaseSeconds is < 1 or > MaxLeaseSeconds)
            throw ProblemException.Invalid("leaseSeconds", $"1 to {MaxLeaseSeconds} seconds.");
        // One conditional update: whether the lease still runs is the database's to say. It is extended as if asked for
        // before the hold's own end at the latest, and not for an order that this would leave short: orders that are
        // tried and refused must not keep stock for ever. The order that has the hold already asks for no more.
        var lease = TimeSpan.FromSeconds(request.LeaseSeconds);
        var atLeast = lease - Grace;
        var attached = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE holds SET status = 'ordered',
                expires_at = greatest(expires_at, least(now(), granted_until) + {lease})
            WHERE id = {holdId} AND buyer_id = {request.BuyerId}
                AND status IN ('held', 'ordered') AND expires_at > now()
                AND greatest(expires_at, least(now(), granted_until) + {lease}) >= now() + {atLeast}
            """,
            ct
        );
        var hold = await db
            .Holds.AsNoTracking()
            .SingleOrDefaultAsync(h => h.Id == holdId && h.BuyerId == request.BuyerId, ct);
        if (hold is null)
            throw new ProblemException(404, "hold-not-found", "The buyer has no such hold.");
        // A paid order that asks again is told the same.
        if (attached == 0 && hold.Status != HoldStatus.Committed)
            throw ProblemException.Conflict("hold-expired", "The hold is over.");
        var session = await db
            .Sessions.AsNoTracking()
            .Include(s => s.Event)
            .SingleAsync(s => s.Id == hold.SessionId, ct);
        return TypedResults.Ok(Snapshot(hold, session, await db.ItemsOfAsync(holdId, ct)));
    }

    private static HoldSnapshot Snapshot(Hold hold, Catalog.Session session, IReadOnlyList<HoldItem> items) =>
        new(
            hold.Id,
            hold.BuyerId,
            session.Event.OrganizerId,
            session.EventId,
            session.Event.Title,
            session.Id,
            session.StartsAt,
            session.Event.VenueName,
            session.Event.VenueCity,
            session.Event.TimeZone,
            hold.ExpiresAt,
            [
                .. items.Select(i => new HoldLine(
                    i.TicketTypeId,
                    i.Name,
                    i.Kind,
                    new(i.UnitPrice, i.Currency),
                    i.Quantity,
                    i.Seats
                )),
            ]
        );
}
