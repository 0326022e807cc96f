using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

internal static class OnUserErased
{
    /// <summary>
    /// The person leaves all teams, also as the last owner: nobody can act with that account any more, and platform
    /// administrators can name another owner.
    /// </summary>
    public static async Task Handle(UserErased erased, EventsDb db, CancellationToken ct)
    {
        // Locked as by whoever changes a team, in one order.
        await db
            .Database.SqlQuery<Guid>(
                $"""
                SELECT id AS "Value" FROM organizers
                WHERE id IN (SELECT organizer_id FROM team_members WHERE user_id = {erased.UserId})
                ORDER BY id FOR UPDATE
                """
            )
            .ToListAsync(ct);
        await db.WithdrawInvitationsOfAsync(null, erased.UserId, erased.At, ct);
        await db
            .Invitations.Where(i => i.AcceptedBy == erased.UserId)
            .ExecuteUpdateAsync(u => u.SetProperty(i => i.Email, (string?)null), ct);
        var memberships = await db.TeamMembers.Where(m => m.UserId == erased.UserId && m.Role != null).ToListAsync(ct);
        var nobody = Actor.Nobody(erased.At);
        foreach (var member in memberships)
        {
            db.Record(
                nobody.Did("member.left", member.OrganizerId, member.UserId, "erased", ("roleBefore", member.Role))
            );
            db.Change(member, null);
        }
    }
}
