using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Saga;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Refunding;

/// <summary>Written down first, the order's row before the money's; then the saga ends what waited for it.</summary>
internal static class OnPaymentRefunded
{
    /// <summary>The settlement may be told after its refund.</summary>
    private const string Book = $"""
        WITH o AS (SELECT id FROM orders WHERE id = $1 FOR UPDATE),
        money AS (
            INSERT INTO settlements (payment_id, order_id, amount, currency, booked_at, refunded_at)
            SELECT $2, id, $3, $4, now(), $5 FROM o
            ON CONFLICT (payment_id) DO UPDATE SET refunded_at = coalesce(settlements.refunded_at, excluded.refunded_at)
            RETURNING refunded_at)
        UPDATE orders SET
            payment_status = CASE payment_id WHEN $2 THEN 'Refunded' ELSE payment_status END, drive_after = now()
        FROM o, money WHERE orders.id = o.id
        RETURNING {OrderMoves.IsBought} AND refund_requested_at IS NOT NULL
        """;

    private sealed record Refunded(bool Whole);

    private const string LookNow =
        $"UPDATE orders SET drive_after = least({OrderMoves.Sooner}, now()) WHERE id = $1 AND {PartialRefund.IsOpen}";

    public static Task Handle(PaymentRefunded e, NpgsqlDataSource source, Sagas sagas, CancellationToken ct) =>
        e.RefundId == e.PaymentId
            ? ApplyAsync(
                new SettlementFact(SettlementKind.Refunded, e.PaymentId, e.OrderId, e.Amount, e.At),
                source,
                sagas,
                ct
            )
            : ApplyPartAsync(e.OrderId, source, sagas, ct);

    /// <summary>The order has the refund; its step asks Payments, and completes it.</summary>
    public static async Task ApplyPartAsync(Guid orderId, NpgsqlDataSource source, Sagas sagas, CancellationToken ct)
    {
        if (await source.ExecuteAsync(LookNow, ct, orderId) > 0)
            await sagas.StartAsync(orderId, Need.RefundParts, ct);
    }

    public static async Task ApplyAsync(
        SettlementFact refunded,
        NpgsqlDataSource source,
        Sagas sagas,
        CancellationToken ct
    )
    {
        var order =
            await source.FirstAsync(
                Book,
                row => new Refunded(row.GetBoolean(0)),
                ct,
                refunded.OrderId,
                refunded.PaymentId,
                refunded.Amount.Amount,
                refunded.Amount.Currency,
                refunded.At
            ) ?? throw new InvalidOperationException($"There is no order {refunded.OrderId} yet.");
        await sagas.StartAsync(refunded.OrderId, order.Whole ? Need.Refund : Need.ReturnMoney, ct);
    }
}
