using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.Orders.Checkout;

namespace Ticketing.Orders.Refunds;

/// <summary>Written down first; then whoever waits for it is woken.</summary>
internal static class OnPaymentRefunded
{
    public static async Task Handle(PaymentRefunded refunded, OrdersDb db, Sagas sagas, CancellationToken ct)
    {
        // The settlement may be told after its refund.
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO settlements (payment_id, order_id, amount, currency, settled_at, refunded_at)
            VALUES ({refunded.PaymentId}, {refunded.OrderId}, {refunded.Amount.Amount},
                {refunded.Amount.Currency}, {refunded.At}, {refunded.At})
            ON CONFLICT (payment_id) DO UPDATE
            SET refunded_at = coalesce(settlements.refunded_at, excluded.refunded_at)
            """,
            ct
        );
        await db
            .Attempts.Where(a => a.PaymentId == refunded.PaymentId)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.Status, PaymentStatus.Refunded), ct);
        await sagas.WakeRefundsAsync(refunded.OrderId, refunded.PaymentId, ct);
    }
}
