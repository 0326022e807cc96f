using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.Events.Browsing;
using Ticketing.Events.Catalog;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Changes;

internal static class ListEventChanges
{
    private const int MaxEvents = 50;

    /// <summary>Of one answer; the first event is in it whatever its size.</summary>
    private const int MaxBytes = 1024 * 1024;

    private sealed record Changed(Guid Id, string ChangedIn);

    public static async Task<Ok<ChangePage<EventChange>>> Handle(string? after, EventsDb db, CancellationToken ct)
    {
        var cursor = ChangeCursor.Parse(after);
        var (changed, events) = await db.InOneStateAsync(
            async ct =>
            {
                var changed = await ChangedAsync(db, cursor, ct);
                if (changed.Count == 0)
                    return (changed, []);
                var ids = changed.ConvertAll(c => c.Id);
                var events = await db.Events.AsNoTracking().Where(e => ids.Contains(e.Id)).WithAll().ToListAsync(ct);
                return (changed, events.ToDictionary(e => e.Id));
            },
            ct
        );
        var (items, bytes) = (new List<EventChange>(), 0);
        foreach (var (id, changedIn) in changed.Take(MaxEvents))
        {
            var change = Of(events[id]);
            bytes += JsonSerializer.SerializeToUtf8Bytes(change, ServiceDefaultsExtensions.Json).Length;
            if (items.Count > 0 && bytes > MaxBytes)
                break;
            items.Add(change);
            cursor = new(changedIn, id);
        }
        var next = items.Count == 0 ? after ?? "" : cursor.ToString();
        return TypedResults.Ok(new ChangePage<EventChange>(items, next, changed.Count > items.Count));
    }

    /// <summary>A cursor from the future is one of another history (a restored backup): all is new to its owner.</summary>
    private static Task<List<Changed>> ChangedAsync(EventsDb db, ChangeCursor after, CancellationToken ct) =>
        db
            .Database.SqlQuery<Changed>(
                $"""
                SELECT id, changed_in::text FROM events
                WHERE status <> 'Draft' AND changed_in < pg_snapshot_xmin(pg_current_snapshot())
                  AND (changed_in, id) > (
                    CASE WHEN {after.ChangedIn}::xid8 < pg_snapshot_xmax(pg_current_snapshot())
                        THEN {after.ChangedIn}::xid8 ELSE '0'::xid8 END, {after.First})
                ORDER BY changed_in, id LIMIT {MaxEvents + 1}
                """
            )
            .ToListAsync(ct);

    private static EventChange Of(Event e) =>
        e.Status == EventStatus.Cancelled ? new(null, e.Cancellation()) : new(e.Snapshot(e.ByDate()), null);
}
