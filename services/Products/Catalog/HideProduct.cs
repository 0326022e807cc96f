using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Catalog;

public static class HideProduct
{
    /// <summary>Withdraws a product from sale.</summary>
    /// <remarks>
    /// For owners and managers of the session's organizer. Nothing is lost: what is held or sold stays so, and the team
    /// still sees the product. Again: 204.
    /// </remarks>
    internal static async Task<NoContent> Handle(
        Guid id,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        ClaimsPrincipal user,
        Actor actor,
        ProductsDb db,
        CancellationToken ct
    )
    {
        await db.InTransactionAsync(
            async token =>
            {
                var (product, session) = await db.LockOwnProductAsync(id, ifMatch, user, token);
                if (!product.Hidden)
                {
                    (product.Hidden, product.Version) = (true, product.Version + 1);
                    db.Record(actor.Did("product.hidden", session.OrganizerId, id));
                }
                return product.Version;
            },
            ct
        );
        return TypedResults.NoContent();
    }
}
