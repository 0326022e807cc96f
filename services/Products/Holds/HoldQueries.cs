using Microsoft.EntityFrameworkCore;

namespace Ticketing.Products.Holds;

internal static class HoldQueries
{
    /// <summary>Locked until the end of the transaction: what happens to an order's hold happens one after the other.</summary>
    public static Task<Hold?> LockHoldAsync(this ProductsDb db, Guid orderId, CancellationToken ct) =>
        db.Holds.FromSql($"SELECT * FROM holds WHERE order_id = {orderId} FOR UPDATE").SingleOrDefaultAsync(ct);

    /// <summary>To be read after the lock, in a statement of its own, so that they are the newest.</summary>
    public static Task<List<HoldLine>> LinesAsync(this ProductsDb db, Guid orderId, CancellationToken ct) =>
        db.HoldLines.Where(l => l.OrderId == orderId).OrderBy(l => l.ProductId).ToListAsync(ct);

    public static async Task<List<Portion>> PortionsAsync(this ProductsDb db, Guid orderId, CancellationToken ct) =>
        (await db.LinesAsync(orderId, ct)).ConvertAll(l => new Portion(l.ProductId, l.Quantity));
}
