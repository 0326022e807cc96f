using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

internal static class ListMembers
{
    /// <summary>The team of an organizer, with its people's names.</summary>
    public static async Task<Ok<Page<MemberView>>> Handle(
        Guid id,
        [AsParameters] PageQuery page,
        ClaimsPrincipal user,
        EventsDb db,
        Peers peers,
        CancellationToken ct
    )
    {
        await db.RequireMemberAsync(user, id, "organizer", ct);
        var after = page.AfterId() ?? Guid.Empty;
        var rows = await db
            .TeamMembers.Where(m => m.OrganizerId == id && m.Role != null && m.UserId > after)
            .OrderBy(m => m.UserId)
            .Take(page.Take() + 1)
            .Select(m => new MemberView(m.UserId, m.Role!.Value, null))
            .ToListAsync(ct);
        var found = Page.Of(rows, page.Take(), m => m.UserId.ToString());
        var names = await NamesAsync(peers, found.Items, ct);
        return TypedResults.Ok(
            found with
            {
                Items = [.. found.Items.Select(m => m with { Name = names.GetValueOrDefault(m.UserId) })],
            }
        );
    }

    /// <summary>Without names a team is still a team.</summary>
    private static async Task<IReadOnlyDictionary<Guid, string>> NamesAsync(
        Peers peers,
        IReadOnlyList<MemberView> members,
        CancellationToken ct
    )
    {
        try
        {
            var known = await peers.FindUsersAsync([.. members.Select(m => m.UserId)], ct);
            return known.ToDictionary(u => u.Id, u => u.Name);
        }
        catch (PeerUnavailableException)
        {
            return new Dictionary<Guid, string>();
        }
    }
}
