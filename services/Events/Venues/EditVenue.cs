using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Ticketing.Events.Catalog;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Venues;

public static class EditVenue
{
    public sealed record Request(
        [Text(Venue.MaxNameLength)] string? Name = null,
        [Text(Venue.MaxAddressLength)] string? Address = null,
        [Text(Venue.MaxCityLength)] string? City = null,
        [Text(Venue.MaxStateLength)] string? State = null,
        [Text(Venue.MaxTimeZoneLength)] string? TimeZone = null,
        Clearable<int?>? Capacity = null
    );

    /// <summary>Changes a venue; the published events there tell of it.</summary>
    internal static async Task<Ok<VenueView>> Handle(
        Guid id,
        Request request,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        ClaimsPrincipal user,
        EventsDb db,
        TimeProvider clock,
        HttpResponse response,
        CancellationToken ct
    )
    {
        Venue.CheckTimeZone(request.TimeZone);
        Venue.CheckCapacity(request.Capacity?.Value);
        var venue = await db.InTransactionAsync(
            async ct =>
            {
                var venue = await db.LockVenueAsync(user, id, ct);
                ETag.Require(ifMatch, venue.Version);
                var before = venue.Snapshot();
                venue.Name = request.Name?.Trim() ?? venue.Name;
                venue.Address = request.Address?.Trim() ?? venue.Address;
                venue.City = request.City?.Trim() ?? venue.City;
                venue.State = request.State?.Trim() ?? venue.State;
                venue.TimeZone = request.TimeZone ?? venue.TimeZone;
                venue.Capacity = request.Capacity.Or(venue.Capacity);
                venue.Version++;
                if (venue.Snapshot() != before)
                    await db.TellAllAsync(e => e.VenueId == id, clock.GetUtcNow(), ct);
                return venue;
            },
            ct
        );
        response.SetETag(venue.Version);
        return TypedResults.Ok(VenueView.Of(venue));
    }

    /// <summary>The venue, for changes, which take turns.</summary>
    internal static async Task<Venue> LockVenueAsync(
        this EventsDb db,
        ClaimsPrincipal user,
        Guid id,
        CancellationToken ct
    )
    {
        var venue =
            await db.Venues.FromSql($"SELECT * FROM venues WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(ct)
            ?? throw ProblemException.NotFound("venue");
        await db.RequireManagerAsync(user, venue.OrganizerId, "venue", ct);
        return venue;
    }
}
