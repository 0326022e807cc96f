using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Ending;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Rescheduling;

/// <summary>Only the fact is written here; the sweep brings it to the orders.</summary>
internal static class OnEventChanged
{
    // An event has no start, a session nothing else.
    private const string Differs = """
        (known.event_title, known.venue_id, known.venue_name, known.venue_city, known.time_zone, known.starts_at)
            IS DISTINCT FROM (excluded.event_title, excluded.venue_id, excluded.venue_name, excluded.venue_city,
                excluded.time_zone, excluded.starts_at)
        """;

    private const string Note = $"""
        INSERT INTO show_changes AS known
            (subject_id, version, event_title, venue_id, venue_name, venue_city, time_zone, starts_at, at, up_to,
            resume_at)
        SELECT n.id, n.version, n.title, n.venue_id, n.venue_name, n.venue_city, n.time_zone, n.starts_at, now(),
            '00000000-0000-0000-0000-000000000000', now()
        FROM (
            SELECT $1 AS id, $2 AS version, $3 AS title, $4 AS venue_id, $5 AS venue_name, $6 AS venue_city,
                $7 AS time_zone, NULL::timestamptz AS starts_at
            UNION ALL
            SELECT s.id, s.version, NULL, NULL, NULL, NULL, NULL, s.starts_at
            FROM unnest($8, $9, $10) s(id, version, starts_at)) n
        ORDER BY n.id
        ON CONFLICT (subject_id) DO UPDATE SET
            version = excluded.version, event_title = excluded.event_title, venue_id = excluded.venue_id,
            venue_name = excluded.venue_name, venue_city = excluded.venue_city, time_zone = excluded.time_zone, starts_at = excluded.starts_at,
            at = CASE WHEN {Differs} THEN excluded.at ELSE known.at END,
            up_to = CASE WHEN {Differs} THEN excluded.up_to ELSE known.up_to END,
            resume_at = CASE WHEN {Differs} THEN excluded.resume_at ELSE known.resume_at END
        WHERE known.version < excluded.version
        """;

    public static Task Handle(EventChanged e, NpgsqlDataSource source, OrdersDb db, CancellationToken ct) =>
        ApplyAsync(e.Event, source, db, ct);

    public static async Task ApplyAsync(EventSnapshot told, NpgsqlDataSource source, OrdersDb db, CancellationToken ct)
    {
        await source.ExecuteAsync(
            Note,
            ct,
            told.Id,
            told.Version,
            told.Title,
            told.Venue.Id,
            told.Venue.Name,
            told.Venue.City,
            told.Venue.TimeZone,
            told.Sessions.Select(s => s.Id).ToArray(),
            told.Sessions.Select(s => s.Version ?? told.Version).ToArray(),
            told.Sessions.Select(s => s.StartsAt.ToUniversalTime()).ToArray()
        );
        await OnEventCancelled.AddAsync(db, [.. told.Sessions.Where(s => s.Cancelled).Select(s => s.Id)], ct);
    }
}
