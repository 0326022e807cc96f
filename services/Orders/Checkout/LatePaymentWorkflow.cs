using Dapr.Workflow;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Checkout;

internal sealed record LatePayment(OrderRef Order, Guid PaymentId);

/// <summary>
/// Money that no open order waited for: after the deadline it buys the tickets if they are still free, else (and when
/// the order was cancelled, or paid already) it goes back, whole and once.
/// </summary>
internal sealed class LatePaymentWorkflow : Workflow<LatePayment, LateDecision>
{
    public override async Task<LateDecision> RunAsync(WorkflowContext context, LatePayment input)
    {
        var decision = await context.StepAsync<DecideLatePayment, LateDecision>(input);
        if (decision is LateDecision.Deliver)
            await Delivery.RunAsync(context, input.Order);
        if (decision is LateDecision.GiveBack)
            while (!await context.StepAsync<RefundPayment, bool>(input))
                await context.SignalOrTimeoutAsync(Steps.RefundPoll);
        return decision;
    }
}

internal enum LateDecision
{
    Nothing,
    Deliver,
    GiveBack,
}

internal sealed class DecideLatePayment(OrdersDb db, Settlements settlements, TimeProvider clock, OrderMetrics metrics)
    : Step<LatePayment, LateDecision>(metrics)
{
    protected override Task<LateDecision> TakeAsync(LatePayment input) =>
        db.InTransactionAsync(ct => DecideAsync(input, ct), CancellationToken.None);

    private async Task<LateDecision> DecideAsync(LatePayment late, CancellationToken ct)
    {
        await db.LockAsync(late.Order.Id, ct);
        var order = await db.ReadAsync(late.Order.Id, ct);
        var money = await db.Settlements.AsNoTracking().SingleAsync(s => s.PaymentId == late.PaymentId, ct);
        if (order.PaidBy == late.PaymentId)
            return order.Status is OrderStatus.Paid ? LateDecision.Deliver : LateDecision.Nothing;
        var wanted =
            order.Status is OrderStatus.Expired
            && money.RefundedAt is null
            && money.Amount == order.Total
            && money.Currency == order.Currency
            && order.StartsAt > clock.GetUtcNow()
            && !await db.Cancellations.AnyAsync(
                c => c.SubjectId == order.EventId || c.SubjectId == order.SessionId,
                ct
            );
        return wanted && await settlements.PayAsync(order.Id, late.PaymentId, [OrderStatus.Expired], ct)
            ? LateDecision.Deliver
            : LateDecision.GiveBack;
    }
}

/// <summary>Gives one payment back. True when the money is on its way; an order that ended unpaid is then refunded.</summary>
internal sealed class RefundPayment(OrdersDb db, Peers peers, OrderMetrics metrics, TimeProvider clock)
    : Step<LatePayment, bool>(metrics)
{
    protected override async Task<bool> TakeAsync(LatePayment input)
    {
        var accepted = await peers.PostAsync<RefundAccepted>(
            AppIds.Payments,
            $"internal/orders/{input.Order.Id}/refunds",
            new RefundOrder($"{input.Order.Id}:late:{input.PaymentId}", "late-payment", input.PaymentId),
            CancellationToken.None
        );
        return await db.InTransactionAsync(ct => RecordAsync(input, accepted.Completed, ct), CancellationToken.None);
    }

    private async Task<bool> RecordAsync(LatePayment late, bool completed, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var money = await db.Settlements.AsNoTracking().SingleAsync(s => s.PaymentId == late.PaymentId, ct);
        if (!completed && money.RefundedAt is null)
            return false;
        await db
            .Settlements.Where(s => s.PaymentId == late.PaymentId)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(s => s.RefundedAt, s => s.RefundedAt ?? now)
                        .SetProperty(s => s.DriveAfter, (DateTimeOffset?)null),
                ct
            );
        var ended = await db.MoveAsync(
            late.Order.Id,
            OrderMoves.Unpaid,
            OrderStatus.Refunded,
            set => set.SetProperty(o => o.EndedAt, now),
            ct
        );
        if (ended)
        {
            Metrics.Reached(OrderStatus.Refunded);
            var order = await db.ReadAsync(late.Order.Id, ct);
            db.Publish(new OrderRefunded(order.Summary(), new(money.Amount, money.Currency), now));
        }
        return true;
    }
}
