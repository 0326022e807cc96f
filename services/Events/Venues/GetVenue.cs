using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Venues;

internal static class GetVenue
{
    /// <summary>A venue, for its organizer's team.</summary>
    public static async Task<Ok<VenueView>> Handle(
        Guid id,
        ClaimsPrincipal user,
        EventsDb db,
        HttpResponse response,
        CancellationToken ct
    )
    {
        var venue = await db.FindVenueAsync(user, id, ct);
        response.SetETag(venue.Version);
        return TypedResults.Ok(VenueView.Of(venue));
    }

    /// <summary>The venue, if the caller is in its organizer's team.</summary>
    public static async Task<Venue> FindVenueAsync(
        this EventsDb db,
        ClaimsPrincipal user,
        Guid id,
        CancellationToken ct
    )
    {
        var venue =
            await db.Venues.AsNoTracking().SingleOrDefaultAsync(v => v.Id == id, ct)
            ?? throw ProblemException.NotFound("venue");
        await db.RequireMemberAsync(user, venue.OrganizerId, "venue", ct);
        return venue;
    }
}
