using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.Products.Sessions;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Catalog;

/// <summary>Who may manage a session's products: the organizer's owners and managers, and platform administrators.</summary>
internal static class ProductAccess
{
    public static async Task<bool> ManagesAsync(
        this ProductsDb db,
        ClaimsPrincipal user,
        Guid organizerId,
        CancellationToken ct
    ) =>
        user.Identity is { IsAuthenticated: true }
        && (user.IsAdmin() || await db.IsTeamMemberAsync(organizerId, user.UserId(), TeamRole.Manager, ct));

    /// <summary>Locked until the end of the transaction; not the team's own is not found.</summary>
    public static async Task<(Product Product, Session Session)> LockOwnProductAsync(
        this ProductsDb db,
        Guid id,
        string? ifMatch,
        ClaimsPrincipal user,
        CancellationToken ct
    )
    {
        var product =
            await db.Products.FromSql($"SELECT * FROM products WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(ct)
            ?? throw ProblemException.NotFound("product");
        var session = await db.Sessions.AsNoTracking().SingleAsync(s => s.Id == product.SessionId, ct);
        if (!await db.ManagesAsync(user, session.OrganizerId, ct))
            throw ProblemException.NotFound("product");
        ETag.Require(ifMatch, product.Version);
        return (product, session);
    }
}
