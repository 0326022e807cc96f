using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;

namespace Ticketing.Tickets.Catalog;

/// <summary>Nothing of the event is sold any more; tickets live until their orders are refunded.</summary>
internal static class OnEventCancelled
{
    public static async Task Handle(EventCancelled message, TicketsDb db, CancellationToken ct)
    {
        // Unknown still: a nameless row keeps the version, so that an older event.published changes nothing.
        var applied = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO events (id, version, organizer_id, organizer_name, title,
                venue_name, venue_address, venue_city, venue_state, time_zone)
            VALUES ({message.EventId}, {message.Version}, {Guid.Empty}, '', '', '', '', '', '', 'UTC')
            ON CONFLICT (id) DO UPDATE SET version = excluded.version WHERE events.version < excluded.version
            """,
            ct
        );
        if (applied == 1)
            await db
                .Sessions.Where(s => s.EventId == message.EventId)
                .ExecuteUpdateAsync(u => u.SetProperty(s => s.Cancelled, true), ct);
    }
}
