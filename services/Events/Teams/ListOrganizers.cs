using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

/// <param name="Role">What the caller is in its team.</param>
/// <param name="Approved">It may publish events and invite people.</param>
/// <param name="Fee">What the platform takes of each ticket.</param>
/// <param name="Refusal">Why an administrator refused it; null: nobody did, or its profile was changed since.</param>
internal sealed record Membership(
    Guid Id,
    string Name,
    string? Description,
    string? Website,
    TeamRole Role,
    bool Approved,
    string? Refusal,
    FeeView Fee
);

internal static class ListOrganizers
{
    /// <summary>The organizers in whose team the caller is, oldest first.</summary>
    public static async Task<Ok<Page<Membership>>> Handle(
        [AsParameters] PageQuery page,
        ClaimsPrincipal user,
        EventsDb db,
        IOptions<EventsOptions> options,
        CancellationToken ct
    )
    {
        var after = page.AfterId() ?? Guid.Empty;
        var rows = await Memberships(db, user, db.Organizers.Where(o => o.Id > after), options.Value)
            .Take(page.Take() + 1)
            .ToListAsync(ct);
        return TypedResults.Ok(Page.Of(rows, page.Take(), o => o.Id.ToString()));
    }

    /// <summary>What the caller is in the teams of these, oldest first.</summary>
    public static IQueryable<Membership> Memberships(
        EventsDb db,
        ClaimsPrincipal user,
        IQueryable<Organizer> organizers,
        EventsOptions options
    )
    {
        var all = !options.ApproveOrganizers;
        var userId = user.UserId();
        return from member in db.TeamMembers
            join organizer in organizers on member.OrganizerId equals organizer.Id
            where member.UserId == userId && member.Role != null
            orderby organizer.Id
            select new Membership(
                organizer.Id,
                organizer.Name,
                organizer.Description,
                organizer.Website,
                member.Role!.Value,
                all || organizer.ApprovedAt != null,
                organizer.Refusal,
                FeeView.Of(organizer.Fee)
            );
    }
}
