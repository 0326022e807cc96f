using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Catalog;

/// <summary>
/// Brings the projection to what Events tells, by message or when it is asked. Each session by its own version, so that the
/// parts of a large event, and messages in any order, come to the same; and only rows that differ: an edit must not stall
/// the sale. Stock that is held or sold stays: a capacity below it makes nothing more available until enough has come back.
/// </summary>
internal static class ApplySnapshot
{
    public static async Task Handle(EventSnapshot snapshot, TicketsDb db, Peers peers, CancellationToken ct)
    {
        var news = await NewsAsync(snapshot, db, ct);
        if (news.Count == 0)
            return;
        var seats = await NewSeatsAsync(snapshot.Sessions.Where(s => news.Contains(s.Id)), db, peers, ct);
        await db.InTransactionAsync(
            async token =>
            {
                if (!await SaveEventAsync(snapshot, db, token))
                    return false;
                var applied = await SaveSessionsAsync(snapshot, db, token);
                var dropped = snapshot.Partial ? [] : await CancelOthersAsync(snapshot, db, token);
                if (applied.Count + dropped.Count == 0)
                    return true;
                var sessions = snapshot.Sessions.Where(s => applied.Contains(s.Id)).ToList();
                Guid[] changed = [.. applied, .. dropped];
                await AddPoolsAsync(sessions, seats, db, token);
                await SaveTicketTypesAsync(sessions, changed, db, token);
                // Last: buyers wait for these pools until the commit.
                await ChangeCapacitiesAsync(sessions, changed, db, token);
                return true;
            },
            ct
        );
    }

    /// <summary>
    /// What is not known yet: the event itself, sessions of it that are told, and those that are told of no more. Nothing
    /// when the event is cancelled.
    /// </summary>
    private static async Task<HashSet<Guid>> NewsAsync(EventSnapshot e, TicketsDb db, CancellationToken ct)
    {
        var (ids, versions) = VersionsOf(e);
        return
        [
            .. await db
                .Database.SqlQuery<Guid>(
                    $"""
                    SELECT n.id AS "Value" FROM unnest({ids}, {versions}) n(id, version)
                    LEFT JOIN sessions s ON s.id = n.id
                    WHERE (s.id IS NULL OR s.event_id = {e.Id} AND s.version < n.version)
                        AND NOT EXISTS (SELECT FROM events WHERE id = {e.Id} AND cancelled)
                    UNION ALL
                    SELECT {e.Id}
                    WHERE NOT EXISTS (SELECT FROM events WHERE id = {e.Id} AND (cancelled OR version >= {e.Version}))
                    UNION ALL
                    SELECT id FROM sessions WHERE NOT {e.Partial} AND event_id = {e.Id} AND id <> ALL ({ids})
                        AND version < {e.Version} AND NOT cancelled
                    """
                )
                .ToListAsync(ct),
        ];
    }

    private static (Guid[] Ids, long[] Versions) VersionsOf(EventSnapshot e) =>
        ([.. e.Sessions.Select(s => s.Id)], [.. e.Sessions.Select(s => s.Version ?? e.Version)]);

    /// <param name="Before">Seats of the map's sections before this one.</param>
    private sealed record NewSeats(SeatMapSection Section, int Before);

    private static IEnumerable<(SessionSnapshot Session, PoolSnapshot Pool)> PoolsOf(
        IEnumerable<SessionSnapshot> sessions
    ) => sessions.SelectMany(s => s.Pools.Select(p => (s, p)));

    /// <summary>The seats of each seated pool that is not known yet.</summary>
    private static async Task<Dictionary<Guid, NewSeats>> NewSeatsAsync(
        IEnumerable<SessionSnapshot> sessions,
        TicketsDb db,
        Peers peers,
        CancellationToken ct
    )
    {
        var seated = PoolsOf(sessions).Where(p => p.Pool.SectionId is not null).ToList();
        if (seated.Count == 0)
            return [];
        var ids = seated.Select(p => p.Pool.Id).ToList();
        var known = await db.Pools.Where(p => ids.Contains(p.Id)).Select(p => p.Id).ToListAsync(ct);
        var maps = new Dictionary<Guid, SeatMapSeats>();
        var result = new Dictionary<Guid, NewSeats>();
        foreach (var (session, pool) in seated.ExceptBy(known, p => p.Pool.Id))
        {
            var id =
                session.SeatMapId
                ?? throw new InvalidOperationException($"Pool {pool.Id} has a section, its session no seat map.");
            if (!maps.TryGetValue(id, out var map))
                maps[id] = map = await peers.GetAsync<SeatMapSeats>(AppIds.Events, $"internal/seat-maps/{id}", ct);
            var before = map.Sections.TakeWhile(s => s.Id != pool.SectionId).ToList();
            var section =
                map.Sections.ElementAtOrDefault(before.Count)
                ?? throw new InvalidOperationException($"Seat map {id} has no section {pool.SectionId}.");
            result[pool.Id] = new(section, before.Sum(s => s.Seats.Count));
        }
        return result;
    }

    /// <summary>Locks the event's row, under which all that is told of it takes turns.</summary>
    /// <returns>False when the event is cancelled.</returns>
    private static async Task<bool> SaveEventAsync(EventSnapshot e, TicketsDb db, CancellationToken ct)
    {
        var saved = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO events (id, version, cancelled, organizer_id, organizer_name, title,
                venue_name, venue_address, venue_city, venue_state, time_zone, image_url, accent_color, contact_email)
            VALUES ({e.Id}, {e.Version}, false, {e.OrganizerId}, {e.OrganizerName}, {e.Title},
                {e.Venue.Name}, {e.Venue.Address}, {e.Venue.City}, {e.Venue.State}, {e.Venue.TimeZone},
                {e.ImageUrl}, {e.AccentColor}, {e.ContactEmail})
            ON CONFLICT (id) DO UPDATE SET
                version = excluded.version, organizer_id = excluded.organizer_id,
                organizer_name = excluded.organizer_name, title = excluded.title,
                venue_name = excluded.venue_name, venue_address = excluded.venue_address,
                venue_city = excluded.venue_city, venue_state = excluded.venue_state,
                time_zone = excluded.time_zone, image_url = excluded.image_url,
                accent_color = excluded.accent_color, contact_email = excluded.contact_email
            WHERE NOT events.cancelled AND events.version < excluded.version
            """,
            ct
        );
        // Another part of what is known, or a session that changed before: locked, too.
        return saved == 1 || await db.Events.AnyAsync(known => known.Id == e.Id && !known.Cancelled, ct);
    }

    /// <returns>Those that were new or older.</returns>
    private static Task<List<Guid>> SaveSessionsAsync(EventSnapshot e, TicketsDb db, CancellationToken ct)
    {
        var (ids, versions) = VersionsOf(e);
        return db
            .Database.SqlQuery<Guid>(
                $"""
                INSERT INTO sessions (id, event_id, starts_at, doors_at, ends_at, cancelled, max_per_person, requires_cpf,
                    version)
                SELECT n.id, {e.Id}, n.starts_at, n.doors_at, n.ends_at, n.cancelled, n.max_per_person,
                    n.requires_cpf, n.version
                FROM unnest({ids}, {e.Sessions.Select(s => s.StartsAt).ToArray()},
                    {e.Sessions.Select(s => s.DoorsAt).ToArray()}, {e.Sessions.Select(s => s.EndsAt).ToArray()},
                    {e.Sessions.Select(s => s.Cancelled).ToArray()},
                    {e.Sessions.Select(s => s.MaxPerPerson).ToArray()},
                    {e.Sessions.Select(s => s.RequiresCpf).ToArray()}, {versions})
                    n(id, starts_at, doors_at, ends_at, cancelled, max_per_person, requires_cpf, version)
                ON CONFLICT (id) DO UPDATE SET starts_at = excluded.starts_at, doors_at = excluded.doors_at,
                    ends_at = excluded.ends_at, cancelled = excluded.cancelled,
                    max_per_person = excluded.max_per_person, requires_cpf = excluded.requires_cpf,
                    version = excluded.version
                WHERE sessions.event_id = excluded.event_id AND sessions.version < excluded.version
                RETURNING id AS "Value"
                """
            )
            .ToListAsync(ct);
    }

    /// <summary>What is no longer told of is no longer sold.</summary>
    private static Task<List<Guid>> CancelOthersAsync(EventSnapshot e, TicketsDb db, CancellationToken ct)
    {
        var (ids, _) = VersionsOf(e);
        return db
            .Database.SqlQuery<Guid>(
                $"""
                UPDATE sessions SET cancelled = true, version = {e.Version}
                WHERE event_id = {e.Id} AND id <> ALL ({ids}) AND version < {e.Version} AND NOT cancelled
                RETURNING id AS "Value"
                """
            )
            .ToListAsync(ct);
    }

    private static async Task AddPoolsAsync(
        IReadOnlyList<SessionSnapshot> sessions,
        Dictionary<Guid, NewSeats> seats,
        TicketsDb db,
        CancellationToken ct
    )
    {
        var pools = PoolsOf(sessions).ToList();
        // A seated pool's capacity is its seats, whatever the message says.
        var capacities = pools.Select(p => seats.GetValueOrDefault(p.Pool.Id)?.Section.Seats.Count ?? p.Pool.Capacity);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO pools (id, session_id, section_id, target_capacity, capacity, available, held, sold, blocked)
            SELECT n.id, n.session, n.section, n.capacity, n.capacity, n.capacity, 0, 0, 0
            FROM unnest({pools.Select(p => p.Pool.Id).ToArray()}, {pools.Select(p => p.Session.Id).ToArray()},
                {pools.Select(p => p.Pool.SectionId).ToArray()}, {capacities.ToArray()})
                n(id, session, section, capacity)
            ON CONFLICT (id) DO NOTHING
            """,
            ct
        );
        foreach (var (session, pool) in pools)
        {
            if (!seats.TryGetValue(pool.Id, out var added))
                continue;
            var (section, before) = added;
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO seats (session_id, seat_id, pool_id, section, row, number, ordinal, status, at_table, kind, x, y)
                SELECT {session.Id}, s.id, {pool.Id}, {section.Name}, s.row, s.number, s.n + {before}, 'Free',
                    {section.Kind == SectionKind.Tables}, s.kind, s.x, s.y
                FROM unnest({section.Seats.Select(s => s.Id).ToArray()}, {section.Seats.Select(s => s.Row).ToArray()},
                    {section.Seats.Select(s => s.Number).ToArray()}, {section.Seats.Select(s =>
                    s.Kind.ToString()
                ).ToArray()},
                    {section.Seats.Select(s => s.X).ToArray()}, {section.Seats.Select(s => s.Y).ToArray()})
                    WITH ORDINALITY s(id, row, number, kind, x, y, n)
                ON CONFLICT DO NOTHING
                """,
                ct
            );
        }
    }

    private static async Task SaveTicketTypesAsync(
        IReadOnlyList<SessionSnapshot> sessions,
        Guid[] changed,
        TicketsDb db,
        CancellationToken ct
    )
    {
        var told = sessions.SelectMany(s => s.TicketTypes.Select((t, n) => (Session: s.Id, Type: t, Ordinal: n)));
        var types = told.ToList();
        var ids = types.Select(t => t.Type.Id).ToArray();
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO ticket_types (id, session_id, pool_id, name, kind, price_amount, price_currency, fee, platform_fee,
                sales_start, sales_end, max_per_order, withdrawn, ordinal)
            SELECT n.id, n.session_id, n.pool_id, n.name, n.kind, n.amount, n.currency, n.fee, n.platform_fee,
                n.sales_start, n.sales_end, n.most, false, n.ordinal
            FROM unnest({ids}, {types.Select(t => t.Session).ToArray()}, {types.Select(t => t.Type.PoolId).ToArray()},
                {types.Select(t => t.Type.Name).ToArray()}, {types.Select(t => t.Type.Kind.ToString()).ToArray()},
                {types.Select(t => t.Type.Price.Amount).ToArray()},
                {types.Select(t => t.Type.Price.Currency).ToArray()},
                {types.Select(t => t.Type.Fee).ToArray()}, {types.Select(t => t.Type.PlatformFee).ToArray()},
                {types.Select(t => t.Type.SalesStart).ToArray()}, {types.Select(t => t.Type.SalesEnd).ToArray()},
                {types.Select(t => t.Type.MaxPerOrder).ToArray()}, {types.Select(t => t.Ordinal).ToArray()})
                n(id, session_id, pool_id, name, kind, amount, currency, fee, platform_fee, sales_start, sales_end, most, ordinal)
            LEFT JOIN ticket_types t ON t.id = n.id
            WHERE t.id IS NULL OR (t.pool_id, t.name, t.kind, t.price_amount, t.price_currency, t.fee, t.platform_fee, t.sales_start,
                    t.sales_end, t.max_per_order, t.withdrawn, t.ordinal)
                IS DISTINCT FROM (n.pool_id, n.name, n.kind, n.amount, n.currency, n.fee, n.platform_fee, n.sales_start,
                    n.sales_end, n.most, false, n.ordinal)
            ON CONFLICT (id) DO UPDATE SET pool_id = excluded.pool_id, name = excluded.name, kind = excluded.kind,
                price_amount = excluded.price_amount, price_currency = excluded.price_currency,
                fee = excluded.fee, platform_fee = excluded.platform_fee,
                sales_start = excluded.sales_start, sales_end = excluded.sales_end,
                max_per_order = excluded.max_per_order, withdrawn = false, ordinal = excluded.ordinal
            """,
            ct
        );
        await db
            .TicketTypes.Where(t => changed.Contains(t.SessionId) && !t.Withdrawn && !ids.Contains(t.Id))
            .ExecuteUpdateAsync(u => u.SetProperty(t => t.Withdrawn, true), ct);
    }

    /// <summary>
    /// Locks, in the order of ids, the pools whose capacity is another one now, and no others. What is no longer told of
    /// offers nothing more. The seats of a seated pool never change, but it may come back.
    /// </summary>
    private static async Task ChangeCapacitiesAsync(
        IReadOnlyList<SessionSnapshot> sessions,
        Guid[] changed,
        TicketsDb db,
        CancellationToken ct
    )
    {
        var pools = PoolsOf(sessions).Select(p => p.Pool).ToList();
        await db.Database.ExecuteSqlAsync(
            $"""
            WITH changed AS (
                SELECT p.id, coalesce(n.capacity, 0) AS target
                FROM pools p
                LEFT JOIN unnest({pools.Select(p => p.Id).ToArray()}, {pools.Select(p => p.Capacity).ToArray()})
                    n(id, capacity) ON n.id = p.id
                WHERE p.session_id = ANY ({changed}) AND p.target_capacity <> coalesce(n.capacity, 0)
                    AND (n.id IS NULL OR p.section_id IS NULL OR p.target_capacity = 0)
                ORDER BY p.id FOR NO KEY UPDATE OF p)
            UPDATE pools p SET target_capacity = c.target,
                capacity = greatest(c.target, p.held + p.sold + p.blocked),
                available = greatest(c.target - p.held - p.sold - p.blocked, 0)
            FROM changed c WHERE p.id = c.id
            """,
            ct
        );
    }
}
