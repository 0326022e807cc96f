using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Orders.Ending;
using Ticketing.Orders.Paying;
using Ticketing.Orders.Refunding;
using Ticketing.Orders.Rescheduling;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Saga;

/// <summary>
/// Every order ends: looks at those whose time has come (a deadline, a saga that is missing or failed, a payment that was
/// not opened) and starts what they need. Rows are claimed, so that several replicas share the work; while nothing is
/// due, a pass is one look into an index.
/// </summary>
internal sealed class Sweep(
    NpgsqlDataSource source,
    Cancellations cancellations,
    Rescheduler rescheduler,
    Sagas sagas,
    IServiceScopeFactory scopes,
    IOptions<OrdersOptions> options,
    TimeProvider clock,
    ILogger<Sweep> logger
) : BackgroundLoop(clock, logger)
{
    /// <summary>Orders a pass: what a cancelled event's crowd of refunds is paced by.</summary>
    private const int BatchSize = 200;
    private const int Parallelism = 8;

    private const string WaitsForInstructions =
        $"{OrderMoves.IsOpen} AND payment_status = 'Pending' AND payment_id IS NULL";

    /// <summary>
    /// An order that waits for its buyer is looked at again at its deadline; one whose buyer waits for the payment's
    /// instructions after as long as it has waited, for its provider may be back; whatever else, after the grace.
    /// </summary>
    private const string Claim = $"""
        UPDATE orders SET drive_after = CASE
            WHEN {OrderMoves.IsOpen} AND payment_id IS NOT NULL AND cancel_requested_at IS NULL AND expires_at > now()
                THEN expires_at
            WHEN {WaitsForInstructions}
                THEN now() + least(make_interval(secs => $1), greatest(now() - placed_at, interval '2 seconds'))
            ELSE now() + make_interval(secs => $1) END
        WHERE id IN (
            SELECT id FROM orders WHERE drive_after < now() ORDER BY drive_after LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING id, trace_parent, CASE
            WHEN {OrderMoves.IsBought} AND refund_requested_at IS NOT NULL THEN 'Refund'
            WHEN status = 'Paid' THEN 'Deliver'
            WHEN {OrderMoves.IsOpen} AND (cancel_requested_at IS NOT NULL OR expires_at <= now()) THEN 'EndUnpaid'
            WHEN {OrderMoves.HasOtherMoney} THEN 'ReturnMoney'
            WHEN {PartialRefund.IsOpen} THEN 'RefundParts'
            WHEN {WaitsForInstructions} THEN 'OpenPayment'
            WHEN {OrderMoves.IsOpen} THEN 'Nothing'
            ELSE 'EndUnpaid' END
        """;

    private sealed record Due(Guid Id, string? TraceParent, Need Need);

    protected override TimeSpan Pause { get; } = TimeSpan.FromSeconds(options.Value.SweepSeconds);

    protected override async Task<bool> PassAsync(CancellationToken ct)
    {
        var more = await cancellations.ApplyAsync(BatchSize, ct);
        more |= await rescheduler.ApplyAsync(BatchSize, ct);
        var due = await source.AllAsync(
            Claim,
            row => new Due(
                row.GetGuid(0),
                row.IsDBNull(1) ? null : row.GetString(1),
                Enum.Parse<Need>(row.GetString(2))
            ),
            ct,
            (double)options.Value.GraceSeconds,
            BatchSize
        );
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = ct },
            async (order, token) => await DriveAsync(order, token)
        );
        return more || due.Count == BatchSize;
    }

    private async Task DriveAsync(Due order, CancellationToken ct)
    {
        using var span = Traces.Continue("order.sweep", order.TraceParent);
        span?.SetTag(Traces.OrderId, order.Id.ToString());
        try
        {
            if (order.Need is Need.OpenPayment)
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<PaymentOpening>().OpenAsync(order.Id, ct);
            }
            else if (order.Need is not Need.Nothing)
                await sagas.StartAsync(order.Id, order.Need, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            logger.LogWarning("{OrderId} waits for {Need}: {Reason}", order.Id, order.Need, e.Reason());
        }
    }
}
