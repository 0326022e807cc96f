using Dapr.Workflow;
using Dapr.Workflow.Abstractions;

namespace Ticketing.Orders.Checkout;

internal static class Steps
{
    /// <summary>How long a saga waits to be told of a settlement before it asks again.</summary>
    public static readonly TimeSpan SettlementPoll = TimeSpan.FromSeconds(30);

    /// <summary>The same for a refund, which may take a provider days.</summary>
    public static readonly TimeSpan RefundPoll = TimeSpan.FromHours(1);

    /// <summary>
    /// For a neighbour that is away: about half an hour of growing pauses. Then the workflow fails, and the reconciler
    /// starts it anew, with a short history.
    /// </summary>
    private static readonly WorkflowTaskOptions Patiently = new(
        new WorkflowRetryPolicy(
            maxNumberOfAttempts: 40,
            firstRetryInterval: TimeSpan.FromMilliseconds(500),
            backoffCoefficient: 2,
            maxRetryInterval: TimeSpan.FromMinutes(1)
        )
    );

    public static Task<T> StepAsync<TActivity, T>(this WorkflowContext context, object input)
        where TActivity : IWorkflowActivity => context.CallActivityAsync<T>(typeof(TActivity).Name, input, Patiently);

    public static Task StepAsync<TActivity>(this WorkflowContext context, object input)
        where TActivity : IWorkflowActivity => context.CallActivityAsync(typeof(TActivity).Name, input, Patiently);

    /// <returns>Null when nothing came in time.</returns>
    public static async Task<Signal?> SignalOrTimeoutAsync(this WorkflowContext context, TimeSpan timeout)
    {
        // A negative timeout would wait for ever.
        if (timeout <= TimeSpan.Zero)
            return null;
        try
        {
            return await context.WaitForExternalEventAsync<Signal>(Sagas.SignalName, timeout);
        }
        catch (TaskCanceledException)
        {
            return null;
        }
    }
}
