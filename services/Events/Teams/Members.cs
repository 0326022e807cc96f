using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

/// <param name="UserId">The person's id, as in the token's <c>sub</c>.</param>
/// <param name="Name">In the list of the team; null elsewhere, and of an account that was erased.</param>
internal sealed record MemberView(Guid UserId, TeamRole Role, string? Name = null);

/// <summary>The rules of joining and leaving.</summary>
internal static class Members
{
    public const int MaxMembers = 200;

    /// <summary>
    /// Gives a member another role, or none. Owners may do that to all; managers to all but owners, and make none; anybody
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
                // Who is not in the team joins it by an invitation.
                if (member?.Role is not { } before)
                    throw ProblemException.NotFound("member");
                var leaves = role is null && userId == user.UserId();
                var touchesOwners = role == TeamRole.Owner || before == TeamRole.Owner;
                if (!leaves && own != TeamRole.Owner && (own != TeamRole.Manager || touchesOwners))
                    throw TeamAccess.Forbidden();
                if (before == role)
                    return false;
                await CheckLimitsAsync(db, organizerId, before, ct);
                var act = role is null ? "member.left" : "member.role-changed";
                db.Record(actor.Did(act, organizerId, userId, null, ("roleBefore", before), ("roleAfter", role)));
                db.Change(member, role);
                if (role is not (TeamRole.Owner or TeamRole.Manager))
                    await db.WithdrawInvitationsOfAsync(organizerId, userId, actor.At, ct);
                return true;
            },
            ct
        );

    /// <summary>Takes up who accepted an invitation; the organizer is locked.</summary>
    public static async Task JoinAsync(
        this EventsDb db,
        Invitation invitation,
        Guid person,
        Actor actor,
        CancellationToken ct
    )
    {
        var organizerId = invitation.OrganizerId;
        var member = await db.TeamMembers.SingleOrDefaultAsync(
            m => m.OrganizerId == organizerId && m.UserId == person,
            ct
        );
        if (member?.Role is not null)
            throw ProblemException.Conflict("already-member", "You are in this team already.");
        await CheckLimitsAsync(db, organizerId, null, ct);
        if (member is null)
            db.Add(member = new TeamMember { OrganizerId = organizerId, UserId = person });
        db.Record(
            actor.Did(
                "member.joined",
                organizerId,
                person,
                null,
                ("roleAfter", invitation.Role),
                ("invitedBy", invitation.InvitedBy)
            )
        );
        db.Change(member, invitation.Role);
    }

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
