using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Events.Venues;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

public static class AddSession
{
    /// <param name="DoorsAt">Within the day before the start.</param>
    /// <param name="SeatMapId">A seat map of the event's venue: the session gets one pool for each section.</param>
    /// <param name="Pools">General-admission capacity; can also be added later.</param>
    /// <param name="MaxPerPerson">Tickets that one person may have, over all orders.</param>
    /// <param name="RequiresCpf">Buyers name their CPF, and the limit is also of the CPF, over all accounts.</param>
    public sealed record Request(
        DateTimeOffset StartsAt,
        DateTimeOffset? DoorsAt = null,
        DateTimeOffset? EndsAt = null,
        Guid? SeatMapId = null,
        [MaxLength(Session.MaxPools)] IReadOnlyList<AddPool.Request?>? Pools = null,
        [Range(1, Session.MaxMaxPerPerson)] int MaxPerPerson = Session.DefaultMaxPerPerson,
        bool RequiresCpf = false
    );

    /// <summary>Adds a date to an event.</summary>
    /// <remarks>409 event-cancelled, limit-reached. 422: dates in the past or contradictory, an unknown seat map.</remarks>
    internal static async Task<Created<SessionView>> Handle(
        Guid id,
        Request request,
        ClaimsPrincipal user,
        EventsDb db,
        TimeProvider clock,
        HttpResponse response,
        CancellationToken ct
    )
    {
        var session = await db.InTransactionAsync(
            async ct =>
            {
                // Before the event, as whoever changes the map locks them.
                var map = await ShareSeatMapAsync(db, request.SeatMapId, ct);
                var e = await db.LockEventAsync(user, id, "event", ct);
                e.RequireOpen();
                if (request.SeatMapId is not null && map?.VenueId != e.VenueId)
                    throw ProblemException.Invalid("seatMapId", "Not a seat map of the venue.");
                var session = e.AddSession(
                    new Session
                    {
                        EventId = e.Id,
                        MaxPerPerson = request.MaxPerPerson,
                        RequiresCpf = request.RequiresCpf,
                    }
                );
                session.Schedule(request.StartsAt, request.DoorsAt, request.EndsAt, clock.GetUtcNow());
                if (map is not null)
                    session.TakeSections(map);
                var pools = request.Pools ?? [];
                for (var i = 0; i < pools.Count; i++)
                {
                    var pool = pools[i] ?? throw ProblemException.Invalid($"pools[{i}]", "Not null.");
                    session.AddPool($"pools[{i}].name", pool.Name, pool.Capacity);
                }
                db.Tell(e, session);
                return session;
            },
            ct
        );
        response.SetETag(session.Version);
        return TypedResults.Created($"/api/v1/sessions/{session.Id}", SessionView.Of(session));
    }

    private static async Task<SeatMap?> ShareSeatMapAsync(EventsDb db, Guid? id, CancellationToken ct)
    {
        if (id is null)
            return null;
        await db
            .Database.SqlQuery<Guid>($"""SELECT id AS "Value" FROM seat_maps WHERE id = {id} FOR SHARE""")
            .ToListAsync(ct);
        return await db.SeatMaps.Include(m => m.Sections).SingleOrDefaultAsync(m => m.Id == id, ct);
    }
}
