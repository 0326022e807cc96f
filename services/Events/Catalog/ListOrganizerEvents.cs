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
    public static async Task<Ok<Page<OrganizerEvent>>> Handle(
        Guid id,
        [AllowedValues(null, "draft", "published", "cancelled")] string? status,
        [AsParameters] PageQuery page,
        ClaimsPrincipal user,
        EventsDb db,
        CancellationToken ct
    )
    {
        await db.RequireMemberAsync(user, id, "organizer", ct);
        var before = page.AfterId() ?? Guid.AllBitsSet;
        EventStatus? only = status is null ? null : Enum.Parse<EventStatus>(status, ignoreCase: true);
        var rows = await db
            .Events.Where(e => e.OrganizerId == id && e.Id < before)
            .Where(e => only == null || e.Status == only)
            .OrderByDescending(e => e.Id)
            .Take(page.Take() + 1)
            .Select(e => new OrganizerEvent(
                e.Id,
                e.Slug,
                e.Title,
                e.Status,
                e.Venue.Name,
                e.Sessions.Min(s => (DateTimeOffset?)s.StartsAt),
                e.Sessions.Max(s => (DateTimeOffset?)s.StartsAt),
                e.Venue.TimeZone
            ))
            .ToListAsync(ct);
        return TypedResults.Ok(Page.Of(rows, page.Take(), e => e.Id.ToString()));
    }
}
