using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Venues;

public static class CreateVenue
{
    /// <param name="State">State or region, such as SP.</param>
    /// <param name="TimeZone">IANA name, such as America/Sao_Paulo.</param>
    /// <param name="Capacity">People it holds, if known.</param>
    public sealed record Request(
        Guid OrganizerId,
        [Text(Venue.MaxNameLength)] string Name,
        [Text(Venue.MaxAddressLength)] string Address,
        [Text(Venue.MaxCityLength)] string City,
        [Text(Venue.MaxStateLength)] string State,
        [Text(Venue.MaxTimeZoneLength)] string TimeZone,
        [Range(1, Venue.MaxCapacity)] int? Capacity = null
    );

    /// <summary>Creates a venue of an organizer.</summary>
    /// <remarks>404: no such organizer for the caller. 409 limit-reached. 422: not an IANA time zone.</remarks>
    internal static async Task<Created<VenueView>> Handle(
        Request request,
        ClaimsPrincipal user,
        EventsDb db,
        HttpResponse response,
        CancellationToken ct
    )
    {
        await db.RequireManagerAsync(user, request.OrganizerId, "organizer", ct);
        Venue.CheckTimeZone(request.TimeZone);
        Venue.CheckCapacity(request.Capacity);
        if (await db.Venues.CountAsync(v => v.OrganizerId == request.OrganizerId, ct) >= Venue.MaxPerOrganizer)
            throw ProblemException.Conflict(
                "limit-reached",
                $"An organizer has at most {Venue.MaxPerOrganizer} venues."
            );
        var venue = new Venue
        {
            OrganizerId = request.OrganizerId,
            Name = request.Name.Trim(),
            Address = request.Address.Trim(),
            City = request.City.Trim(),
            State = request.State.Trim(),
            TimeZone = request.TimeZone,
            Capacity = request.Capacity,
        };
        db.Add(venue);
        await db.SaveChangesAsync(ct);
        response.SetETag(venue.Version);
        return TypedResults.Created($"/api/v1/venues/{venue.Id}", VenueView.Of(venue));
    }
}
