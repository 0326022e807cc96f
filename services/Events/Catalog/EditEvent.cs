using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

public static class EditEvent
{
    public sealed record Request(
        Guid? VenueId = null,
        [Text(Event.MaxTitleLength)] string? Title = null,
        [Text(Event.MaxCategoryLength)] string? Category = null,
        [Text(Event.MaxDescriptionLength, Lines = true)] string? Description = null,
        Clearable<string>? AccentColor = null
    );

    /// <summary>Changes an event; published, its buyers see it at once.</summary>
    /// <remarks>409 event-cancelled; 409 seat-map-in-use: the venue cannot change while a session sells its seats.</remarks>
    internal static async Task<Ok<EventView>> Handle(
        Guid id,
        Request request,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        ClaimsPrincipal user,
        EventsDb db,
        HttpResponse response,
        CancellationToken ct
    )
    {
        if (request.AccentColor?.Value is { } color && AccentColor.Parse(color) is null)
            throw ProblemException.Invalid("accentColor", AccentColor.Rule);
        var e = await db.InTransactionAsync(
            async ct =>
            {
                var organizerId = await db
                    .Events.Where(e => e.Id == id)
                    .Select(e => e.OrganizerId)
                    .SingleOrDefaultAsync(ct);
                await db.RequireManagerAsync(user, organizerId, "event", ct);
                var venue = request.VenueId is { } venueId ? await db.ShareVenueAsync(organizerId, venueId, ct) : null;
                var e = await db.LockEventAsync(user, id, "event", ct);
                ETag.Require(ifMatch, e.Version);
                e.RequireOpen();
                if (venue is not null && venue.Id != e.VenueId)
                    e.MoveTo(venue);
                e.Title = request.Title?.Trim() ?? e.Title;
                e.Category = request.Category?.Trim() ?? e.Category;
                e.Description = request.Description ?? e.Description;
                e.AccentColor = request.AccentColor.Or(e.AccentColor);
                db.Tell(e);
                return e;
            },
            ct
        );
        response.SetETag(e.Version);
        return TypedResults.Ok(EventView.Of(e));
    }
}
