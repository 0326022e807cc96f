using System.Diagnostics;
using System.Text.Json;
using Dapr.Workflow;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Saga;

/// <summary>
/// A saga's activity. Every run is one span: Dapr begins it in the trace that started the workflow; here it gets the
/// step's name and the order's id. How long it took and how it ended is measured.
/// </summary>
internal abstract class Step(OrderMetrics metrics) : WorkflowActivity<Guid, Need>
{
    protected OrderMetrics Metrics => metrics;

    /// <returns>What the order needs next.</returns>
    protected abstract Task<Need> TakeAsync(Guid orderId, CancellationToken ct);

    public sealed override async Task<Need> RunAsync(WorkflowActivityContext context, Guid input)
    {
        var (step, start) = (GetType().Name, Stopwatch.GetTimestamp());
        // None when the trace is not sampled: Dapr then passes no context on.
        var span = Activity.Current;
        span?.DisplayName = "order.workflow/" + JsonNamingPolicy.KebabCaseLower.ConvertName(step);
        span?.SetTag(Traces.OrderId, input.ToString());
        try
        {
            var next = await TakeAsync(input, CancellationToken.None);
            // Refused: it cannot be delivered.
            metrics.Stepped(step, next is Need.Refund ? "refused" : "done", Stopwatch.GetElapsedTime(start));
            return next;
        }
        catch (Exception e)
        {
            // It is tried again.
            metrics.Stepped(step, "failed", Stopwatch.GetElapsedTime(start));
            span?.SetStatus(ActivityStatusCode.Error).SetTag("error.type", e.GetType().Name);
            throw;
        }
    }
}
