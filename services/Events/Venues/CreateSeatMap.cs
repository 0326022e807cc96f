using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Venues;

internal static class CreateSeatMap
{
    /// <summary>Creates a seat map: sections with rows of seats, or with tables.</summary>
    /// <remarks>
    /// The answer names the sections; the seats are at the seat map's own address, each with its place. In a row a
    /// gap is null, and a seat says its `kind`: accessible, companion (beside an accessible one), or standard. 409 limit-reached.
    /// 422: a name, number or place twice, or more than 60,000 seats.
    /// </remarks>
    public static async Task<Created<SeatMapSummary>> Handle(
        Guid id,
        SeatLayout layout,
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
                await db.LockVenueAsync(user, id, ct);
                if (await db.SeatMaps.CountAsync(m => m.VenueId == id, ct) >= SeatMap.MaxPerVenue)
                    throw ProblemException.Conflict(
                        "limit-reached",
                        $"A venue has at most {SeatMap.MaxPerVenue} seat maps."
                    );
                var map = new SeatMap { VenueId = id, Name = layout.Name };
                db.Add(map);
                await db.ApplyAsync(map, layout, ct);
                return map;
            },
            ct
        );
        response.SetETag(map.Version);
        return TypedResults.Created($"/api/v1/seat-maps/{map.Id}", SeatMapSummary.Of(map));
    }

    /// <summary>Gives the map this layout. A section keeps its id as long as it keeps its name.</summary>
    public static async Task ApplyAsync(this EventsDb db, SeatMap map, SeatLayout layout, CancellationToken ct)
    {
        map.Name = layout.Name.Trim();
        map.SeatCount = layout.Sections.Sum(SeatLayout.CountOf);
        var names = layout.Sections.Select(s => s.Name.Trim()).ToList();
        db.RemoveRange(map.Sections.Where(s => !names.Contains(s.Name)));
        for (var i = 0; i < names.Count; i++)
        {
            var section = map.Sections.SingleOrDefault(s => s.Name == names[i]);
            if (section is null)
            {
                section = new Section { SeatMapId = map.Id, Name = names[i] };
                db.Add(section);
            }
            section.Position = i;
            section.Kind = layout.Sections[i].Kind;
            section.SeatCount = SeatLayout.CountOf(layout.Sections[i]);
        }
        await db.SaveChangesAsync(ct);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        foreach (var section in map.Sections)
            await SeatLayout.InsertSeatsAsync(connection, section.Id, layout.Sections[section.Position], ct);
    }
}
