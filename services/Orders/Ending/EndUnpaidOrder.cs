using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Erasing;
using Ticketing.Orders.Reading;
using Ticketing.Orders.Saga;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Ending;

/// <summary>
/// Cancelled when somebody asked for it, else expired. Money first looks back: only when the provider says that nothing
/// was paid does the order end, and only then does its stock go. While Payments or the provider is silent the step fails,
/// and nothing is given up.
/// </summary>
internal sealed class EndUnpaidOrder(
    OrdersDb db,
    NpgsqlDataSource source,
    OutboxSignal outbox,
    Peers peers,
    OrderStock stock,
    OrderChanges changes,
    OrderMetrics metrics,
    TimeProvider clock,
    IOptions<OrdersOptions> options
) : Step(metrics)
{
    /// <summary>It came to nothing, and the sweep drives it on until its stock is released.</summary>
    private const string End = $"""
        UPDATE orders SET status = $2, ended_at = now(), drive_after = now() + make_interval(secs => $4),
            forget_after = now() + make_interval(days => $5), card_token = NULL
        WHERE id = $1 AND {OrderMoves.IsOpen} AND (cancel_requested_at IS NOT NULL) = $3
            AND (cancel_requested_at IS NOT NULL OR expires_at <= now())
        """;

    private const string Finish = $"""
        UPDATE orders SET drive_after = {OrderMoves.Rest}
        WHERE id = $1 AND NOT {OrderMoves.IsOpen} AND status <> 'Paid'
            AND (refund_requested_at IS NULL OR status = 'Refunded')
        """;

    protected override async Task<Need> TakeAsync(Guid orderId, CancellationToken ct)
    {
        var order = await db.ReadAsync(orderId, ct);
        if (Order.IsOpen(order.Status))
        {
            var closed = await peers.PostAsync<PaymentClosed>(
                AppIds.Payments,
                $"internal/orders/{orderId}/close",
                null,
                ct
            );
            if (!closed.Settled)
                await EndAsync(order, ct);
            order = await db.ReadAsync(orderId, ct);
            // Paid after all, and the settlement is on its way here; or cancelled in the moment of its deadline.
            if (Order.IsOpen(order.Status))
                return closed.Settled || order.CancelRequestedAt is null ? Need.Nothing : Need.EndUnpaid;
        }
        if (order.Status is OrderStatus.Paid)
            return Need.Deliver;
        if (OrderMoves.WithoutMoney.Contains(order.Status))
            await stock.ReleaseAsync(order, ct);
        // A statement after the end: it sees an erasure that found the order still open.
        await source.ExecuteAsync(Erasure.ForgetOrder, ct, orderId);
        await source.ExecuteAsync(Finish, ct, orderId, order.DriveAfter);
        return Need.Nothing;
    }

    private async Task EndAsync(Order order, CancellationToken ct)
    {
        var reason = order.CancelRequestedAt is null ? null : order.CancelReason ?? "buyer";
        var now = clock.GetUtcNow();
        var status = reason is null ? OrderStatus.Expired : OrderStatus.Cancelled;
        SqlValue[] parameters =
        [
            status.ToString(),
            reason is not null,
            (double)options.Value.GraceSeconds,
            options.Value.ForgetUnpaidDays,
        ];
        var ended = reason is null
            ? await source.MoveAsync(outbox, order, End, new OrderExpired(order.Summary(), now), ct, parameters)
            : await source.MoveAsync(
                outbox,
                order,
                End,
                new OrderCancelled(order.Summary(), reason, now),
                ct,
                parameters
            );
        if (!ended)
            return;
        Metrics.Reached(status);
        changes.Tell(order.Id);
    }
}
