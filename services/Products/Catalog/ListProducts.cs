using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Catalog;

public static class ListProducts
{
    /// <summary>How long a cache may show an availability that has changed since.</summary>
    private const int CacheSeconds = 5;
    private const int ETagBytes = 16;

    /// <summary>The products of a session, with what is left of each.</summary>
    /// <remarks>
    /// Public. May be cached for a few seconds; send the ETag in If-None-Match to learn cheaply that nothing changed
    /// (304). A session without products, or that is not on sale, has an empty list.
    /// </remarks>
    /// <param name="sessionId">The session.</param>
    internal static async Task<Results<Ok<Page<ProductResponse>>, StatusCodeHttpResult>> Handle(
        Guid sessionId,
        [AsParameters] PageQuery page,
        ProductsDb db,
        TimeProvider clock,
        HttpContext http,
        CancellationToken ct
    )
    {
        var after = page.Cursor is null ? Guid.Empty : Cursor.DecodeId(page.Cursor);
        var session = await db.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == sessionId, ct);
        var products = await db
            .Products.AsNoTracking()
            .Where(p => p.SessionId == sessionId && !p.Hidden && p.Id > after)
            .OrderBy(p => p.Id)
            .Take(page.Take() + 1)
            .ToListAsync(ct);
        var now = clock.GetUtcNow();
        var answer = Page.Of(
            products.ConvertAll(p => ProductResponse.From(p, session?.Cancelled ?? true, now, forTeam: false)),
            page.Take(),
            p => p.Id.ToString()
        );
        var etag = ETagOf(answer);
        http.Response.Headers.ETag = etag;
        http.Response.Headers.CacheControl = $"public, max-age={CacheSeconds}";
        return http.Request.Headers.IfNoneMatch.Contains(etag)
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(answer);
    }

    private static string ETagOf(Page<ProductResponse> page) =>
        $"\"{Base64Url.EncodeToString(
            SHA256.HashData(
                JsonSerializer.SerializeToUtf8Bytes(page, ServiceDefaultsExtensions.Json)
            ).AsSpan(0, ETagBytes)
        )}\"";
}
