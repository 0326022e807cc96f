using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Catalog;

public static class GetProduct
{
    /// <summary>One product.</summary>
    /// <remarks>
    /// Public; the organizer's team also sees the stock, a product that was withdrawn and those of a draft. The ETag stands for the
    /// product's details, not for its availability: send it in If-Match to edit.
    /// </remarks>
    internal static async Task<Ok<ProductResponse>> Handle(
        Guid id,
        ClaimsPrincipal user,
        ProductsDb db,
        TimeProvider clock,
        HttpContext http,
        CancellationToken ct
    )
    {
        var product =
            await db.Products.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, ct)
            ?? throw ProblemException.NotFound("product");
        var session = await db.Sessions.AsNoTracking().SingleAsync(s => s.Id == product.SessionId, ct);
        var forTeam = await db.ManagesAsync(user, session.OrganizerId, ct);
        if (!forTeam && (product.Hidden || !session.IsPublic))
            throw ProblemException.NotFound("product");
        http.Response.SetETag(product.Version);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(ProductResponse.From(product, session.Cancelled, clock.GetUtcNow(), forTeam));
    }
}
