using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Catalog;

/// <summary>
/// Brings the projection to what Events tells. Only a newer version changes anything. Stock that is held or sold stays:
/// a capacity below it makes nothing more available until enough has come back.
/// </summary>
internal static class ApplySnapshot
{
    public static Task OnPublished(EventPublished message, TicketsDb db, Peers peers, CancellationToken ct) =>
        ApplyAsync(message.Event, db, peers, ct);

    public static Task OnChanged(EventChanged message, TicketsDb db, Peers peers, CancellationToken ct) =>
        ApplyAsync(message.Event, db, peers, ct);

    private static async Task ApplyAsync(EventSnapshot snapshot, TicketsDb db, Peers peers, CancellationToken ct)
    {
        if (await db.Events.AnyAsync(e => e.Id == snapshot.Id && e.Version >= snapshot.Version, ct))
            return;
        var seats = await NewSeatsAsync(snapshot, db, peers, ct);
        await db.InTransactionAsync(
            async token =>
            {
                if (!await SaveEventAsync(snapshot, db, token))
                    return false;
                await SaveSessionsAsync(snapshot, db, token);
                // By id: the order in which everybody locks pools.
                foreach (var (session, pool) in PoolsOf(snapshot).OrderBy(p => p.Pool.Id))
                    await SavePoolAsync(session, pool, seats.GetValueOrDefault(pool.Id), db, token);
                foreach (var session in snapshot.Sessions)
                    await SaveTicketTypesAsync(session, db, token);
                return true;
            },
            ct
        );
    }

    /// <param name="Before">Seats of the map's sections before this one.</param>
    private sealed record NewSeats(SeatMapSection Section, int Before);

    private static IEnumerable<(SessionSnapshot Session, PoolSnapshot Pool)> PoolsOf(EventSnapshot snapshot) =>
        snapshot.Sessions.SelectMany(s => s.Pools.Select(p => (s, p)));

    /// <summary>The seats of each seated pool that is not known yet.</summary>
    private static async Task<Dictionary<Guid, NewSeats>> NewSeatsAsync(
        EventSnapshot snapshot,
        TicketsDb db,
        Peers peers,
        CancellationToken ct
    )
    {
        var seated = PoolsOf(snapshot).Where(p => p.Pool.SectionId is not null).ToList();
        var ids = seated.Select(p => p.Pool.Id).ToList();
        var known = await db.Seats.Where(s => ids.Contains(s.PoolId)).Select(s => s.PoolId).Distinct().ToListAsync(ct);
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

    private static async Task<bool> SaveEventAsync(EventSnapshot e, TicketsDb db, CancellationToken ct) =>
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO events (id, version, organizer_id, organizer_name, title,
                venue_name, venue_address, venue_city, venue_state, time_zone)
            VALUES ({e.Id}, {e.Version}, {e.OrganizerId}, {e.OrganizerName}, {e.Title},
                {e.Venue.Name}, {e.Venue.Address}, {e.Venue.City}, {e.Venue.State}, {e.Venue.TimeZone})
            ON CONFLICT (id) DO UPDATE SET
                version = excluded.version, organizer_id = excluded.organizer_id,
                organizer_name = excluded.organizer_name, title = excluded.title,
                venue_name = excluded.venue_name, venue_address = excluded.venue_address,
                venue_city = excluded.venue_city, venue_state = excluded.venue_state,
                time_zone = excluded.time_zone
            WHERE events.version < excluded.version
            """,
            ct
        ) == 1;

    private static async Task SaveSessionsAsync(EventSnapshot e, TicketsDb db, CancellationToken ct)
    {
        foreach (var s in e.Sessions)
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO sessions (id, event_id, starts_at, doors_at, ends_at, cancelled)
                VALUES ({s.Id}, {e.Id}, {s.StartsAt}, {s.DoorsAt}, {s.EndsAt}, {s.Cancelled})
                ON CONFLICT (id) DO UPDATE SET starts_at = excluded.starts_at, doors_at = excluded.doors_at,
                    ends_at = excluded.ends_at, cancelled = excluded.cancelled
                """,
                ct
            );
        // What is no longer told of is no longer sold.
        var (sessions, pools, types) = (
            e.Sessions.Select(s => s.Id).ToArray(),
            PoolsOf(e).Select(p => p.Pool.Id).ToArray(),
            e.Sessions.SelectMany(s => s.TicketTypes).Select(t => t.Id).ToArray()
        );
        await db
            .Sessions.Where(s => s.EventId == e.Id && !sessions.Contains(s.Id))
            .ExecuteUpdateAsync(u => u.SetProperty(s => s.Cancelled, true), ct);
        await db
            .TicketTypes.Where(t =>
                db.Sessions.Any(s => s.EventId == e.Id && s.Id == t.SessionId) && !types.Contains(t.Id)
            )
            .ExecuteUpdateAsync(u => u.SetProperty(t => t.Withdrawn, true), ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            WITH gone AS (
                SELECT p.id FROM pools p JOIN sessions s ON s.id = p.session_id
                WHERE s.event_id = {e.Id} AND p.id <> ALL ({pools}) ORDER BY p.id FOR NO KEY UPDATE OF p)
            UPDATE pools p SET target_capacity = 0, available = 0, capacity = held + sold + blocked
            FROM gone WHERE p.id = gone.id
            """,
            ct
        );
    }

    private static async Task SavePoolAsync(
        SessionSnapshot session,
        PoolSnapshot pool,
        NewSeats? seats,
        TicketsDb db,
        CancellationToken ct
    )
    {
        // A seated pool's capacity is its seats, whatever the message says.
        var capacity = seats?.Section.Seats.Count ?? pool.Capacity;
        var fixedSeats = pool.SectionId is not null;
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO pools (id, session_id, name, section_id, target_capacity, capacity, available, held, sold, blocked)
            VALUES ({pool.Id}, {session.Id}, {pool.Name}, {pool.SectionId}, {capacity}, {capacity}, {capacity}, 0, 0, 0)
            ON CONFLICT (id) DO UPDATE SET name = excluded.name,
                target_capacity = excluded.target_capacity,
                capacity = greatest(excluded.target_capacity, pools.held + pools.sold + pools.blocked),
                available = greatest(excluded.target_capacity - pools.held - pools.sold - pools.blocked, 0)
            WHERE NOT {fixedSeats} OR pools.target_capacity = 0
            """,
            ct
        );
        if (seats is null)
            return;
        var (ids, rows, numbers) = (
            seats.Section.Seats.Select(s => s.Id).ToArray(),
            seats.Section.Seats.Select(s => s.Row).ToArray(),
            seats.Section.Seats.Select(s => s.Number).ToArray()
        );
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO seats (session_id, seat_id, pool_id, section, row, number, ordinal, status)
            SELECT {session.Id}, s.id, {pool.Id}, {seats.Section.Name}, s.row, s.number, s.n + {seats.Before}, 'free'
            FROM unnest({ids}, {rows}, {numbers}) WITH ORDINALITY s(id, row, number, n)
            """,
            ct
        );
    }

    private static async Task SaveTicketTypesAsync(SessionSnapshot session, TicketsDb db, CancellationToken ct)
    {
        foreach (var (ordinal, t) in session.TicketTypes.Index())
        {
            var kind = t.Kind.ToString().ToLowerInvariant();
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO ticket_types (id, session_id, pool_id, name, kind, price_amount, price_currency,
                    sales_start, sales_end, max_per_order, withdrawn, ordinal)
                VALUES ({t.Id}, {session.Id}, {t.PoolId}, {t.Name}, {kind}, {t.Price.Amount}, {t.Price.Currency},
                    {t.SalesStart}, {t.SalesEnd}, {t.MaxPerOrder}, false, {ordinal})
                ON CONFLICT (id) DO UPDATE SET pool_id = excluded.pool_id, name = excluded.name, kind = excluded.kind,
                    price_amount = excluded.price_amount, price_currency = excluded.price_currency,
                    sales_start = excluded.sales_start, sales_end = excluded.sales_end,
                    max_per_order = excluded.max_per_order, withdrawn = false, ordinal = excluded.ordinal
                """,
                ct
            );
        }
    }
}
