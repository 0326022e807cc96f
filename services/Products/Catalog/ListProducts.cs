using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Catalog;

public static class ListProducts
{
    /// <summary>How long a cache may show an availability that has changed since.</summary>
    private const int CacheSeconds = 5;

    /// <summary>The products of a session, with what is left of each.</summary>
    /// <remarks>
    /// Public. May be cached for a few seconds; send the ETag in If-None-Match to learn cheaply that nothing changed
    /// (304). A session without products, or that is not on sale, has an empty list.
    /// </remarks>
    /// <param name="sessionId">The session.</param>
    /// <param name="forTeam">For the organizer's owners and managers: also what was withdrawn, each with its stock. To others 404.</param>
    internal static async Task<IResult> Handle(
        Guid sessionId,
        [AsParameters] PageQuery page,
        ClaimsPrincipal user,
        ProductsDb db,
        TimeProvider clock,
        CancellationToken ct,
        bool forTeam = false
    )
    {
        var after = page.AfterId() ?? Guid.Empty;
        var session = await db.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == sessionId, ct);
        if (forTeam && (session is null || !await db.ManagesAsync(user, session.OrganizerId, ct)))
            throw ProblemException.NotFound("session");
        var shown = forTeam || session is { IsPublic: true };
        var products = await db
            .Products.AsNoTracking()
            .Where(p => shown && p.SessionId == sessionId && (forTeam || !p.Hidden) && p.Id > after)
            .OrderBy(p => p.Id)
            .Take(page.Take() + 1)
            .ToListAsync(ct);
        var now = clock.GetUtcNow();
        var answer = Page.Of(
            products.ConvertAll(p => ProductResponse.From(p, session?.Cancelled ?? true, now, forTeam)),
            page.Take(),
            p => p.Id.ToString()
        );
        return Answer.Of(answer).With(forTeam ? "no-store" : $"public, max-age={CacheSeconds}");
    }
}
