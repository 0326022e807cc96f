using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace Ticketing.Orders.Checkout;

/// <summary>Changes of status: conditional updates, so that of two that race one finds nothing to change.</summary>
internal static class OrderMoves
{
    public static readonly OrderStatus[] Open = [OrderStatus.Pending, OrderStatus.AwaitingPayment];

    /// <summary>Paid for and not given back.</summary>
    public static readonly OrderStatus[] Bought = [OrderStatus.Paid, OrderStatus.Fulfilled];

    /// <summary>Ended without money.</summary>
    public static readonly OrderStatus[] Unpaid = [OrderStatus.Expired, OrderStatus.Cancelled];

    /// <summary>Ended, and no money of it is here.</summary>
    public static readonly OrderStatus[] WithoutMoney = [.. Unpaid, OrderStatus.Refunded];

    /// <returns>False when the order was in none of the states <paramref name="from"/>.</returns>
    public static async Task<bool> MoveAsync(
        this OrdersDb db,
        Guid orderId,
        OrderStatus[] from,
        OrderStatus to,
        Action<UpdateSettersBuilder<Order>> also,
        CancellationToken ct
    )
    {
        if (!from.All(status => Order.Allows(status, to)))
            throw new InvalidOperationException($"No order goes to {to} from all of these states.");
        var moved = await db
            .Orders.Where(o => o.Id == orderId && from.Contains(o.Status))
            .ExecuteUpdateAsync(
                set =>
                {
                    set.SetProperty(o => o.Status, to);
                    also(set);
                },
                ct
            );
        return moved == 1;
    }

    /// <summary>Until the end of the transaction nobody else changes the order.</summary>
    public static Task LockAsync(this OrdersDb db, Guid orderId, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"SELECT FROM orders WHERE id = {orderId} FOR UPDATE", ct);

    /// <summary>With its lines, not tracked.</summary>
    public static Task<Order> ReadAsync(this OrdersDb db, Guid orderId, CancellationToken ct) =>
        db.Orders.AsNoTracking().Include(o => o.Lines).SingleAsync(o => o.Id == orderId, ct);
}
