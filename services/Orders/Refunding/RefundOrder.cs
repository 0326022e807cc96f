using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Reading;
using Ticketing.Orders.Saga;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Refunding;

/// <summary>Takes everything back, then returns the money; a provider may take days, payment.refunded tells the end.</summary>
internal sealed class RefundOrder(
    OrdersDb db,
    NpgsqlDataSource source,
    OutboxSignal outbox,
    Peers peers,
    OrderStock stock,
    OrderChanges changes,
    OrderMetrics metrics,
    TimeProvider clock
) : Step(metrics)
{
    private const string Record = $"""
        UPDATE orders SET status = 'Refunded', ended_at = now(), drive_after = {OrderMoves.Rest}
        WHERE id = $1 AND {OrderMoves.IsBought}
        """;

    protected override async Task<Need> TakeAsync(Guid orderId, CancellationToken ct)
    {
        var order = await db.ReadAsync(orderId, ct);
        if (!OrderMoves.Bought.Contains(order.Status) || order.RefundRequestedAt is null)
            return Need.Nothing;
        if (await stock.TakeBackAsync(order, ct) is { } refusal)
        {
            await source.RefuseRefundAsync(orderId, refusal, ct);
            return Need.Nothing;
        }
        if (order.Total > 0 && !await IsMoneyBackAsync(order, ct))
        {
            await source.PostponeAsync(order, ct);
            return Need.Nothing;
        }
        var refunded = await source.MoveAsync(
            outbox,
            order,
            Record,
            new OrderRefunded(order.Summary(), LeftOf(order), clock.GetUtcNow()),
            ct,
            order.DriveAfter
        );
        if (refunded)
        {
            Metrics.Reached(OrderStatus.Refunded);
            changes.Tell(orderId);
        }
        return Need.Nothing;
    }

    /// <summary>The buyer was told of the parts before.</summary>
    private static Money LeftOf(Order order) =>
        new(order.Total - order.PartialRefunds.Where(r => r.IsCompleted).Sum(r => r.Amount), order.Currency);

    private async Task<bool> IsMoneyBackAsync(Order order, CancellationToken ct)
    {
        try
        {
            var accepted = await peers.PostAsync<RefundAccepted>(
                AppIds.Payments,
                $"internal/orders/{order.Id}/refunds",
                new Contracts.RefundOrder($"{order.Id}:refund", order.RefundReason ?? "refund"),
                ct
            );
            if (accepted.Completed)
                return true;
        }
        catch (ProblemException e) when (e.Code == "payment-disputed")
        {
            // The bank decides about this money first.
            return false;
        }
        return await source.FirstAsync(
            "SELECT NOT EXISTS (SELECT FROM settlements WHERE order_id = $1 AND refunded_at IS NULL)",
            row => row.GetBoolean(0),
            ct,
            order.Id
        );
    }
}
