using System.Diagnostics;
using System.Text.Json;
using Dapr.Workflow;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Checkout;

/// <summary>
/// A saga's activity. Every run is one span: Dapr begins it in the trace that started the workflow; here it gets the
/// step's name and the order's id. Nothing of the input or the result goes into it. How long it took and how it ended is
/// measured.
/// </summary>
internal abstract class Step<TInput, TOutput>(OrderMetrics metrics) : WorkflowActivity<TInput, TOutput>
{
    private static readonly int IdLength = Guid.Empty.ToString().Length;

    protected OrderMetrics Metrics => metrics;

    protected abstract Task<TOutput> TakeAsync(TInput input);

    public sealed override async Task<TOutput> RunAsync(WorkflowActivityContext context, TInput input)
    {
        // None when the trace is not sampled: Dapr then passes no context on.
        var span = Activity.Current;
        span?.DisplayName = "order.workflow/" + JsonNamingPolicy.KebabCaseLower.ConvertName(GetType().Name);
        // All instance ids begin with the order's.
        span?.SetTag(Traces.OrderId, context.InstanceId[..IdLength]);
        var (step, start) = (GetType().Name, Stopwatch.GetTimestamp());
        try
        {
            var answer = await TakeAsync(input);
            // A step that can be refused answers why.
            var outcome = answer is string ? StepOutcome.Refused : StepOutcome.Done;
            metrics.Stepped(step, outcome, Stopwatch.GetElapsedTime(start));
            return answer;
        }
        catch (Exception e)
        {
            metrics.Stepped(step, StepOutcome.Failed, Stopwatch.GetElapsedTime(start));
            span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", e.GetType().Name);
            throw;
        }
    }
}

internal enum StepOutcome
{
    Done,

    /// <summary>The saga goes another way.</summary>
    Refused,

    /// <summary>It is tried again.</summary>
    Failed,
}
