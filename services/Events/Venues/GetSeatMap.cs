using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.Events.Browsing;
using Ticketing.Events.Catalog;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Venues;

internal static class GetSeatMap
{
    /// <summary>A seat map with its seats: public once a published event sells it, before that for the team.</summary>
    public static async Task<IResult> Handle(
        Guid id,
        ClaimsPrincipal user,
        EventsDb db,
        IServiceScopeFactory scopes,
        AnswerCache cache,
        CancellationToken ct
    )
    {
        var key = (nameof(GetSeatMap), id);
        if (cache.FindLasting(key) is { } known)
            return known.With(Freshness.SeatMapHeader);
        if (await db.IsSoldAsync(id, ct))
            return (await cache.GetLastingAsync(key, Freshness.SeatMap, () => MakeAsync(scopes, id))).With(
                Freshness.SeatMapHeader
            );
        var organizerId = await db
            .SeatMaps.Where(m => m.Id == id)
            .Join(db.Venues, m => m.VenueId, v => v.Id, (_, v) => (Guid?)v.OrganizerId)
            .SingleOrDefaultAsync(ct);
        await db.RequireMemberAsync(user, organizerId ?? throw ProblemException.NotFound("seat map"), "seat map", ct);
        return (await MakeAsync(db, id, ct)).With(Freshness.PrivateHeader);
    }

    private static async Task<Answer> MakeAsync(IServiceScopeFactory scopes, Guid id)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await MakeAsync(scope.ServiceProvider.GetRequiredService<EventsDb>(), id, CancellationToken.None);
    }

    private static Task<Answer> MakeAsync(EventsDb db, Guid id, CancellationToken ct) =>
        // A draft's map may change between the reads.
        db.InOneStateAsync(
            async ct =>
            {
                var map = await db.SeatMaps.AsNoTracking().Include(m => m.Sections).SingleAsync(m => m.Id == id, ct);
                return Answer.Of(View(map, await SeatsAsync(db, id, ct)), ETag.Of(map.Version));
            },
            ct
        );

    private static SeatMapView View(SeatMap map, ILookup<Guid, Seat> seats) =>
        new(
            map.Id,
            map.VenueId,
            map.Name,
            map.SeatCount,
            [
                .. map
                    .Sections.OrderBy(s => s.Position)
                    .Select(s => new SeatMapView.SectionSeats(s.Id, s.Name, s.Kind, Rows(seats[s.Id]))),
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
                        [.. seats[s.Id].Select(x => new SeatMapSeat(x.Id, x.Row, x.Number, x.Kind, x.X, x.Y))],
                        s.Kind
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
            rows.Add(new(row.Key, [.. row.Select(s => new SeatMapView.SeatView(s.Id, s.Number, s.Kind, s.X, s.Y))]));
        return rows;
    }
}
