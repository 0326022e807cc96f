using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;

namespace Ticketing.Products.Sessions;

/// <summary>Nothing of its sessions is sold any more; what was sold is refunded by Orders.</summary>
internal static class OnEventCancelled
{
    public static async Task Handle(EventCancelled cancelled, ProductsDb db, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO events (id, cancelled) VALUES ({cancelled.EventId}, true)
            ON CONFLICT (id) DO UPDATE SET cancelled = true
            """,
            ct
        );
        // In a statement of its own: it sees what was heard before the lock was had.
        await db.Database.ExecuteSqlAsync(
            $"UPDATE sessions SET cancelled = true WHERE event_id = {cancelled.EventId} AND NOT cancelled",
            ct
        );
    }
}
