using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

internal static class RemoveMember
{
    /// <summary>Takes a person out of the team; anybody may take themselves out.</summary>
    /// <remarks>409 last-owner: a team keeps at least one owner.</remarks>
    public static async Task<NoContent> Handle(
        Guid id,
        Guid userId,
        ClaimsPrincipal user,
        Actor actor,
        EventsDb db,
        CancellationToken ct
    )
    {
        await db.ChangeMemberAsync(user, actor, id, userId, null, ct);
        return TypedResults.NoContent();
    }
}
