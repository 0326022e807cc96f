using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

internal static class GetInvitation
{
    /// <summary>An invitation to me.</summary>
    /// <remarks>404 for everybody but who has its address; 403 address-not-proven: prove first that it is yours.</remarks>
    public static async Task<Ok<InvitationView>> Handle(
        Guid id,
        Guid invitationId,
        ClaimsPrincipal user,
        EventsDb db,
        Peers peers,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var me = user.UserId();
        var address = await peers.AddressOfAsync(me, ct);
        var found = await db.FindForAsync(id, invitationId, me, address, ct);
        var organizer = await db.Organizers.AsNoTracking().SingleAsync(o => o.Id == id, ct);
        return TypedResults.Ok(InvitationView.Of(found, organizer, clock.GetUtcNow()));
    }
}
