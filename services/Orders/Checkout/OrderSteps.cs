using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Checkout;

/// <summary>Creates the open attempt's payment, unless that was done.</summary>
internal sealed class CreatePayment(OrdersDb db, PaymentCreation creation, TimeProvider clock, OrderMetrics metrics)
    : Step<Guid, Situation>(metrics)
{
    protected override async Task<Situation> TakeAsync(Guid input)
    {
        var ct = CancellationToken.None;
        var before = (await db.ReadAsync(input, ct)).SituationAt(clock.GetUtcNow());
        if (before is not Situation.Open)
            return before;
        await creation.RunAsync(input, ct);
        return (await db.ReadAsync(input, ct)).SituationAt(clock.GetUtcNow());
    }
}

/// <summary>
/// No payment of the order is taken any more. Answers Open when the provider says that one was: then its settlement is
/// on its way. While Payments or the provider is silent it fails, and nothing is given up.
/// </summary>
internal sealed class ClosePayments(OrdersDb db, Peers peers, TimeProvider clock, OrderMetrics metrics)
    : Step<Guid, Situation>(metrics)
{
    protected override async Task<Situation> TakeAsync(Guid input)
    {
        var ct = CancellationToken.None;
        var now = (await db.ReadAsync(input, ct)).SituationAt(clock.GetUtcNow());
        if (now is Situation.Paid or Situation.Over)
            return now;
        var closed = await peers.PostAsync<PaymentClosed>(AppIds.Payments, $"internal/orders/{input}/close", null, ct);
        return closed.Settled ? Situation.Open : Situation.GiveUp;
    }
}

/// <summary>Cancelled when somebody asked for it, else expired; unless it was paid in this very moment.</summary>
internal sealed class EndUnpaid(OrdersDb db, OrderMetrics metrics, TimeProvider clock, IOptions<OrdersOptions> options)
    : Step<Guid, Situation>(metrics)
{
    protected override Task<Situation> TakeAsync(Guid input) =>
        db.InTransactionAsync(ct => EndAsync(input, ct), CancellationToken.None);

    private async Task<Situation> EndAsync(Guid orderId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var order = await db.ReadAsync(orderId, ct);
        var reason = order.CancelRequestedAt is null ? null : order.CancelReason ?? "buyer";
        var ended = await db.MoveAsync(
            orderId,
            OrderMoves.Open,
            reason is null ? OrderStatus.Expired : OrderStatus.Cancelled,
            // Driven on until its stock is released.
            set =>
                set.SetProperty(o => o.EndedAt, now)
                    .SetProperty(o => o.DriveAfter, now.AddSeconds(options.Value.GraceSeconds)),
            ct
        );
        if (!ended)
            return (await db.ReadAsync(orderId, ct)).SituationAt(now);
        await db.ForgetAsync(db.Orders.Where(o => o.Id == orderId), ct);
        Metrics.Reached(reason is null ? OrderStatus.Expired : OrderStatus.Cancelled);
        if (reason is null)
            db.Publish(new OrderExpired(order.Summary(), now));
        else
            db.Publish(new OrderCancelled(order.Summary(), reason, now));
        return Situation.Over;
    }
}

/// <summary>The buyer has what was paid for. False when the order is being refunded instead.</summary>
internal sealed class FulfilOrder(OrdersDb db, OrderMetrics metrics, TimeProvider clock) : Step<Guid, bool>(metrics)
{
    protected override Task<bool> TakeAsync(Guid input) =>
        db.InTransactionAsync(ct => FulfilAsync(input, ct), CancellationToken.None);

    private async Task<bool> FulfilAsync(Guid orderId, CancellationToken ct)
    {
        await db.LockAsync(orderId, ct);
        var order = await db.ReadAsync(orderId, ct);
        if (order.DeliveryStopped() is not null)
            return false;
        if (order.Status is OrderStatus.Fulfilled)
            return true;
        var now = clock.GetUtcNow();
        await db.MoveAsync(
            orderId,
            [OrderStatus.Paid],
            OrderStatus.Fulfilled,
            set => set.SetProperty(o => o.EndedAt, now).SetProperty(o => o.DriveAfter, (DateTimeOffset?)null),
            ct
        );
        Metrics.Fulfilled(now - (order.PaidAt ?? now));
        db.Publish(new OrderFulfilled(order.Summary(), order.Tickets, now));
        return true;
    }
}
