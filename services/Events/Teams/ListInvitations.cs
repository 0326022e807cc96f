using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

internal static class ListInvitations
{
    /// <summary>Invitations into the team, for its owners and managers, newest first.</summary>
    public static async Task<Ok<Page<InvitationView>>> Handle(
        Guid id,
        [AsParameters] PageQuery page,
        ClaimsPrincipal user,
        EventsDb db,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        await db.RequireManagerAsync(user, id, "organizer", ct);
        var organizer =
            await db.Organizers.AsNoTracking().SingleOrDefaultAsync(o => o.Id == id, ct)
            ?? throw ProblemException.NotFound("organizer");
        var before = page.AfterId() ?? Guid.AllBitsSet;
        var rows = await db
            .Invitations.AsNoTracking()
            .Where(i => i.OrganizerId == id && i.Id < before)
            .OrderByDescending(i => i.Id)
            .Take(page.Take() + 1)
            .ToListAsync(ct);
        var now = clock.GetUtcNow();
        return TypedResults.Ok(
            Page.Of([.. rows.Select(i => InvitationView.Of(i, organizer, now))], page.Take(), i => i.Id.ToString())
        );
    }
}
