using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;

namespace Ticketing.Tickets.Catalog;

/// <summary>For good: nothing of the event is sold any more; tickets live until their orders are refunded.</summary>
internal static class OnEventCancelled
{
    public static async Task Handle(EventCancelled message, TicketsDb db, CancellationToken ct)
    {
        // Unknown still: a nameless row remembers it, so that nothing that comes later brings it on sale.
        var applied = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO events (id, version, cancelled, organizer_id, organizer_name, title,
                venue_name, venue_address, venue_city, venue_state, time_zone)
            VALUES ({message.EventId}, {message.Version}, true, {Guid.Empty}, '', '', '', '', '', '', 'UTC')
            ON CONFLICT (id) DO UPDATE SET cancelled = true WHERE NOT events.cancelled
            """,
            ct
        );
        // In a statement of its own: it sees what was told before the lock was had.
        if (applied == 1)
            await db
                .Sessions.Where(s => s.EventId == message.EventId)
                .ExecuteUpdateAsync(u => u.SetProperty(s => s.Cancelled, true), ct);
    }
}
