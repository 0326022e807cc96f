using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

internal static class WithdrawInvitation
{
    /// <summary>Takes an invitation back.</summary>
    /// <remarks>For the team's owners and managers. 409 invitation-ended: it was answered, or is over. Again: 204.</remarks>
    public static async Task<NoContent> Handle(
        Guid id,
        Guid invitationId,
        ClaimsPrincipal user,
        Actor actor,
        EventsDb db,
        CancellationToken ct
    )
    {
        await db.InTransactionAsync(
            async ct =>
            {
                await db.LockOrganizerAsync(id, "organizer", ct);
                await db.RequireManagerAsync(user, id, "organizer", ct);
                var found =
                    await db.Invitations.SingleOrDefaultAsync(i => i.Id == invitationId && i.OrganizerId == id, ct)
                    ?? throw ProblemException.NotFound("invitation");
                if (found.Status == InvitationStatus.Withdrawn)
                    return false;
                found.RequireOpen(actor.At);
                found.End(InvitationStatus.Withdrawn, actor.At);
                db.Record(actor.Did("invitation.withdrawn", id, invitationId));
                return true;
            },
            ct
        );
        return TypedResults.NoContent();
    }
}
