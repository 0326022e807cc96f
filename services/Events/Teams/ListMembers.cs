using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

internal static class ListMembers
{
    /// <summary>The team of an organizer.</summary>
    public static async Task<Ok<Page<MemberView>>> Handle(
        Guid id,
        [AsParameters] PageQuery page,
        ClaimsPrincipal user,
        EventsDb db,
        CancellationToken ct
    )
    {
        await db.RequireMemberAsync(user, id, "organizer", ct);
        var after = page.Cursor is null ? Guid.Empty : Cursor.DecodeId(page.Cursor);
        var rows = await db
            .TeamMembers.Where(m => m.OrganizerId == id && m.Role != null && m.UserId > after)
            .OrderBy(m => m.UserId)
            .Take(page.Take() + 1)
            .Select(m => new MemberView(m.UserId, m.Role!.Value))
            .ToListAsync(ct);
        return TypedResults.Ok(Page.Of(rows, page.Take(), m => m.UserId.ToString()));
    }
}
