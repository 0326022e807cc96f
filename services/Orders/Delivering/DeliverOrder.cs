using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Reading;
using Ticketing.Orders.Refunding;
using Ticketing.Orders.Saga;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Delivering;

/// <summary>The buyer gets what was paid for: held becomes sold, tickets are issued, the order is fulfilled.</summary>
internal sealed class DeliverOrder(
    OrdersDb db,
    NpgsqlDataSource source,
    OutboxSignal outbox,
    OrderStock stock,
    OrderChanges changes,
    OrderMetrics metrics,
    TimeProvider clock
) : Step(metrics)
{
    private static readonly string[] ProductsGone = ["sold-out", "hold-not-found", "hold-voided"];
    private static readonly string[] TicketsGone = ["sold-out", "hold-not-found", "hold-released"];

    private const string Fulfil = $"""
        UPDATE orders SET status = 'Fulfilled', tickets = $3::jsonb, ended_at = now(), drive_after = {OrderMoves.Rest}
        WHERE id = $1 AND status = 'Paid' AND refund_requested_at IS NULL
        """;

    protected override async Task<Need> TakeAsync(Guid orderId, CancellationToken ct)
    {
        var order = await db.ReadAsync(orderId, ct);
        if (order.Status is not OrderStatus.Paid || order.RefundRequestedAt is not null)
            return Instead(order);
        var (issued, refusal) = await CommitAsync(order, ct);
        if (refusal is not null)
        {
            await source.RequestRefundAsync(orderId, refusal, evenIfUsed: false, evenIfTransferred: true, null, ct);
            return Need.Refund;
        }
        var fulfilled = await source.MoveAsync(
            outbox,
            order,
            Fulfil,
            Fulfilment.Of(order, issued!, clock.GetUtcNow()),
            ct,
            order.DriveAfter,
            JsonColumns.Write(issued!.Tickets)
        );
        if (!fulfilled)
            return Instead(await db.ReadAsync(orderId, ct));
        Metrics.Fulfilled(clock.GetUtcNow() - (order.PaidAt ?? order.PlacedAt));
        changes.Tell(orderId);
        return Need.Nothing;
    }

    /// <summary>Nothing to deliver: delivered before, refunded, or to be refunded instead.</summary>
    private static Need Instead(Order order) =>
        OrderMoves.Bought.Contains(order.Status) && order.RefundRequestedAt is not null ? Need.Refund : Need.Nothing;

    /// <summary>Products first: what was sold of an order that then fails is taken back by its refund.</summary>
    private async Task<(IssuedTickets? Issued, string? Refusal)> CommitAsync(Order order, CancellationToken ct)
    {
        if (
            order.HasProducts
            && await Refused.ByAsync(stock.CommitProductsAsync(order.Id, ct), ProductsGone) is { } gone
        )
            return (null, gone);
        var commit = stock.CommitTicketsAsync(order, ct);
        if (await Refused.ByAsync(commit, TicketsGone) is { } refusal)
            return (null, refusal);
        // What was paid is what was agreed on, whatever became of the coupon.
        if (order.Coupon is not null)
            await Refused.ByAsync(stock.CommitCouponAsync(order.Id, ct), ["redemption-not-found", "redemption-voided"]);
        return (await commit, null);
    }
}
