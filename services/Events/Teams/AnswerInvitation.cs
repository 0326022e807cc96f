using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

internal static class AnswerInvitation
{
    /// <summary>Joins the team that I was invited into.</summary>
    /// <remarks>
    /// For who has proven the address that the invitation was sent to. 404 for everybody else. 409 invitation-ended,
    /// already-member, limit-reached. Again: the same answer.
    /// </remarks>
    public static async Task<Ok<MemberView>> Accept(
        Guid id,
        Guid invitationId,
        ClaimsPrincipal user,
        Actor actor,
        EventsDb db,
        Peers peers,
        CancellationToken ct
    )
    {
        var me = user.UserId();
        var address = await peers.AddressOfAsync(me, ct);
        var role = await db.InTransactionAsync(
            async ct =>
            {
                await db.LockOrganizerAsync(id, "invitation", ct);
                var found = await db.FindForAsync(id, invitationId, me, address, ct);
                if (found.AcceptedBy == me)
                    return found.Role;
                found.RequireOpen(actor.At);
                await db.JoinAsync(found, me, actor, ct);
                found.End(InvitationStatus.Accepted, actor.At, me);
                return found.Role;
            },
            ct
        );
        return TypedResults.Ok(new MemberView(me, role));
    }

    /// <summary>Declines an invitation to me.</summary>
    /// <remarks>For who has proven the address that it was sent to. 404 for everybody else. 409 invitation-ended.</remarks>
    public static async Task<NoContent> Decline(
        Guid id,
        Guid invitationId,
        ClaimsPrincipal user,
        Actor actor,
        EventsDb db,
        Peers peers,
        CancellationToken ct
    )
    {
        var me = user.UserId();
        var address = await peers.AddressOfAsync(me, ct);
        await db.InTransactionAsync(
            async ct =>
            {
                await db.LockOrganizerAsync(id, "invitation", ct);
                var found = await db.FindForAsync(id, invitationId, me, address, ct);
                if (found.Status == InvitationStatus.Declined)
                    return false;
                found.RequireOpen(actor.At);
                found.End(InvitationStatus.Declined, actor.At);
                db.Record(actor.Did("invitation.declined", id, invitationId));
                return true;
            },
            ct
        );
        return TypedResults.NoContent();
    }
}
