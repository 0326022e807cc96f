using System.Diagnostics;
using System.Text.Json;
using Dapr.Workflow;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Checkout;

/// <summary>
/// A saga's activity. Every run is one span: Dapr begins it in the trace that started the workflow; here it gets the
/// step's name and the order's id. Nothing of the input or the result goes into it.
/// </summary>
internal abstract class Step<TInput, TOutput> : WorkflowActivity<TInput, TOutput>
{
    private static readonly int IdLength = Guid.Empty.ToString().Length;

    protected abstract Task<TOutput> TakeAsync(TInput input);

    public sealed override async Task<TOutput> RunAsync(
        WorkflowActivityContext context,
        TInput input
    )
    {
        // None when the trace is not sampled: Dapr then passes no context on.
        var span = Activity.Current;
        span?.DisplayName =
            "order.workflow/" + JsonNamingPolicy.KebabCaseLower.ConvertName(GetType().Name);
        // All instance ids begin with the order's.
        span?.SetTag(Traces.OrderId, context.InstanceId[..IdLength]);
        try
        {
            return await TakeAsync(input);
        }
        catch (Exception e)
        {
            span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", e.GetType().Name);
            throw;
        }
    }
}
