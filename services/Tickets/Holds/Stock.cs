using Microsoft.EntityFrameworkCore;
using Ticketing.Tickets.Catalog;

namespace Ticketing.Tickets.Holds;

/// <summary>
/// The ways of stock, inside a transaction that has locked the hold's row. See <see cref="TicketsDb"/> for the order of
/// locks. Going in is in take_holds, lapsing in expire_holds.
/// </summary>
internal static class Stock
{
    /// <summary>The hold, locked until the transaction ends.</summary>
    public static async Task<Hold?> LockHoldAsync(this TicketsDb db, Guid id, CancellationToken ct) =>
        await db.Holds.FromSql($"SELECT * FROM holds WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(ct);

    public static Task<List<HoldItem>> ItemsOfAsync(this TicketsDb db, Guid id, CancellationToken ct) =>
        db.HoldItems.AsNoTracking().Where(i => i.HoldId == id).OrderBy(i => i.Ordinal).ToListAsync(ct);

    /// <summary>Held becomes sold.</summary>
    public static async Task SellHeldAsync(
        this TicketsDb db,
        Hold hold,
        IReadOnlyList<HoldItem> items,
        CancellationToken ct
    )
    {
        if (SeatsOf(items) is { Length: > 0 } seats)
            await db
                .Seats.Where(s => s.SessionId == hold.SessionId && seats.Contains(s.SeatId) && s.HoldId == hold.Id)
                .ExecuteUpdateAsync(u => u.SetProperty(s => s.Status, SeatStatus.Sold), ct);
        foreach (var (pool, quantity) in PoolsOf(items))
            await db.Database.ExecuteSqlAsync(
                $"UPDATE pools SET held = held - {quantity}, sold = sold + {quantity} WHERE id = {pool}",
                ct
            );
    }

    /// <summary>Sells the same stock again after it went back, when it is still free; else false: roll back.</summary>
    public static async Task<bool> SellFreeAsync(
        this TicketsDb db,
        Hold hold,
        IReadOnlyList<HoldItem> items,
        CancellationToken ct
    )
    {
        foreach (var (pool, quantity) in PoolsOf(items))
        {
            var taken = await db.Database.ExecuteSqlAsync(
                $"""
                UPDATE pools SET available = available - {quantity}, sold = sold + {quantity}
                WHERE id = {pool} AND available >= {quantity}
                """,
                ct
            );
            if (taken == 0)
                return false;
        }
        var seats = SeatsOf(items);
        if (seats.Length == 0)
            return true;
        var seated = await db
            .Seats.Where(s => s.SessionId == hold.SessionId && seats.Contains(s.SeatId) && s.Status == SeatStatus.Free)
            .ExecuteUpdateAsync(
                u => u.SetProperty(s => s.Status, SeatStatus.Sold).SetProperty(s => s.HoldId, hold.Id),
                ct
            );
        return seated == seats.Length;
    }

    /// <summary>Gives the hold's stock back: what was sold when it is committed, else what was held.</summary>
    public static async Task ReturnStockAsync(
        this TicketsDb db,
        Hold hold,
        IReadOnlyList<HoldItem> items,
        CancellationToken ct
    )
    {
        if (SeatsOf(items) is { Length: > 0 } seats)
            await db
                .Seats.Where(s => s.SessionId == hold.SessionId && seats.Contains(s.SeatId) && s.HoldId == hold.Id)
                .ExecuteUpdateAsync(
                    u => u.SetProperty(s => s.Status, SeatStatus.Free).SetProperty(s => s.HoldId, (Guid?)null),
                    ct
                );
        var (ids, quantities) = (
            PoolsOf(items).Select(p => p.Pool).ToArray(),
            PoolsOf(items).Select(p => p.Quantity).ToArray()
        );
        var none = new int[ids.Length];
        var (held, sold) = hold.Status == HoldStatus.Committed ? (none, quantities) : (quantities, none);
        await db.Database.ExecuteSqlAsync($"SELECT return_stock({ids}, {held}, {sold})", ct);
    }

    private static Guid[] SeatsOf(IReadOnlyList<HoldItem> items) => [.. items.SelectMany(i => i.SeatIds)];

    private static IEnumerable<(Guid Pool, int Quantity)> PoolsOf(IReadOnlyList<HoldItem> items) =>
        items.GroupBy(i => i.PoolId).Select(g => (Pool: g.Key, Quantity: g.Sum(i => i.Quantity))).OrderBy(p => p.Pool);
}
