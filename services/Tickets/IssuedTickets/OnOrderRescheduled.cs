using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.IssuedTickets;

/// <summary>The buyer is told of the order; whoever has a ticket of it without having bought it, of the ticket.</summary>
internal static class OnOrderRescheduled
{
    public static async Task Handle(OrderRescheduled e, TicketsDb db, CancellationToken ct)
    {
        var passedOn = await db
            .Tickets.AsNoTracking()
            .Include(t => t.Session.Event)
            .Where(t => t.OrderId == e.Order.Id && t.OwnerId != t.BuyerId && t.Status == TicketStatus.Valid)
            .OrderBy(t => t.Id)
            .ToListAsync(ct);
        foreach (var ticket in passedOn)
        {
            // The order was changed already; the copy here may be older than that.
            var summary = ticket.Summary() with
            {
                StartsAt = e.Order.StartsAt,
                VenueName = e.Order.VenueName,
                VenueCity = e.Order.VenueCity,
                TimeZone = e.Order.TimeZone,
            };
            db.Publish(new TicketRescheduled(summary, ticket.OwnerId, e.StartedAt, e.At));
        }
    }
}
