using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Venues;

internal static class ListSeatMaps
{
    /// <summary>A venue's seat maps, oldest first, without their seats.</summary>
    public static async Task<Ok<Page<SeatMapSummary>>> Handle(
        Guid id,
        [AsParameters] PageQuery page,
        ClaimsPrincipal user,
        EventsDb db,
        CancellationToken ct
    )
    {
        await db.FindVenueAsync(user, id, ct);
        var after = page.AfterId() ?? Guid.Empty;
        var rows = await db
            .SeatMaps.AsNoTracking()
            .Include(m => m.Sections)
            .Where(m => m.VenueId == id && m.Id > after)
            .OrderBy(m => m.Id)
            .Take(page.Take() + 1)
            .ToListAsync(ct);
        return TypedResults.Ok(Page.Of([.. rows.Select(SeatMapSummary.Of)], page.Take(), m => m.Id.ToString()));
    }
}
