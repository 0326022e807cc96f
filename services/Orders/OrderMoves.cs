using Microsoft.EntityFrameworkCore;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Refunding;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders;

/// <summary>
/// What the moves of an order share. A move is one statement: it takes the order's row first, changes it only from the
/// states it may be in, and writes the event that tells of it.
/// </summary>
internal static class OrderMoves
{
    public static readonly OrderStatus[] Open = [OrderStatus.Pending, OrderStatus.AwaitingPayment];

    /// <summary>Paid for and not given back.</summary>
    public static readonly OrderStatus[] Bought = [OrderStatus.Paid, OrderStatus.Fulfilled];

    /// <summary>Ended, and no money of it is here.</summary>
    public static readonly OrderStatus[] WithoutMoney =
    [
        OrderStatus.Expired,
        OrderStatus.Cancelled,
        OrderStatus.Refunded,
    ];

    /// <summary>SQL: the same states.</summary>
    public const string IsOpen = "orders.status IN ('Pending', 'AwaitingPayment')";
    public const string IsBought = "orders.status IN ('Paid', 'Fulfilled')";

    /// <summary>
    /// SQL: money came that the order does not keep, and it is not given back yet; or it is, and the order does not say so.
    /// </summary>
    public const string HasOtherMoney = """
        EXISTS (SELECT FROM settlements s WHERE s.order_id = orders.id AND s.payment_id IS DISTINCT FROM orders.paid_by
            AND (s.refunded_at IS NULL OR orders.status IN ('Expired', 'Cancelled')))
        """;

    /// <summary>
    /// SQL: before <c>drive_after</c>, and never the same: a fact that a step has not read changes it, however soon the order
    /// is looked at anyway. Of that the step is sure in its row; a row of another table it may not see yet.
    /// </summary>
    public const string Sooner = "drive_after - interval '1 microsecond'";

    /// <summary>
    /// SQL: <c>drive_after</c> of an order that has nothing left to do itself. A step clears (or postpones) only what it has
    /// read, in $2: what was set meanwhile is of a fact that it may not have seen.
    /// </summary>
    public const string Rest = $"""
        CASE WHEN {HasOtherMoney} OR {PartialRefund.IsOpen} THEN now()
            WHEN drive_after IS DISTINCT FROM $2 THEN drive_after END
        """;

    private const string PostponeHour =
        "UPDATE orders SET drive_after = now() + interval '1 hour' WHERE id = $1 AND drive_after IS NOT DISTINCT FROM $2";

    private static readonly Func<OrdersDb, Guid, CancellationToken, Task<Order?>> ById = EF.CompileAsyncQuery(
        (OrdersDb db, Guid id, CancellationToken _) => db.Orders.AsNoTracking().SingleOrDefault(o => o.Id == id)
    );

    /// <summary>Not tracked.</summary>
    public static Task<Order?> FindAsync(this OrdersDb db, Guid orderId, CancellationToken ct) => ById(db, orderId, ct);

    /// <summary>A provider may take days over a refund, and tells when it is done; this is for when that is lost.</summary>
    public static Task PostponeAsync(this NpgsqlDataSource source, Order seen, CancellationToken ct) =>
        source.ExecuteAsync(PostponeHour, ct, seen.Id, seen.DriveAfter);

    public static async Task<Order> ReadAsync(this OrdersDb db, Guid orderId, CancellationToken ct) =>
        await ById(db, orderId, ct) ?? throw new InvalidOperationException($"There is no order {orderId}.");

    /// <summary>
    /// Runs a move that ends in a CTE <c>moved</c>, and writes the event if it moved, in the order's trace. $1 is the
    /// order; the event's values follow the <paramref name="values"/>.
    /// </summary>
    /// <returns>False when the order was in no state to move.</returns>
    public static async Task<bool> MoveAsync<TEvent>(
        this NpgsqlDataSource source,
        OutboxSignal outbox,
        Order order,
        string update,
        TEvent message,
        CancellationToken ct,
        params SqlValue[] values
    )
        where TEvent : IEvent
    {
        var moved = await source.FirstAsync(
            $"""
            WITH moved AS ({update} RETURNING orders.id),
            {OutboxExtensions.Told("moved", values.Length + 2)}
            SELECT true FROM moved
            """,
            row => row.GetBoolean(0),
            ct,
            [order.Id, .. values, .. OutboxExtensions.Values(OutboxMessage.Of(message, order.TraceParent))]
        );
        if (moved)
            outbox.Pulse();
        return moved;
    }
}
