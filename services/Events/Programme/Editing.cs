using System.Linq.Expressions;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Programme;

/// <summary>
/// How everything below an event is changed: lock the event's row, load it whole, change it, take the next version and,
/// when people can buy it, tell of the new state in the same transaction. So versions and snapshots are in one order.
/// </summary>
internal static class Editing
{
    /// <summary>A message with its envelope stays under 256 KiB.</summary>
    public const int MaxSnapshotBytes = 160 * 1024;

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
                session.Advance();
                db.Tell(e);
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
        return await db
            .Events.Where(e => ids.Contains(e.Id))
            .Where(which)
            .WithProgramme()
            .OrderBy(e => e.Id)
            .ToListAsync(ct);
    }

    public static IQueryable<Event> WithProgramme(this IQueryable<Event> events) =>
        events
            .Include(e => e.Organizer)
            .Include(e => e.Venue)
            .Include(e => e.Sessions)
                .ThenInclude(s => s.Pools)
            .Include(e => e.Sessions)
                .ThenInclude(s => s.TicketTypes)
            .AsSplitQuery();

    /// <summary>Takes the next version and tells of it if the event is published.</summary>
    /// <exception cref="ProblemException">409 when the event has grown too large for one message.</exception>
    public static void Tell(this EventsDb db, Event e)
    {
        e.Advance();
        var snapshot = e.Snapshot();
        var bytes = JsonSerializer.SerializeToUtf8Bytes(snapshot, ServiceDefaultsExtensions.Json);
        if (bytes.Length > MaxSnapshotBytes)
            throw ProblemException.Conflict(
                "limit-reached",
                "The event has too many sessions and ticket types: make a second event of some."
            );
        if (e.Status == EventStatus.Published)
            db.Publish(new EventChanged(snapshot));
    }

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
}
