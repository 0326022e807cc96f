using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Holds;

/// <summary>Where a piece of stock is.</summary>
internal enum Place
{
    Available,
    Held,
    Sold,
}

internal readonly record struct Portion(Guid ProductId, int Quantity);

/// <summary>
/// Moves stock by conditional updates, product by product in the order of their ids, so that no two transactions wait
/// for each other. Whoever moves stock of a hold has locked the hold first.
/// </summary>
internal static class Stock
{
    /// <summary>
    /// Moves all or throws sold-out. Says so to the world when a product runs out or returns, not at every hold.
    /// </summary>
    public static async Task MoveAsync(
        this ProductsDb db,
        IEnumerable<Portion> portions,
        Place from,
        Place to,
        CancellationToken ct
    )
    {
        foreach (var (product, quantity) in portions.OrderBy(p => p.ProductId))
        {
            var (source, target) = (Column(from), Column(to));
#pragma warning disable EF1002 // only the column names are interpolated, and they are ours
            var available = await db
                .Database.SqlQueryRaw<int>(
                    $$"""
                    UPDATE products SET {{source}} = {{source}} - {0}, {{target}} = {{target}} + {0}
                    WHERE id = {1} AND {{source}} >= {0}
                    RETURNING available
                    """,
                    quantity,
                    product
                )
                .ToListAsync(ct);
#pragma warning restore EF1002
            if (available.Count == 0)
                throw from == Place.Available
                    ? ProblemException.Conflict("sold-out", "A product of this order is sold out.")
                    : new InvalidOperationException($"Stock of {product} is not where its hold is.");
            await db.AnnounceAsync(product, quantity, available[0], from, to, ct);
        }
    }

    public static async Task AnnounceAsync(
        this ProductsDb db,
        Guid product,
        int quantity,
        int available,
        Place from,
        Place to,
        CancellationToken ct
    )
    {
        var ranOut = from == Place.Available && available == 0;
        var returned = to == Place.Available && available == quantity;
        if (ranOut || returned)
            db.Publish(await db.StockChangedAsync(product, available, ct));
    }

    public static async Task<ProductStockChanged> StockChangedAsync(
        this ProductsDb db,
        Guid product,
        int available,
        CancellationToken ct
    ) => new(product, available, await db.NowAsync(ct));

    private static string Column(Place place) =>
        place switch
        {
            Place.Available => "available",
            Place.Held => "held",
            Place.Sold => "sold",
            _ => throw new ArgumentOutOfRangeException(nameof(place)),
        };
}
