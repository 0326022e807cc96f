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

    public static async Task<Ok<HoldSnapshot>> Handle(
        Guid holdId,
        Contracts.AttachHold request,
        TicketsDb db,
        CancellationToken ct
    )
    {
        if (request.LeaseSeconds is < 1 or > MaxLeaseSeconds)
            throw ProblemException.Invalid("leaseSeconds", $"1 to {MaxLeaseSeconds} seconds.");
        // One conditional update: whether the lease still runs is the database's to say.
        var attached = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE holds SET status = 'ordered',
                expires_at = greatest(expires_at, now() + make_interval(secs => {request.LeaseSeconds}))
            WHERE id = {holdId} AND buyer_id = {request.BuyerId}
                AND status IN ('held', 'ordered') AND expires_at > now()
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

    private static HoldSnapshot Snapshot(
        Hold hold,
        Catalog.Session session,
        IReadOnlyList<HoldItem> items
    ) =>
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
