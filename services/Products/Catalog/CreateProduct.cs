using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Catalog;

public static class CreateProduct
{
    /// <param name="SessionId">A session of your organizer's event; also of a draft.</param>
    /// <param name="Name">What buyers read.</param>
    /// <param name="Price">Price of one, in minor units; 0 is free. Only BRL.</param>
    /// <param name="Stock">How many there are in all.</param>
    /// <param name="MaxPerOrder">How many one order may take.</param>
    /// <param name="SalesStart">Sold from then on; null: at once.</param>
    /// <param name="SalesEnd">Sold until then; null: as long as the session's tickets.</param>
    public sealed record Request(
        Guid SessionId,
        [property: StringLength(Product.MaxNameLength, MinimumLength = 1)] string Name,
        Money Price,
        [property: Range(0, Product.MaxStock)] int Stock,
        [property: Range(1, Product.MaxPerOrderLimit)] int MaxPerOrder,
        [property: StringLength(Product.MaxDescriptionLength)] string? Description = null,
        DateTimeOffset? SalesStart = null,
        DateTimeOffset? SalesEnd = null
    );

    /// <summary>Adds a product to a session.</summary>
    /// <remarks>
    /// For owners and managers of the session's organizer; anybody else's session is 404. Problems:
    /// session-cancelled (409), too-many-products (409).
    /// </remarks>
    internal static async Task<Created<ProductResponse>> Handle(
        Request request,
        ClaimsPrincipal user,
        Actor actor,
        ProductsDb db,
        Peers peers,
        TimeProvider clock,
        HttpContext http,
        CancellationToken ct
    )
    {
        var product = new Product
        {
            SessionId = request.SessionId,
            Name = ProductRules.Name(request.Name),
            Description = request.Description,
            PriceAmount = ProductRules.PriceAmount(request.Price),
            MaxPerOrder = request.MaxPerOrder,
            SalesStart = request.SalesStart?.ToStored(),
            SalesEnd = request.SalesEnd?.ToStored(),
        };
        product.SetStock(request.Stock);
        product.RequireWindow();
        await HearOfAsync(request.SessionId, db, peers, ct);
        await db.InTransactionAsync(
            async token =>
            {
                // The lock makes the count below exact when several are added at once.
                var session = await db
                    .Sessions.FromSql($"SELECT * FROM sessions WHERE id = {request.SessionId} FOR UPDATE")
                    .SingleOrDefaultAsync(token);
                if (session is null || !await db.ManagesAsync(user, session.OrganizerId, token))
                    throw ProblemException.NotFound("session");
                if (session.Cancelled)
                    throw ProblemException.Conflict("session-cancelled", "This session was cancelled.");
                var count = await db.Products.CountAsync(p => p.SessionId == session.Id, token);
                if (count >= Product.MaxPerSession)
                    throw ProblemException.Conflict(
                        "too-many-products",
                        $"A session has at most {Product.MaxPerSession} products."
                    );
                db.Add(product);
                db.Record(
                    actor.Did(
                        "product.added",
                        session.OrganizerId,
                        product.Id,
                        null,
                        ("priceAfter", product.PriceAmount)
                    )
                );
                return count;
            },
            ct
        );
        http.Response.SetETag(product.Version);
        return TypedResults.Created(
            $"/api/v1/products/{product.Id}",
            ProductResponse.From(product, false, clock.GetUtcNow(), forTeam: true)
        );
    }

    /// <summary>Events tells of a session when it is public; of one that is not, or not yet here, it is asked.</summary>
    private static async Task HearOfAsync(Guid sessionId, ProductsDb db, Peers peers, CancellationToken ct)
    {
        if (await db.Sessions.AnyAsync(s => s.Id == sessionId, ct))
            return;
        if (await peers.FindAsync<SessionOwner>(AppIds.Events, $"internal/sessions/{sessionId}", ct) is { } told)
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO sessions (id, event_id, organizer_id, cancelled, over_at, version)
                VALUES ({sessionId}, {told.EventId}, {told.OrganizerId}, false, {told.OverAt.ToStored()}, 0)
                ON CONFLICT (id) DO NOTHING
                """,
                ct
            );
    }
}
