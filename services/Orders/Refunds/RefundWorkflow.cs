using Dapr.Workflow;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.Orders.Checkout;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Refunds;

/// <summary>Takes everything back, then returns the money; the end is told by payment.refunded.</summary>
internal sealed class RefundWorkflow : Workflow<Guid, bool>
{
    public override async Task<bool> RunAsync(WorkflowContext context, Guid input)
    {
        if (await context.StepAsync<TakeBackStock, string?>(input) is not null)
        {
            await context.StepAsync<RefuseRefund>(input);
            return false;
        }
        while (!await context.StepAsync<RefundMoney, bool>(input))
            await context.SignalOrTimeoutAsync(Steps.RefundPoll);
        return true;
    }
}

/// <summary>Writes down that the order cannot be delivered and shall be refunded, and starts that.</summary>
internal sealed class StartRefund(
    OrdersDb db,
    Sagas sagas,
    TimeProvider clock,
    IOptions<OrdersOptions> options,
    OrderMetrics metrics
) : Step<Refusal, object?>(metrics)
{
    protected override async Task<object?> TakeAsync(Refusal input)
    {
        var later = clock.GetUtcNow().AddSeconds(options.Value.GraceSeconds);
        var bought = await db.RequestRefundAsync(
            input.OrderId,
            input.Code,
            evenIfUsed: false,
            later,
            CancellationToken.None
        );
        if (bought == 1)
            await sagas.StartRefundAsync(input.OrderId, CancellationToken.None);
        return null;
    }
}

internal sealed class RefuseRefund(OrdersDb db, OrderMetrics metrics) : Step<Guid, object?>(metrics)
{
    protected override async Task<object?> TakeAsync(Guid input)
    {
        await db.RefuseRefundAsync(input, CancellationToken.None);
        return null;
    }
}

/// <summary>Asks Payments to give everything back, once an order. True when it did, and the order is refunded.</summary>
internal sealed class RefundMoney(OrdersDb db, Peers peers, OrderMetrics metrics, TimeProvider clock)
    : Step<Guid, bool>(metrics)
{
    protected override async Task<bool> TakeAsync(Guid input)
    {
        var order = await db.ReadAsync(input, CancellationToken.None);
        if (!OrderMoves.Bought.Contains(order.Status))
            return true;
        if (order.Total > 0 && !await AskAsync(order))
            return false;
        return await db.InTransactionAsync(ct => RecordAsync(order, ct), CancellationToken.None);
    }

    private async Task<bool> AskAsync(Order order)
    {
        var accepted = await peers.PostAsync<RefundAccepted>(
            AppIds.Payments,
            $"internal/orders/{order.Id}/refunds",
            new RefundOrder($"{order.Id}:refund", order.RefundReason ?? "refund"),
            CancellationToken.None
        );
        return accepted.Completed || !await db.Settlements.AnyAsync(s => s.OrderId == order.Id && s.RefundedAt == null);
    }

    private async Task<bool> RecordAsync(Order order, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var refunded = await db.MoveAsync(
            order.Id,
            OrderMoves.Bought,
            OrderStatus.Refunded,
            set => set.SetProperty(o => o.EndedAt, now).SetProperty(o => o.DriveAfter, (DateTimeOffset?)null),
            ct
        );
        if (!refunded)
            return true;
        Metrics.Reached(OrderStatus.Refunded);
        db.Publish(new OrderRefunded(order.Summary(), order.TotalMoney, now));
        return true;
    }
}
