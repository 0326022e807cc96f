using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

/// <param name="UserId">The person's id, as in the token's <c>sub</c>.</param>
internal sealed record MemberView(Guid UserId, TeamRole Role);

/// <summary>The rules of joining and leaving.</summary>
internal static class Members
{
    public const int MaxMembers = 200;

    /// <summary>
    /// Gives a person a role, or none. Owners may do that to all; managers to all but owners, and make none; anybody
    /// may leave. The last owner stays.
    /// </summary>
    /// <returns>False when nothing changed.</returns>
    public static Task<bool> ChangeMemberAsync(
        this EventsDb db,
        ClaimsPrincipal user,
        Actor actor,
        Guid organizerId,
        Guid userId,
        TeamRole? role,
        CancellationToken ct
    ) =>
        db.InTransactionAsync(
            async ct =>
            {
                await db.LockOrganizerAsync(organizerId, "organizer", ct);
                var own = await db.RequireMemberAsync(user, organizerId, "organizer", ct);
                var member = await db.TeamMembers.SingleOrDefaultAsync(
                    m => m.OrganizerId == organizerId && m.UserId == userId,
                    ct
                );
                if (role is null && member?.Role is null)
                    throw ProblemException.NotFound("member");
                var leaves = role is null && userId == user.UserId();
                var touchesOwners = role == TeamRole.Owner || member?.Role == TeamRole.Owner;
                if (!leaves && own != TeamRole.Owner && (own != TeamRole.Manager || touchesOwners))
                    throw TeamAccess.Forbidden();
                if (member?.Role == role)
                    return false;
                await CheckLimitsAsync(db, organizerId, member?.Role, ct);
                if (member is null)
                    db.Add(member = new TeamMember { OrganizerId = organizerId, UserId = userId });
                db.Record(actor.Did(ActOf(member.Role, role), organizerId, userId, null, Roles(member.Role, role)));
                db.Change(member, role);
                return true;
            },
            ct
        );

    private static string ActOf(TeamRole? before, TeamRole? after) =>
        before is null ? "member.joined"
        : after is null ? "member.left"
        : "member.role-changed";

    private static (string, object?)[] Roles(TeamRole? before, TeamRole? after) =>
        [("roleBefore", before), ("roleAfter", after)];

    private static async Task CheckLimitsAsync(EventsDb db, Guid organizerId, TeamRole? before, CancellationToken ct)
    {
        var team = db.TeamMembers.Where(m => m.OrganizerId == organizerId && m.Role != null);
        if (before == TeamRole.Owner && await team.CountAsync(m => m.Role == TeamRole.Owner, ct) == 1)
            throw ProblemException.Conflict("last-owner", "A team keeps at least one owner: name another first.");
        if (before is null && await team.CountAsync(ct) >= MaxMembers)
            throw ProblemException.Conflict("limit-reached", $"A team has at most {MaxMembers} members.");
    }

    /// <summary>Gives the role, or none, and tells of it with the next version.</summary>
    public static void Change(this EventsDb db, TeamMember member, TeamRole? role)
    {
        member.Role = role;
        member.Version++;
        db.Publish(new TeamMemberChanged(member.OrganizerId, member.UserId, role, member.Version));
    }
}
