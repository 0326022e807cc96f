using Dapr.Workflow;
using Grpc.Core;
using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Saga;

/// <summary>
/// Starts the saga of an order. Its instance id is the order's, so an order has one at a time. The fact that it shall act
/// on is in the database before: a start that is lost or refused costs time, nothing else.
/// </summary>
internal sealed class Sagas(DaprWorkflowClient workflows, NpgsqlDataSource source, ILogger<Sagas> logger)
{
    /// <summary>A request waits this long for a workflow's acknowledgement; then the sweep sees to it.</summary>
    private static readonly TimeSpan InlineLimit = TimeSpan.FromSeconds(2);

    private const string LookSoon = $"""
        UPDATE orders SET drive_after = least({OrderMoves.Sooner}, now() + interval '5 seconds') WHERE id = $1
        """;

    public async Task StartAsync(Guid orderId, Need need, CancellationToken ct)
    {
        try
        {
            await workflows.ScheduleNewWorkflowAsync(
                nameof(OrderWorkflow),
                orderId.ToString(),
                new OrderNeed(orderId, need),
                startTime: null,
                ct
            );
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.AlreadyExists)
        {
            // It runs, and may have read the facts just before this one: the sweep looks once more, soon. That money came
            // it cannot miss: no order ends without asking Payments.
            if (need is not Need.Deliver)
                await source.ExecuteAsync(LookSoon, ct, orderId);
        }
    }

    /// <summary>Early, in a request.</summary>
    public async Task TryStartAsync(Guid orderId, Need need)
    {
        using var limit = new CancellationTokenSource(InlineLimit);
        try
        {
            await StartAsync(orderId, need, limit.Token);
        }
        catch (Exception e)
        {
            logger.LogWarning("The saga of {OrderId} was not reached at once: {Reason}", orderId, e.Reason());
        }
    }
}
