using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Programme;

internal static class ListOrganizerEvents
{
    internal sealed record Item(
        Guid Id,
        string Slug,
        string Title,
        EventStatus Status,
        string VenueName,
        DateTimeOffset? FirstSessionAt,
        DateTimeOffset? LastSessionAt
    );

    /// <summary>All events of an organizer, drafts too, for its team; newest first.</summary>
    /// <param name="status">Only these.</param>
    public static async Task<Ok<Page<Item>>> Handle(
        Guid id,
        EventStatus? status,
        [AsParameters] PageQuery page,
        ClaimsPrincipal user,
        EventsDb db,
        CancellationToken ct
    )
    {
        await db.RequireMemberAsync(user, id, "organizer", ct);
        var before = page.Cursor is null ? Guid.AllBitsSet : Cursor.DecodeId(page.Cursor);
        var rows = await db
            .Events.Where(e => e.OrganizerId == id && e.Id < before)
            .Where(e => status == null || e.Status == status)
            .OrderByDescending(e => e.Id)
            .Take(page.Take() + 1)
            .Select(e => new Item(
                e.Id,
                e.Slug,
                e.Title,
                e.Status,
                e.Venue.Name,
                e.Sessions.Min(s => (DateTimeOffset?)s.StartsAt),
                e.Sessions.Max(s => (DateTimeOffset?)s.StartsAt)
            ))
            .ToListAsync(ct);
        return TypedResults.Ok(Page.Of(rows, page.Take(), e => e.Id.ToString()));
    }
}
