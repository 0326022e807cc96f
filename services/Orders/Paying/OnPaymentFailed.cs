using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Reading;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Paying;

/// <summary>The hold is not lost: the buyer may try again until the deadline.</summary>
internal static class OnPaymentFailed
{
    public static async Task Handle(
        PaymentFailed failed,
        NpgsqlDataSource source,
        OrderChanges changes,
        CancellationToken ct
    )
    {
        var changed = await source.ExecuteAsync(
            """
            UPDATE orders SET payment_status = 'Failed', payment_failure = $3, payment_id = $4, card_token = NULL,
                status = CASE status WHEN 'Pending' THEN 'AwaitingPayment' ELSE status END
            WHERE id = $1 AND payment_attempt = $2 AND payment_status = 'Pending'
            """,
            ct,
            failed.OrderId,
            failed.Attempt,
            failed.Reason.Cut(Order.MaxReasonLength),
            failed.PaymentId
        );
        if (changed == 1)
            changes.Tell(failed.OrderId);
    }
}
