using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Ticketing.Events.Catalog;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Venues;

internal static class ReplaceSeatMap
{
    /// <summary>Gives a seat map another layout; sessions of drafts follow it.</summary>
    /// <remarks>
    /// A section keeps its id as long as it keeps its name; seats get new ids. 409 seat-map-in-use: a published event
    /// sells it. 409 section-in-use: a draft's ticket type is for a section that the new layout lacks.
    /// </remarks>
    public static async Task<Ok<SeatMapSummary>> Handle(
        Guid id,
        SeatLayout layout,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        ClaimsPrincipal user,
        EventsDb db,
        HttpResponse response,
        CancellationToken ct
    )
    {
        layout.Check();
        var map = await db.InTransactionAsync(
            async ct =>
            {
                var map = await db.LockSeatMapAsync(user, id, ct);
                ETag.Require(ifMatch, map.Version);
                // Before many are loaded, and again of those under the lock.
                RequireUnsold(await db.IsSoldAsync(id, ct));
                var events = await db.LockEventsAsync(e => e.Sessions.Any(s => s.SeatMapId == id), ct);
                RequireUnsold(events.Exists(e => e.Status != EventStatus.Draft));
                await db
                    .Seats.Where(x => db.Sections.Any(s => s.Id == x.SectionId && s.SeatMapId == id))
                    .ExecuteDeleteAsync(ct);
                var names = layout.Sections.Select(s => s.Name.Trim()).ToHashSet();
                var gone = map.Sections.Where(s => !names.Contains(s.Name)).ToList();
                foreach (var session in events.SelectMany(e => e.Sessions))
                    if (session.SeatMapId == id)
                        foreach (var section in gone)
                            session.RemoveSection(section);
                map.Version++;
                await db.ApplyAsync(map, layout, ct);
                foreach (var e in events)
                {
                    var sessions = e.Sessions.FindAll(s => s.SeatMapId == id);
                    sessions.ForEach(s => s.TakeSections(map));
                    db.Tell(e, sessions);
                }
                return map;
            },
            ct
        );
        response.SetETag(map.Version);
        return TypedResults.Ok(SeatMapSummary.Of(map));
    }

    private static void RequireUnsold(bool sold)
    {
        if (sold)
            throw ProblemException.Conflict(
                "seat-map-in-use",
                "A published event sells this seat map: make another map instead."
            );
    }

    private static async Task<SeatMap> LockSeatMapAsync(
        this EventsDb db,
        ClaimsPrincipal user,
        Guid id,
        CancellationToken ct
    )
    {
        var venueId = await db
            .Database.SqlQuery<Guid>($"""SELECT venue_id AS "Value" FROM seat_maps WHERE id = {id} FOR UPDATE""")
            .ToListAsync(ct);
        if (venueId.Count == 0)
            throw ProblemException.NotFound("seat map");
        var organizerId = await db.Venues.Where(v => v.Id == venueId[0]).Select(v => v.OrganizerId).SingleAsync(ct);
        await db.RequireManagerAsync(user, organizerId, "seat map", ct);
        return await db.SeatMaps.Include(m => m.Sections).SingleAsync(m => m.Id == id, ct);
    }
}
