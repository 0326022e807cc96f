using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;

namespace Ticketing.Products.Sessions;

/// <summary>Published or edited: takes over its sessions; one that is no longer in it is cancelled.</summary>
internal static class OnEventChanged
{
    public static async Task Handle(EventSnapshot snapshot, ProductsDb db, CancellationToken ct)
    {
        if (!await db.AdvanceAsync(snapshot.Id, snapshot.Version, ct))
            return;
        var ids = snapshot.Sessions.Select(s => s.Id).ToArray();
        var cancelled = snapshot.Sessions.Select(s => s.Cancelled).ToArray();
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO sessions (id, event_id, organizer_id, cancelled)
            SELECT id, {snapshot.Id}, {snapshot.OrganizerId}, cancelled
            FROM unnest({ids}, {cancelled}) AS s (id, cancelled)
            ON CONFLICT (id) DO UPDATE SET organizer_id = excluded.organizer_id, cancelled = excluded.cancelled
            WHERE sessions.event_id = excluded.event_id
            """,
            ct
        );
        await db.Database.ExecuteSqlAsync(
            $"UPDATE sessions SET cancelled = true WHERE event_id = {snapshot.Id} AND id <> ALL({ids})",
            ct
        );
    }
}
