using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Events.Catalog;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Browsing;

internal static class ListSessions
{
    /// <summary>The sessions of an event, oldest entry first: public once it is published, before that for the team.</summary>
    public static async Task<Ok<Page<SessionView>>> Handle(
        Guid id,
        [AsParameters] PageQuery page,
        ClaimsPrincipal user,
        EventsDb db,
        CancellationToken ct
    )
    {
        await db.RequireVisibleAsync(user, id, "event", ct);
        var after = page.AfterId() ?? Guid.Empty;
        var rows = await db
            .Sessions.AsNoTracking()
            .Include(s => s.Pools)
            .Include(s => s.TicketTypes)
            .AsSplitQuery()
            .Where(s => s.EventId == id && s.Id > after)
            .OrderBy(s => s.Id)
            .Take(page.Take() + 1)
            .ToListAsync(ct);
        return TypedResults.Ok(Page.Of([.. rows.Select(SessionView.Of)], page.Take(), s => s.Id.ToString()));
    }

    /// <exception cref="ProblemException">404: no such event, or a draft of others.</exception>
    public static async Task RequireVisibleAsync(
        this EventsDb db,
        ClaimsPrincipal user,
        Guid eventId,
        string noun,
        CancellationToken ct
    )
    {
        var e =
            await db
                .Events.Where(e => e.Id == eventId)
                .Select(e => new { e.Status, e.OrganizerId })
                .SingleOrDefaultAsync(ct)
            ?? throw ProblemException.NotFound(noun);
        if (e.Status == EventStatus.Draft)
            await db.RequireMemberAsync(user, e.OrganizerId, noun, ct);
    }
}
