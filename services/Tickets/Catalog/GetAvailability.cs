using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.Holds;

namespace Ticketing.Tickets.Catalog;

internal static class GetAvailability
{
    /// <param name="MaxPerPerson">Tickets of the session that one person may have, held and bought.</param>
    /// <param name="TicketTypes">In the organizer's order.</param>
    internal sealed record Response(Guid SessionId, int MaxPerPerson, IReadOnlyList<TicketType> TicketTypes);

    /// <param name="Price">What the buyer pays, with the service fee.</param>
    /// <param name="Fee">Of the price, the service fee; 0 when there is none or the organizer bears it.</param>
    /// <param name="Available">How many could be held now; types of one pool share it.</param>
    /// <param name="MaxPerOrder">Most tickets of this type in one hold.</param>
    /// <param name="Seated">True: choose seats (<c>seatIds</c>); false: say a <c>quantity</c>.</param>
    internal sealed record TicketType(
        Guid Id,
        string Name,
        TicketKind Kind,
        Money Price,
        Money Fee,
        SaleStatus Status,
        int Available,
        int MaxPerOrder,
        bool Seated,
        DateTimeOffset? SalesStart,
        DateTimeOffset? SalesEnd
    );

    internal enum SaleStatus
    {
        Available,
        SoldOut,
        NotYetOpen,
        Closed,
        Cancelled,
    }

    /// <summary>How many tickets of each type are left.</summary>
    /// <remarks>At most a second old; send <c>If-None-Match</c> to poll cheaply.</remarks>
    /// <param name="id">The session.</param>
    /// <response code="404">No such session is on sale, nor was.</response>
    public static Task<IResult> Handle(Guid id, AnswerCache cache, IServiceScopeFactory scopes, TimeProvider time) =>
        cache.GetAsync((nameof(GetAvailability), id), scopes, db => MakeAsync(id, db, time.GetUtcNow()));

    private static async Task<Response?> MakeAsync(Guid id, TicketsDb db, DateTimeOffset now)
    {
        var session = await db.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id);
        if (session is null)
            return null;
        var types = await db
            .TicketTypes.AsNoTracking()
            .Where(t => t.SessionId == id && !t.Withdrawn)
            .Join(db.Pools, t => t.PoolId, p => p.Id, (t, p) => new { Type = t, Pool = p })
            .OrderBy(x => x.Type.Ordinal)
            .ToListAsync();
        return new(
            id,
            session.MaxPerPerson,
            [
                .. types.Select(x => new TicketType(
                    x.Type.Id,
                    x.Type.Name,
                    x.Type.Kind,
                    new(x.Type.PriceAmount, x.Type.PriceCurrency),
                    new(x.Type.Fee, x.Type.PriceCurrency),
                    StatusOf(session, x.Type, x.Pool, now),
                    x.Pool.Available,
                    Math.Min(x.Type.MaxPerOrder, HoldLimits.MaxTickets),
                    x.Pool.SectionId is not null,
                    x.Type.SalesStart,
                    x.Type.SalesEnd
                )),
            ]
        );
    }

    private static SaleStatus StatusOf(Session session, Catalog.TicketType type, Pool pool, DateTimeOffset now) =>
        session.Cancelled ? SaleStatus.Cancelled
        : now < type.SalesStart ? SaleStatus.NotYetOpen
        : now >= (type.SalesEnd ?? session.EndsAt ?? session.StartsAt) ? SaleStatus.Closed
        : pool.Available == 0 ? SaleStatus.SoldOut
        : SaleStatus.Available;
}
