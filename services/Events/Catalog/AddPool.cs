using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

public static class AddPool
{
    /// <param name="Capacity">Places, 0 to 1,000,000.</param>
    public sealed record Request([Text(Pool.MaxNameLength)] string Name, [Range(0, Pool.MaxCapacity)] int Capacity);

    /// <summary>Adds general-admission capacity to a session.</summary>
    internal static async Task<Created<PoolView>> Handle(
        Guid id,
        Request request,
        ClaimsPrincipal user,
        EventsDb db,
        HttpResponse response,
        CancellationToken ct
    )
    {
        var pool = await db.EditSessionAsync(
            user,
            id,
            (_, session) => session.AddPool("name", request.Name, request.Capacity),
            ct
        );
        response.SetETag(pool.Version);
        return TypedResults.Created($"/api/v1/sessions/{id}/pools/{pool.Id}", PoolView.Of(pool));
    }
}
