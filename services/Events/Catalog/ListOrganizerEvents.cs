using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

internal sealed record OrganizerEvent(
    Guid Id,
    string Slug,
    string Title,
    EventStatus Status,
    string VenueName,
    DateTimeOffset? FirstSessionAt,
    DateTimeOffset? LastSessionAt,
    string TimeZone
);

internal static class ListOrganizerEvents
{
    /// <summary>All events of an organizer, drafts too, for its team; newest first.</summary>
    /// <param name="status">draft, published or cancelled ones only.</param>
    /// <param name="sort">
    /// By title or starts (the first session; without one last), with a hyphen before it backwards, of up to 1,000 events.
    /// </param>
    /// <response code="422"><c>too-many-found</c>: more than 1,000 events are to be sorted.</response>
    public static async Task<Ok<Page<OrganizerEvent>>> Handle(
        Guid id,
        [AllowedValues(null, "draft", "published", "cancelled")] string? status,
        [AllowedValues(null, "title", "-title", "starts", "-starts")] string? sort,
        [AsParameters] PageQuery page,
        ClaimsPrincipal user,
        EventsDb db,
        CancellationToken ct
    )
    {
        await db.RequireMemberAsync(user, id, "organizer", ct);
        EventStatus? only = status is null ? null : Enum.Parse<EventStatus>(status, ignoreCase: true);
        var events = db.Events.Where(e => e.OrganizerId == id);
        if (sort is not null && await events.OrderBy(e => e.Id).Skip(Page.MaxSorted).AnyAsync(ct))
            throw Page.TooMany();
        events = events.Where(e => only == null || e.Status == only);
        if (sort is null)
        {
            var before = page.AfterId() ?? Guid.AllBitsSet;
            var rows = await Items(events.Where(e => e.Id < before).OrderByDescending(e => e.Id).Take(page.Take() + 1))
                .ToListAsync(ct);
            return TypedResults.Ok(Page.Of(rows, page.Take(), e => e.Id.ToString()));
        }
        var descending = sort.StartsWith('-');
        Func<OrganizerEvent, string> key =
            sort.TrimStart('-') == "title"
                ? e => TextFolding.Fold(e.Title)
                : e =>
                    e.FirstSessionAt is { } at ? $"{at.UtcTicks:D19}"
                    : descending ? ""
                    : "~";
        return TypedResults.Ok(Page.Sorted(await Items(events).ToListAsync(ct), key, e => e.Id, descending, page));
    }

    private static IQueryable<OrganizerEvent> Items(IQueryable<Event> events) =>
        events.Select(e => new OrganizerEvent(
            e.Id,
            e.Slug,
            e.Title,
            e.Status,
            e.Venue.Name,
            e.Sessions.Min(s => (DateTimeOffset?)s.StartsAt),
            e.Sessions.Max(s => (DateTimeOffset?)s.StartsAt),
            e.Venue.TimeZone
        ));
}
