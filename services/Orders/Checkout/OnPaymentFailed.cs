using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;

namespace Ticketing.Orders.Checkout;

/// <summary>
/// The hold is not lost: the buyer may try again until the deadline. The saga waits for that anyhow, so it is not woken.
/// </summary>
internal static class OnPaymentFailed
{
    public static async Task Handle(PaymentFailed failed, OrdersDb db, CancellationToken ct)
    {
        await db
            .Attempts.Where(a =>
                a.OrderId == failed.OrderId && a.Number == failed.Attempt && a.Status == PaymentStatus.Pending
            )
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(a => a.Status, PaymentStatus.Failed)
                        .SetProperty(a => a.FailureReason, failed.Reason)
                        .SetProperty(a => a.PaymentId, failed.PaymentId)
                        .SetProperty(a => a.CardToken, (string?)null),
                ct
            );
        await db.MoveAsync(failed.OrderId, [OrderStatus.Pending], OrderStatus.AwaitingPayment, _ => { }, ct);
    }
}
