using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

public static class SetMember
{
    public sealed record Request(TeamRole Role);

    /// <summary>Gives a member another role.</summary>
    /// <remarks>409 last-owner: a team keeps at least one owner. 404: who is not in the team is invited.</remarks>
    internal static async Task<Ok<MemberView>> Handle(
        Guid id,
        Guid userId,
        Request request,
        ClaimsPrincipal user,
        Actor actor,
        EventsDb db,
        CancellationToken ct
    )
    {
        await db.ChangeMemberAsync(user, actor, id, userId, request.Role, ct);
        return TypedResults.Ok(new MemberView(userId, request.Role));
    }
}
