using Dapr.Workflow;
using Ticketing.Orders.Delivering;
using Ticketing.Orders.Ending;
using Ticketing.Orders.Paying;
using Ticketing.Orders.Refunding;

namespace Ticketing.Orders.Saga;

/// <summary>What an order needs next. Whoever writes the fact that causes it starts the saga.</summary>
internal enum Need
{
    Nothing,

    /// <summary>The money is here, the tickets are not.</summary>
    Deliver,

    /// <summary>To end without money: cancelled, or too late. Ended so, to give its stock back.</summary>
    EndUnpaid,

    /// <summary>To be given back, tickets and money.</summary>
    Refund,

    /// <summary>Parts of it are to be given back.</summary>
    RefundParts,

    /// <summary>Money came that it does not keep: late, second, or of another amount.</summary>
    ReturnMoney,

    /// <summary>Payments was not reached when the payment should have been opened. The sweep sees to that, not the saga.</summary>
    OpenPayment,
}

/// <summary>What a saga is told about its order: nothing about people.</summary>
internal sealed record OrderNeed(Guid OrderId, Need Need);

/// <summary>
/// Brings an order to its end. It runs while something is to be done, not while somebody is waited for: deadlines are
/// columns that the sweep reads. Each step reads the facts, may run twice, and answers what the order needs next.
/// </summary>
internal sealed class OrderWorkflow : Workflow<OrderNeed, Need>
{
    /// <summary>
    /// For a neighbour that is away: about half an hour of growing pauses. Then the workflow fails, and the sweep starts
    /// it anew, with a short history.
    /// </summary>
    private static readonly WorkflowTaskOptions Patiently = new(
        new WorkflowRetryPolicy(
            maxNumberOfAttempts: 40,
            firstRetryInterval: TimeSpan.FromMilliseconds(500),
            backoffCoefficient: 2,
            maxRetryInterval: TimeSpan.FromMinutes(1)
        )
    );

    public override async Task<Need> RunAsync(WorkflowContext context, OrderNeed input)
    {
        var need = input.Need;
        while (StepOf(need) is { } step)
            need = await context.CallActivityAsync<Need>(step, input.OrderId, Patiently);
        return need;
    }

    /// <summary>Histories hold these names: they stay, whatever the classes are called.</summary>
    private static string? StepOf(Need need) =>
        need switch
        {
            Need.Deliver => nameof(DeliverOrder),
            Need.EndUnpaid => nameof(EndUnpaidOrder),
            Need.Refund => nameof(RefundOrder),
            Need.RefundParts => nameof(RefundParts),
            Need.ReturnMoney => nameof(ReturnMoney),
            _ => null,
        };
}
