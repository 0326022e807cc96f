using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.Events.Browsing;
using Ticketing.Events.Programme;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Venues;

internal static class GetSeatMap
{
    /// <summary>Published maps never change.</summary>
    private const int PublicMaxAgeSeconds = 3600;

    /// <summary>A seat map with its seats: public once a published event sells it, before that for the team.</summary>
    public static async Task<Results<Ok<SeatMapView>, StatusCodeHttpResult>> Handle(
        Guid id,
        ClaimsPrincipal user,
        EventsDb db,
        PageCache cache,
        HttpContext http,
        CancellationToken ct
    )
    {
        var map =
            await db.SeatMaps.AsNoTracking().Include(m => m.Sections).SingleOrDefaultAsync(m => m.Id == id, ct)
            ?? throw ProblemException.NotFound("seat map");
        var isPublic = await db.IsSoldAsync(id, ct);
        if (!isPublic)
        {
            var venue = await db.Venues.AsNoTracking().SingleAsync(v => v.Id == map.VenueId, ct);
            await db.RequireMemberAsync(user, venue.OrganizerId, "seat map", ct);
        }
        http.Response.SetETag(map.Version);
        http.Response.Headers.CacheControl = isPublic ? $"public, max-age={PublicMaxAgeSeconds}" : "private, no-cache";
        if (ETag.IsKnown(http.Request, ETag.Of(map.Version)))
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        if (cache.Find<SeatMapView>(id, map.Version) is { } known)
            return TypedResults.Ok(known);
        var view = View(map, await SeatsAsync(db, id, ct));
        // A draft's map may have changed between the two reads.
        return TypedResults.Ok(isPublic ? cache.Keep(id, map.Version, map.SeatCount, view) : view);
    }

    private static SeatMapView View(SeatMap map, ILookup<Guid, Seat> seats) =>
        new(
            map.Id,
            map.VenueId,
            map.Name,
            map.SeatCount,
            [
                .. map
                    .Sections.OrderBy(s => s.Position)
                    .Select(s => new SeatMapView.SectionSeats(s.Id, s.Name, Rows(seats[s.Id]))),
            ]
        );

    /// <summary>Is it in a session of an event that is or was published?</summary>
    public static Task<bool> IsSoldAsync(this EventsDb db, Guid seatMapId, CancellationToken ct) =>
        db
            .Events.Where(e => e.Status != EventStatus.Draft)
            .AnyAsync(e => e.Sessions.Any(s => s.SeatMapId == seatMapId), ct);

    public static async Task<Ok<SeatMapSeats>> HandleInternal(Guid id, EventsDb db, CancellationToken ct)
    {
        var sections = await db
            .Sections.AsNoTracking()
            .Where(s => s.SeatMapId == id)
            .OrderBy(s => s.Position)
            .ToListAsync(ct);
        if (sections.Count == 0)
            throw ProblemException.NotFound("seat map");
        var seats = await SeatsAsync(db, id, ct);
        return TypedResults.Ok(
            new SeatMapSeats(
                id,
                [
                    .. sections.Select(s => new SeatMapSection(
                        s.Id,
                        s.Name,
                        [.. seats[s.Id].Select(x => new SeatMapSeat(x.Id, x.Row, x.Number))]
                    )),
                ]
            )
        );
    }

    private static async Task<ILookup<Guid, Seat>> SeatsAsync(EventsDb db, Guid seatMapId, CancellationToken ct) =>
        (
            await db
                .Seats.AsNoTracking()
                .Where(x => db.Sections.Any(s => s.Id == x.SectionId && s.SeatMapId == seatMapId))
                .OrderBy(x => x.SectionId)
                .ThenBy(x => x.Position)
                .ToListAsync(ct)
        ).ToLookup(x => x.SectionId);

    private static List<SeatMapView.RowSeats> Rows(IEnumerable<Seat> seats)
    {
        var rows = new List<SeatMapView.RowSeats>();
        foreach (var row in seats.GroupBy(s => s.Row))
            rows.Add(new(row.Key, [.. row.Select(s => new SeatMapView.SeatView(s.Id, s.Number))]));
        return rows;
    }
}
