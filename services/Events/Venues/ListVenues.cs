using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Venues;

internal static class ListVenues
{
    /// <summary>The venues of the caller's organizers, oldest first.</summary>
    /// <param name="organizerId">Of this organizer only.</param>
    public static async Task<Ok<Page<VenueView>>> Handle(
        Guid? organizerId,
        [AsParameters] PageQuery page,
        ClaimsPrincipal user,
        EventsDb db,
        CancellationToken ct
    )
    {
        var userId = user.UserId();
        var after = page.AfterId() ?? Guid.Empty;
        // First whose, so that the venues of all others are not looked through.
        var organizers = await db
            .TeamMembers.Where(m => m.UserId == userId && m.Role != null)
            .Where(m => organizerId == null || m.OrganizerId == organizerId)
            .Select(m => m.OrganizerId)
            .ToListAsync(ct);
        var rows = await db
            .Venues.AsNoTracking()
            .Where(v => organizers.Contains(v.OrganizerId) && v.Id > after)
            .OrderBy(v => v.Id)
            .Take(page.Take() + 1)
            .ToListAsync(ct);
        return TypedResults.Ok(Page.Of([.. rows.Select(VenueView.Of)], page.Take(), v => v.Id.ToString()));
    }
}
