using System.Linq.Expressions;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

/// <summary>
/// How everything below an event is changed: lock the event's row, load it whole, change it, take the next version and,
/// when people can buy it, tell of the new state in the same transaction. So versions and snapshots are in one order.
/// </summary>
internal static class Editing
{
    /// <summary>A message with its envelope, in which every quote is escaped, stays under 256 KiB.</summary>
    public const int MaxMessageBytes = 160 * 1024;

    /// <summary>Of a message, for what is told besides the sessions.</summary>
    private const int HeaderBytes = 10 * 1024;

    /// <summary>Of an event that is read at once, by its buyers and by the services that copy it.</summary>
    private const int MaxEventBytes = 2 * 1024 * 1024;

    public static Task<T> EditEventAsync<T>(
        this EventsDb db,
        ClaimsPrincipal user,
        Guid id,
        Func<Event, T> change,
        CancellationToken ct
    ) =>
        db.InTransactionAsync(
            async ct =>
            {
                var e = await db.LockEventAsync(user, id, "event", ct);
                e.RequireOpen();
                var result = change(e);
                db.Tell(e);
                return result;
            },
            ct
        );

    public static Task<T> EditSessionAsync<T>(
        this EventsDb db,
        ClaimsPrincipal user,
        Guid id,
        Func<Event, Session, T> change,
        CancellationToken ct
    ) =>
        db.InTransactionAsync(
            async ct =>
            {
                var eventId = await db.Sessions.Where(s => s.Id == id).Select(s => s.EventId).SingleOrDefaultAsync(ct);
                var e = await db.LockEventAsync(user, eventId, "session", ct);
                var session = e.Sessions.SingleOrDefault(s => s.Id == id) ?? throw ProblemException.NotFound("session");
                e.RequireOpen();
                session.RequireOpen();
                var result = change(e, session);
                session.IndexPrice();
                db.Tell(e, session);
                return result;
            },
            ct
        );

    public static async Task<T> EditTicketTypeAsync<T>(
        this EventsDb db,
        ClaimsPrincipal user,
        Guid id,
        Func<Event, Session, TicketType, T> change,
        CancellationToken ct
    )
    {
        var sessionId =
            await db.TicketTypes.Where(t => t.Id == id).Select(t => (Guid?)t.SessionId).SingleOrDefaultAsync(ct)
            ?? throw ProblemException.NotFound("ticket type");
        return await db.EditSessionAsync(
            user,
            sessionId,
            (e, session) =>
                change(
                    e,
                    session,
                    session.TicketTypes.SingleOrDefault(t => t.Id == id)
                        ?? throw ProblemException.NotFound("ticket type")
                ),
            ct
        );
    }

    /// <summary>The whole event under its lock, for who may change it.</summary>
    public static async Task<Event> LockEventAsync(
        this EventsDb db,
        ClaimsPrincipal user,
        Guid id,
        string noun,
        CancellationToken ct
    )
    {
        // Organizers keep their events, so this needs no lock; a stranger takes none.
        var organizerId =
            await db.Events.Where(e => e.Id == id).Select(e => (Guid?)e.OrganizerId).SingleOrDefaultAsync(ct)
            ?? throw ProblemException.NotFound(noun);
        await db.RequireManagerAsync(user, organizerId, noun, ct);
        var locked = await db.LockEventsAsync(e => e.Id == id, ct);
        return locked.Count == 1 ? locked[0] : throw ProblemException.NotFound(noun);
    }

    /// <summary>Locks in the order of ids, then loads: what is read was committed before the lock was had.</summary>
    public static async Task<List<Event>> LockEventsAsync(
        this EventsDb db,
        Expression<Func<Event, bool>> which,
        CancellationToken ct
    )
    {
        var ids = await db.Events.Where(which).Select(e => e.Id).ToListAsync(ct);
        await db
            .Database.SqlQuery<Guid>(
                $"""SELECT id AS "Value" FROM events WHERE id = ANY({ids}) ORDER BY id FOR UPDATE"""
            )
            .ToListAsync(ct);
        return await db.Events.Where(e => ids.Contains(e.Id)).Where(which).WithAll().OrderBy(e => e.Id).ToListAsync(ct);
    }

    public static IQueryable<Event> WithAll(this IQueryable<Event> events) =>
        events
            .Include(e => e.Organizer)
            .Include(e => e.Venue)
            .Include(e => e.Sessions)
                .ThenInclude(s => s.Pools)
            .Include(e => e.Sessions)
                .ThenInclude(s => s.TicketTypes)
            .AsSplitQuery();

    /// <summary>Takes the next version and, if the event is published, tells of it.</summary>
    /// <exception cref="ProblemException">409 when the event or a session has grown too large.</exception>
    public static void Tell(this EventsDb db, Event e, params IReadOnlyList<Session> changed)
    {
        e.Advance(changed);
        CheckSize(e);
        if (e.Status == EventStatus.Published)
            foreach (var snapshot in Messages(e, changed))
                db.Publish(new EventChanged(snapshot));
    }

    /// <summary>Puts on sale: tells of all sessions.</summary>
    public static void TellPublished(this EventsDb db, Event e)
    {
        e.Advance(e.Sessions);
        CheckSize(e);
        foreach (var (i, snapshot) in Messages(e, e.Sessions).Index())
            if (i == 0)
                db.Publish(new EventPublished(snapshot));
            else
                db.Publish(new EventChanged(snapshot));
    }

    /// <summary>The whole event if it fits into one message, else what changed in as many as it takes.</summary>
    private static IEnumerable<EventSnapshot> Messages(Event e, IReadOnlyList<Session> changed)
    {
        if (e.Sessions.Sum(SizeOf) <= MaxMessageBytes - HeaderBytes)
        {
            yield return e.Snapshot(e.ByDate());
            yield break;
        }
        var (part, bytes) = (new List<Session>(), HeaderBytes);
        foreach (var session in changed.OrderBy(s => s.StartsAt).ThenBy(s => s.Id))
        {
            var more = SizeOf(session);
            if (part.Count > 0 && bytes + more > MaxMessageBytes)
            {
                yield return e.Snapshot(part, partial: true);
                (part, bytes) = ([], HeaderBytes);
            }
            part.Add(session);
            bytes += more;
        }
        yield return e.Snapshot(part, partial: true);
    }

    private static void CheckSize(Event e)
    {
        var sizes = e.Sessions.ConvertAll(SizeOf);
        if (sizes.Exists(s => s > MaxMessageBytes - HeaderBytes))
            throw ProblemException.Conflict("limit-reached", "A session has too many ticket types: make two sessions.");
        if (sizes.Sum() > MaxEventBytes)
            throw ProblemException.Conflict(
                "limit-reached",
                "The event has too many sessions and ticket types: make a second event of some."
            );
    }

    private static int SizeOf(Session session) =>
        JsonSerializer.SerializeToUtf8Bytes(session.Snapshot(), ServiceDefaultsExtensions.Json).Length;

    /// <summary>After a change of what these events show (their venue, their organizer).</summary>
    public static async Task TellAllAsync(
        this EventsDb db,
        Expression<Func<Event, bool>> which,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        // What shows in the answers is read under the lock.
        await db.SaveChangesAsync(ct);
        foreach (var e in await db.LockEventsAsync(which, ct))
            if (e.IsOver(now))
                e.Advance();
            else
                db.Tell(e);
    }

    /// <summary>After a change of what the platform takes: prices as buyers pay them, of all that is still sold.</summary>
    public static async Task TellFeesAsync(this EventsDb db, Guid organizerId, DateTimeOffset now, CancellationToken ct)
    {
        await db.SaveChangesAsync(ct);
        foreach (var e in await db.LockEventsAsync(e => e.OrganizerId == organizerId, ct))
        {
            if (e.IsOver(now) && e.Status != EventStatus.Draft)
                continue;
            foreach (var session in e.Sessions)
            {
                foreach (var type in session.TicketTypes)
                    type.Priced(type.Price, e.Organizer.Fee);
                session.IndexPrice();
            }
            db.Tell(e, e.Sessions);
        }
    }
}
