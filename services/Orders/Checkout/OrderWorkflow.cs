using Dapr.Workflow;
using Ticketing.Orders.Refunds;

namespace Ticketing.Orders.Checkout;

/// <summary>What a step found, which decides how the saga goes on.</summary>
internal enum Situation
{
    /// <summary>The buyer can still pay.</summary>
    Open,

    /// <summary>The money is here, the tickets are not.</summary>
    Paid,

    /// <summary>The order shall end without money: cancelled, too late, or the stock is lost.</summary>
    GiveUp,

    /// <summary>Nothing left to do.</summary>
    Over,
}

/// <summary>
/// The purchase: hold, pay, deliver; or give everything back. Every step may run twice, and the whole may run again for
/// an order that is still unfinished: what counts is in the database.
/// </summary>
internal sealed class OrderWorkflow : Workflow<OrderRef, Situation>
{
    public override async Task<Situation> RunAsync(WorkflowContext context, OrderRef input)
    {
        var now = await context.StepAsync<HoldStock, Situation>(input.Id);
        while (now is Situation.Open)
        {
            now = await context.StepAsync<CreatePayment, Situation>(input.Id);
            if (now is Situation.Open)
                now = await NextAsync(context, input.ExpiresAt);
        }
        if (now is Situation.GiveUp)
            now = await GiveUpAsync(context, input);
        if (now is Situation.Paid)
            await Delivery.RunAsync(context, input);
        else
            await context.StepAsync<ReleaseStock>(input.Id);
        return now;
    }

    private static async Task<Situation> NextAsync(WorkflowContext context, DateTimeOffset deadline)
    {
        var left = deadline.UtcDateTime - context.CurrentUtcDateTime;
        return await context.SignalOrTimeoutAsync(left) switch
        {
            Signal.Paid => Situation.Paid,
            Signal.CancelRequested or null => Situation.GiveUp,
            _ => Situation.Open,
        };
    }

    /// <summary>Money first looks back: only when the provider says that nothing was paid does the stock go.</summary>
    private static async Task<Situation> GiveUpAsync(WorkflowContext context, OrderRef order)
    {
        var now = await context.StepAsync<ClosePayments, Situation>(order.Id);
        while (now is Situation.Open)
        {
            // Paid after all: the settlement is on its way here.
            await context.SignalOrTimeoutAsync(Steps.SettlementPoll);
            now = await context.StepAsync<ClosePayments, Situation>(order.Id);
        }
        return now is Situation.GiveUp ? await context.StepAsync<EndUnpaid, Situation>(order.Id) : now;
    }
}

/// <summary>From paid to fulfilled; or, when the stock is gone, to a refund.</summary>
internal static class Delivery
{
    public static async Task RunAsync(WorkflowContext context, OrderRef order)
    {
        var refusal = order.HasProducts ? await context.StepAsync<CommitProducts, string?>(order.Id) : null;
        refusal ??= await context.StepAsync<CommitTickets, string?>(order.Id);
        if (refusal is null)
        {
            await context.StepAsync<RenderDocuments>(order.Id);
            if (await context.StepAsync<FulfilOrder, bool>(order.Id))
                return;
            refusal = "refund";
        }
        // Sold out, or refunded while it was being delivered.
        await context.StepAsync<TakeBackStock, string?>(order.Id);
        await context.StepAsync<StartRefund>(new Refusal(order.Id, refusal));
    }
}

internal sealed record Refusal(Guid OrderId, string Code);
