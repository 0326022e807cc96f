using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;

namespace Ticketing.Products.Sessions;

/// <summary>Published or edited: takes over its sessions, each if it is newer; one that is no longer in it is cancelled.</summary>
internal static class OnEventChanged
{
    public static async Task Handle(EventSnapshot snapshot, ProductsDb db, CancellationToken ct)
    {
        // By id: the order in which everybody locks them.
        var sessions = snapshot.Sessions.OrderBy(s => s.Id).ToList();
        var ids = sessions.ConvertAll(s => s.Id);
        var cancelled = sessions.ConvertAll(s => s.Cancelled);
        var overAt = sessions.ConvertAll(s => s.EndsAt ?? s.StartsAt);
        var versions = sessions.ConvertAll(s => s.Version ?? snapshot.Version);
        await db.Database.ExecuteSqlAsync(
            $"""
            WITH event AS (
                INSERT INTO events (id, cancelled) VALUES ({snapshot.Id}, false)
                ON CONFLICT (id) DO UPDATE SET cancelled = events.cancelled
                RETURNING id, cancelled)
            INSERT INTO sessions (id, event_id, organizer_id, cancelled, over_at, version)
            SELECT s.id, event.id, {snapshot.OrganizerId}, s.cancelled OR event.cancelled, s.over_at, s.version
            FROM event, unnest({ids}, {cancelled}, {overAt}, {versions}) AS s (id, cancelled, over_at, version)
            ON CONFLICT (id) DO UPDATE SET organizer_id = excluded.organizer_id, cancelled = excluded.cancelled,
                over_at = excluded.over_at, version = excluded.version
            WHERE sessions.event_id = excluded.event_id AND sessions.version < excluded.version
            """,
            ct
        );
        if (!snapshot.Partial)
            await db.Database.ExecuteSqlAsync(
                $"""
                UPDATE sessions SET cancelled = true, version = {snapshot.Version}
                WHERE event_id = {snapshot.Id} AND id <> ALL ({ids}) AND version < {snapshot.Version} AND NOT cancelled
                """,
                ct
            );
    }
}
