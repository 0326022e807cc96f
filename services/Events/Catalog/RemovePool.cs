using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ticketing.Events.Catalog;

internal static class RemovePool
{
    /// <summary>Removes a pool of a draft.</summary>
    /// <remarks>409 pool-in-use: ticket types draw from it. 409 pool-seated. 409 pool-on-sale.</remarks>
    public static async Task<NoContent> Handle(
        Guid id,
        Guid poolId,
        ClaimsPrincipal user,
        EventsDb db,
        CancellationToken ct
    )
    {
        await db.EditSessionAsync(
            user,
            id,
            (e, session) =>
            {
                session.RemovePool(e, session.FindPool(poolId));
                return poolId;
            },
            ct
        );
        return TypedResults.NoContent();
    }
}
