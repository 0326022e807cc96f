using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

public static class EditPool
{
    public sealed record Request(
        [Text(Pool.MaxNameLength)] string? Name = null,
        [Range(0, Pool.MaxCapacity)] int? Capacity = null
    );

    /// <summary>Renames or resizes a pool.</summary>
    /// <remarks>
    /// A capacity below what is held and sold takes nothing from anybody: it only stops the sale.
    /// 409 pool-seated: the capacity of a section is its seats.
    /// </remarks>
    internal static async Task<Ok<PoolView>> Handle(
        Guid id,
        Guid poolId,
        Request request,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        ClaimsPrincipal user,
        EventsDb db,
        HttpResponse response,
        CancellationToken ct
    )
    {
        var pool = await db.EditSessionAsync(
            user,
            id,
            (_, session) =>
            {
                var pool = session.FindPool(poolId);
                ETag.Require(ifMatch, pool.Version);
                if (request.Name is { } name)
                    pool.Name = session.CheckPoolName("name", name, except: pool);
                pool.Resize(request.Capacity ?? pool.Capacity);
                pool.Advance();
                return pool;
            },
            ct
        );
        response.SetETag(pool.Version);
        return TypedResults.Ok(PoolView.Of(pool));
    }
}
