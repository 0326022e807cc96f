using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Catalog;

/// <summary>Who may manage a session's products: the organizer's owners and managers, and platform administrators.</summary>
internal static class ProductAccess
{
    public static async Task<bool> ManagesAsync(
        this ProductsDb db,
        ClaimsPrincipal user,
        Guid sessionId,
        CancellationToken ct
    )
    {
        if (user.Identity?.IsAuthenticated != true)
            return false;
        if (user.IsAdmin())
            return true;
        var organizer = await db
            .Sessions.Where(s => s.Id == sessionId)
            .Select(s => (Guid?)s.OrganizerId)
            .SingleOrDefaultAsync(ct);
        return organizer is { } id && await db.IsTeamMemberAsync(id, user.UserId(), TeamRole.Manager, ct);
    }

    /// <summary>Locked until the end of the transaction; not the team's own is not found.</summary>
    public static async Task<Product> LockOwnProductAsync(
        this ProductsDb db,
        Guid id,
        string? ifMatch,
        ClaimsPrincipal user,
        CancellationToken ct
    )
    {
        var product = await db
            .Products.FromSql($"SELECT * FROM products WHERE id = {id} FOR UPDATE")
            .SingleOrDefaultAsync(ct);
        if (product is null || !await db.ManagesAsync(user, product.SessionId, ct))
            throw ProblemException.NotFound("product");
        ETag.Require(ifMatch, product.Version);
        return product;
    }
}
