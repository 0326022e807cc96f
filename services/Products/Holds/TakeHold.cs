using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.Products.Catalog;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Holds;

/// <summary>
/// Holds products for an order, all or nothing. Repeats extend the lease and answer the prices of the first time;
/// other items replace what is held, until the hold is committed.
/// </summary>
internal static class TakeHold
{
    private const int MaxProducts = 20;
    private const int MaxLeaseSeconds = 24 * 3600;

    public static async Task<Ok<ProductHold>> Handle(
        Guid orderId,
        HoldProducts request,
        ProductsDb db,
        CancellationToken ct
    )
    {
        var wanted = Check(request);
        var hold = await db.InTransactionAsync(token => TakeAsync(db, orderId, request, wanted, token), ct);
        return TypedResults.Ok(hold);
    }

    private static List<Portion> Check(HoldProducts request)
    {
        if (request.LeaseSeconds is < 1 or > MaxLeaseSeconds)
            throw ProblemException.Invalid("leaseSeconds", $"From 1 to {MaxLeaseSeconds}.");
        if (request.Items.Count is 0 or > MaxProducts)
            throw ProblemException.Invalid("items", $"From 1 to {MaxProducts} products.");
        if (request.Items.Any(i => i.Quantity is < 1 or > Product.MaxPerOrderLimit))
            throw ProblemException.Invalid("items.quantity", $"From 1 to {Product.MaxPerOrderLimit}.");
        return
        [
            .. request
                .Items.GroupBy(i => i.ProductId)
                .Select(g => new Portion(g.Key, g.Sum(i => i.Quantity)))
                .OrderBy(p => p.ProductId),
        ];
    }

    private static async Task<ProductHold> TakeAsync(
        ProductsDb db,
        Guid orderId,
        HoldProducts request,
        List<Portion> wanted,
        CancellationToken ct
    )
    {
        var now = await db.NowAsync(ct);
        // Of several at once one inserts; the others wait for its end here. Refused later on, the row is rolled back.
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO holds (order_id, buyer_id, session_id, state, expires_at)
            VALUES ({orderId}, {request.BuyerId}, {request.SessionId}, {nameof(
                HoldState.Released
            )}, {now})
            ON CONFLICT DO NOTHING
            """,
            ct
        );
        var hold = (await db.LockHoldAsync(orderId, ct))!;
        if (hold.BuyerId != request.BuyerId || hold.SessionId != request.SessionId)
            throw ProblemException.NotFound("hold");
        var lines = await db.LinesAsync(orderId, ct);
        var same = lines.Select(l => new Portion(l.ProductId, l.Quantity)).SequenceEqual(wanted);
        switch (hold.State)
        {
            case HoldState.Committed when same:
                return new(orderId, hold.ExpiresAt, [.. lines.Select(l => l.ToContract())]);
            case HoldState.Committed or HoldState.Voided:
                throw ProblemException.Conflict("hold-committed", "The products of this order were sold already.");
            case HoldState.Held when same:
                break;
            case HoldState.Expired when same:
                await db.MoveAsync(wanted, Place.Available, Place.Held, ct);
                break;
            case HoldState.Held or HoldState.Expired or HoldState.Released:
                lines = await ReplaceAsync(db, hold, lines, wanted, ct);
                break;
            default:
                throw new InvalidOperationException($"Unknown state {hold.State}.");
        }
        var expiresAt = now.AddSeconds(request.LeaseSeconds);
        hold.ExpiresAt = hold.State == HoldState.Held && hold.ExpiresAt > expiresAt ? hold.ExpiresAt : expiresAt;
        hold.State = HoldState.Held;
        return new(orderId, hold.ExpiresAt, [.. lines.Select(l => l.ToContract())]);
    }

    /// <summary>
    /// One walk over old and new products in the order of their ids, so that giving back and taking cannot deadlock.
    /// </summary>
    private static async Task<List<HoldLine>> ReplaceAsync(
        ProductsDb db,
        Hold hold,
        List<HoldLine> old,
        List<Portion> wanted,
        CancellationToken ct
    )
    {
        db.RemoveRange(old);
        await db.SaveChangesAsync(ct);
        var taken = new List<HoldLine>();
        foreach (var id in old.Select(l => l.ProductId).Concat(wanted.Select(w => w.ProductId)).Distinct().Order())
        {
            if (hold.State == HoldState.Held && old.Find(l => l.ProductId == id) is { } line)
                await db.MoveAsync([new(id, line.Quantity)], Place.Held, Place.Available, ct);
            if (wanted.Find(w => w.ProductId == id) is { Quantity: > 0 } portion)
                taken.Add(await TakeOneAsync(db, hold, portion, ct));
        }
        db.AddRange(taken);
        return taken;
    }

    private sealed record Taken(string Name, long PriceAmount, int Available);

    private static async Task<HoldLine> TakeOneAsync(ProductsDb db, Hold hold, Portion portion, CancellationToken ct)
    {
        var (product, quantity) = portion;
        var taken = await db
            .Database.SqlQuery<Taken>(
                $"""
                UPDATE products p SET available = available - {quantity}, held = held + {quantity}
                FROM sessions s
                WHERE p.id = {product} AND p.session_id = {hold.SessionId} AND NOT p.hidden
                  AND p.available >= {quantity} AND p.max_per_order >= {quantity}
                  AND (p.sales_start IS NULL OR p.sales_start <= now())
                  AND (p.sales_end IS NULL OR p.sales_end > now())
                  AND s.id = p.session_id AND NOT s.cancelled
                RETURNING p.name, p.price_amount, p.available
                """
            )
            .ToListAsync(ct);
        if (taken is not [var row])
            throw await RefusalAsync(db, hold, portion, ct);
        await db.AnnounceAsync(product, quantity, row.Available, Place.Available, Place.Held, ct);
        return new()
        {
            OrderId = hold.OrderId,
            ProductId = product,
            Name = row.Name,
            UnitPriceAmount = row.PriceAmount,
            Quantity = quantity,
        };
    }

    /// <summary>Why the update found no row. If the reason has just gone away, it was the stock.</summary>
    private static async Task<ProblemException> RefusalAsync(
        ProductsDb db,
        Hold hold,
        Portion portion,
        CancellationToken ct
    )
    {
        var product = await db
            .Products.AsNoTracking()
            .SingleOrDefaultAsync(p => p.Id == portion.ProductId && p.SessionId == hold.SessionId && !p.Hidden, ct);
        if (product is null)
            return new(422, "product-not-found", "The session does not sell this product.")
            {
                Extensions = new Dictionary<string, object?> { ["productId"] = portion.ProductId },
            };
        var now = await db.NowAsync(ct);
        var cancelled = await db.Sessions.AnyAsync(s => s.Id == hold.SessionId && s.Cancelled, ct);
        var (code, detail) = product switch
        {
            _ when cancelled || product.SalesEnd <= now || product.SalesStart > now => (
                "sale-not-open",
                $"{product.Name} is not on sale now."
            ),
            _ when product.MaxPerOrder < portion.Quantity => (
                "limit-reached",
                $"At most {product.MaxPerOrder} of {product.Name} an order."
            ),
            _ => ("sold-out", $"Not enough of {product.Name} is left."),
        };
        return new(409, code, detail) { Extensions = new Dictionary<string, object?> { ["productId"] = product.Id } };
    }
}
