using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Events.Teams;
using Ticketing.Events.Venues;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

public static class CreateEvent
{
    private const int MaxSlugAttempts = 5;

    /// <param name="VenueId">A venue of the same organizer.</param>
    /// <param name="Description">Plain text or Markdown; needed to publish.</param>
    /// <param name="Category">Such as Show, Teatro, Esporte.</param>
    /// <param name="AccentColor">Of pages, tickets and mails: #RRGGBB.</param>
    public sealed record Request(
        Guid OrganizerId,
        Guid VenueId,
        [Text(Event.MaxTitleLength)] string Title,
        [Text(Event.MaxCategoryLength)] string Category,
        [Text(Event.MaxDescriptionLength, Lines = true, MinimumLength = 0)] string Description = "",
        [RegularExpression(ServiceDefaults.AccentColor.Pattern, ErrorMessage = ServiceDefaults.AccentColor.Rule)]
            string? AccentColor = null
    );

    /// <summary>Creates an event as a draft, which only its team sees.</summary>
    /// <remarks>
    /// Its slug comes from the title and stays. 404: no such organizer for the caller. 409 limit-reached.
    /// 422: the venue is not the organizer's.
    /// </remarks>
    internal static async Task<Created<EventView>> Handle(
        Request request,
        ClaimsPrincipal user,
        EventsDb db,
        HttpResponse response,
        CancellationToken ct
    )
    {
        await db.RequireManagerAsync(user, request.OrganizerId, "organizer", ct);
        if (await db.Events.CountAsync(e => e.OrganizerId == request.OrganizerId, ct) >= Event.MaxPerOrganizer)
            throw ProblemException.Conflict(
                "limit-reached",
                $"An organizer has at most {Event.MaxPerOrganizer} events."
            );
        var slug = Slug.Of(request.Title);
        if (await db.Events.AnyAsync(e => e.Slug == slug, ct))
            slug = Slug.Unique(slug);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var e = await InsertAsync(db, request, slug, ct);
                response.SetETag(e.Version);
                return TypedResults.Created($"/api/v1/events/{e.Id}", EventView.Of(e));
            }
            catch (DbUpdateException e) when (e.IsUniqueViolation("ix_events_slug") && attempt < MaxSlugAttempts)
            {
                // Another event of this title came in between.
                slug = Slug.Unique(Slug.Of(request.Title));
            }
        }
    }

    private static Task<Event> InsertAsync(EventsDb db, Request request, string slug, CancellationToken ct) =>
        db.InTransactionAsync(
            async ct =>
            {
                var venue = await db.ShareVenueAsync(request.OrganizerId, request.VenueId, ct);
                var organizer = await db.Organizers.SingleAsync(o => o.Id == request.OrganizerId, ct);
                var e = new Event
                {
                    OrganizerId = organizer.Id,
                    Organizer = organizer,
                    VenueId = venue.Id,
                    Venue = venue,
                    Title = request.Title.Trim(),
                    Slug = slug,
                    Description = request.Description,
                    Category = request.Category.Trim(),
                    AccentColor = request.AccentColor,
                };
                e.Index();
                db.Add(e);
                return e;
            },
            ct
        );

    /// <summary>The venue as it is until the transaction ends. Lock it before the event.</summary>
    internal static async Task<Venue> ShareVenueAsync(
        this EventsDb db,
        Guid organizerId,
        Guid venueId,
        CancellationToken ct
    ) =>
        await db
            .Venues.FromSql($"SELECT * FROM venues WHERE id = {venueId} AND organizer_id = {organizerId} FOR SHARE")
            .SingleOrDefaultAsync(ct)
        ?? throw ProblemException.Invalid("venueId", "Not a venue of this organizer.");
}
