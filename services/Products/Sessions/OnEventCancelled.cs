using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;

namespace Ticketing.Products.Sessions;

/// <summary>Nothing of its sessions is sold any more; what was sold is refunded by Orders.</summary>
internal static class OnEventCancelled
{
    public static async Task Handle(EventCancelled cancelled, ProductsDb db, CancellationToken ct)
    {
        if (await db.AdvanceAsync(cancelled.EventId, cancelled.Version, ct))
            await db.Database.ExecuteSqlAsync(
                $"UPDATE sessions SET cancelled = true WHERE event_id = {cancelled.EventId}",
                ct
            );
    }
}
