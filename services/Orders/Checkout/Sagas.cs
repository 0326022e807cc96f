using Dapr.Workflow;
using Grpc.Core;
using Ticketing.Orders.Refunds;

namespace Ticketing.Orders.Checkout;

/// <summary>
/// What wakes a saga. Facts are in the database before they are signalled: a signal that is lost, doubled or late
/// changes nothing but time.
/// </summary>
internal enum Signal
{
    /// <summary>Read the order again.</summary>
    Review,
    Paid,
    CancelRequested,
    Refunded,
}

/// <summary>What a saga is told about its order: what never changes, and nothing about people.</summary>
internal sealed record OrderRef(Guid Id, bool HasProducts, DateTimeOffset ExpiresAt)
{
    public static OrderRef Of(Order order) => new(order.Id, order.HasProducts, order.ExpiresAt);
}

/// <summary>Starts and wakes the workflows. Their instance ids are the orders', so that one order has one of each.</summary>
internal sealed class Sagas(DaprWorkflowClient workflows, ILogger<Sagas> logger)
{
    public const string SignalName = "signal";

    /// <summary>A request waits this long for a workflow's acknowledgement; then others see to it.</summary>
    private static readonly TimeSpan InlineLimit = TimeSpan.FromSeconds(2);

    /// <summary>Early, in a request: the order's own event or the reconciler makes sure.</summary>
    public Task TryStartAsync(OrderRef order) => TryAsync(ct => StartAsync(order, ct));

    public Task TryWakeAsync(OrderRef order, Signal signal) => TryAsync(ct => WakeAsync(order, signal, ct));

    public Task TryStartRefundAsync(Guid orderId) => TryAsync(ct => StartRefundAsync(orderId, ct));

    /// <summary>Makes sure that the order's saga runs and knows the news.</summary>
    public async Task DriveAsync(OrderRef order, Signal signal, CancellationToken ct)
    {
        // A saga that starts now reads the facts by itself.
        if (!await StartAsync(order, ct))
            await SignalAsync(InstanceOf(order.Id), signal, ct);
    }

    /// <returns>False when it runs already.</returns>
    public Task<bool> StartAsync(OrderRef order, CancellationToken ct) =>
        StartAsync(nameof(OrderWorkflow), InstanceOf(order.Id), order, ct);

    public Task StartLatePaymentAsync(OrderRef order, Guid paymentId, CancellationToken ct) =>
        StartAsync(
            nameof(LatePaymentWorkflow),
            LateInstanceOf(order.Id, paymentId),
            new LatePayment(order, paymentId),
            ct
        );

    public Task StartRefundAsync(Guid orderId, CancellationToken ct) =>
        StartAsync(nameof(RefundWorkflow), RefundInstanceOf(orderId), orderId, ct);

    /// <summary>Wakes the order's saga; when there is none (any more), starts it.</summary>
    public async Task WakeAsync(OrderRef order, Signal signal, CancellationToken ct)
    {
        if (!await SignalAsync(InstanceOf(order.Id), signal, ct))
            await StartAsync(order, ct);
    }

    public async Task WakeRefundsAsync(Guid orderId, Guid paymentId, CancellationToken ct)
    {
        await SignalAsync(RefundInstanceOf(orderId), Signal.Refunded, ct);
        await SignalAsync(LateInstanceOf(orderId, paymentId), Signal.Refunded, ct);
    }

    private async Task TryAsync(Func<CancellationToken, Task> call)
    {
        using var limit = new CancellationTokenSource(InlineLimit);
        try
        {
            await call(limit.Token);
        }
        catch (Exception e)
        {
            logger.LogWarning("A saga was not reached at once: {Reason}", e.Message);
        }
    }

    private static string InstanceOf(Guid orderId) => orderId.ToString();

    private static string LateInstanceOf(Guid orderId, Guid paymentId) => $"{orderId}-late-{paymentId}";

    private static string RefundInstanceOf(Guid orderId) => $"{orderId}-refund";

    private async Task<bool> StartAsync(string workflow, string instance, object input, CancellationToken ct)
    {
        try
        {
            await workflows.ScheduleNewWorkflowAsync(workflow, instance, input, startTime: null, ct);
            return true;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.AlreadyExists)
        {
            return false;
        }
    }

    /// <returns>False when there is no such instance.</returns>
    private async Task<bool> SignalAsync(string instance, Signal signal, CancellationToken ct)
    {
        try
        {
            await workflows.RaiseEventAsync(instance, SignalName, signal, ct);
            return true;
        }
        catch (RpcException e)
            when (e.StatusCode == StatusCode.NotFound
                || e.Status.Detail.Contains("no such instance", StringComparison.OrdinalIgnoreCase)
            )
        {
            return false;
        }
    }
}
