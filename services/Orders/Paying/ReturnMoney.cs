using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Reading;
using Ticketing.Orders.Saga;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Paying;

/// <summary>
/// Money that its order does not keep: after the deadline it buys the tickets if they are still free, else (and when the
/// order was cancelled, or paid already) it goes back, whole and once.
/// </summary>
internal sealed class ReturnMoney(
    OrdersDb db,
    NpgsqlDataSource source,
    OutboxSignal outbox,
    Peers peers,
    OrderChanges changes,
    OrderMetrics metrics,
    TimeProvider clock,
    IOptions<OrdersOptions> options
) : Step(metrics)
{
    private const string Finish = $"""
        UPDATE orders SET drive_after = CASE
            WHEN {OrderMoves.IsOpen} AND drive_after IS NOT DISTINCT FROM $2 THEN expires_at
            WHEN status = 'Paid' OR {OrderMoves.IsBought} AND refund_requested_at IS NOT NULL THEN drive_after
            ELSE {OrderMoves.Rest} END
        WHERE id = $1
        """;

    protected override async Task<Need> TakeAsync(Guid orderId, CancellationToken ct)
    {
        var order = await db.ReadAsync(orderId, ct);
        var money = await db
            .Settlements.AsNoTracking()
            .Where(s => s.OrderId == orderId && s.PaymentId != order.PaidBy)
            .OrderBy(s => s.PaymentId)
            .ToListAsync(ct);
        foreach (var late in money.Where(m => m.RefundedAt is null))
        {
            if (await BuysAsync(order, late, ct))
                return Need.Deliver;
            if (await GiveBackAsync(late, ct))
                continue;
            await source.PostponeAsync(order, ct);
            return Need.Nothing;
        }
        if (order.Status is OrderStatus.Expired or OrderStatus.Cancelled)
        {
            await EndAsync(order, new(money.Sum(m => m.Amount), order.Currency), ct);
            // Its stock may be there still.
            return Need.EndUnpaid;
        }
        await source.ExecuteAsync(Finish, ct, orderId, order.DriveAfter);
        return Need.Nothing;
    }

    /// <summary>An expired order is paid by it after all, unless the show is over or cancelled, or the buyer forgotten.</summary>
    private async Task<bool> BuysAsync(Order order, Settlement late, CancellationToken ct)
    {
        if (order.Status is not OrderStatus.Expired)
            return false;
        var paid = await source.ExecuteAsync(
            """
            WITH o AS (SELECT id, total, currency FROM orders WHERE id = $1 FOR UPDATE),
            money AS (
                SELECT o.id FROM o JOIN settlements s ON s.payment_id = $2 AND s.amount = o.total
                    AND s.currency = o.currency AND s.refunded_at IS NULL
                FOR UPDATE OF s)
            UPDATE orders SET status = 'Paid', paid_by = $2, paid_at = now(), ended_at = NULL, forget_after = NULL,
                payment_status = CASE payment_id WHEN $2 THEN 'Settled' ELSE payment_status END,
                drive_after = now() + make_interval(secs => $3)
            FROM money
            WHERE orders.id = money.id AND status = 'Expired' AND starts_at > now() AND buyer_email <> ''
                AND NOT EXISTS (SELECT FROM cancellations WHERE subject_id IN (event_id, session_id))
            """,
            ct,
            order.Id,
            late.PaymentId,
            (double)options.Value.GraceSeconds
        );
        if (paid == 0)
            return false;
        Metrics.Reached(OrderStatus.Paid);
        changes.Tell(order.Id);
        return true;
    }

    /// <returns>True when it is back.</returns>
    private async Task<bool> GiveBackAsync(Settlement late, CancellationToken ct)
    {
        RefundAccepted accepted;
        try
        {
            accepted = await peers.PostAsync<RefundAccepted>(
                AppIds.Payments,
                $"internal/orders/{late.OrderId}/refunds",
                new RefundOrder($"{late.OrderId}:late:{late.PaymentId}", "late-payment", late.PaymentId),
                ct
            );
        }
        catch (ProblemException e) when (e.Code == "payment-disputed")
        {
            // The bank decides about this money first.
            return false;
        }
        if (accepted.Completed)
            await source.ExecuteAsync(
                """
                WITH o AS (SELECT id FROM orders WHERE id = $2 FOR UPDATE)
                UPDATE settlements SET refunded_at = coalesce(refunded_at, now()) FROM o WHERE payment_id = $1
                """,
                ct,
                late.PaymentId,
                late.OrderId
            );
        return accepted.Completed;
    }

    private async Task EndAsync(Order order, Money amount, CancellationToken ct)
    {
        var ended = await source.MoveAsync(
            outbox,
            order,
            "UPDATE orders SET status = 'Refunded', ended_at = now(), forget_after = NULL WHERE id = $1 AND status IN ('Expired', 'Cancelled')",
            new OrderRefunded(order.Summary(), amount, clock.GetUtcNow()),
            ct
        );
        if (!ended)
            return;
        Metrics.Reached(OrderStatus.Refunded);
        changes.Tell(order.Id);
    }
}
