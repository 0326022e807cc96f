using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.Orders.Checkout;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders;

/// <summary>
/// Every order ends. What should have been done by now, but was not (its workflow is missing, failed, or missed the
/// news), is driven again; the orders of cancelled events are driven to their end. Rows are claimed, so that several
/// replicas share the work.
/// </summary>
internal sealed class Reconciler(
    IServiceScopeFactory scopes,
    IOptions<OrdersOptions> options,
    TimeProvider clock,
    ILogger<Reconciler> logger
) : BackgroundService
{
    /// <summary>Orders a pass: what a cancelled event's crowd of refunds is paced by.</summary>
    private const int BatchSize = 200;
    private const int Parallelism = 8;
    private const int CancellationDays = 90;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = TimeSpan.FromSeconds(options.Value.ReconcileSeconds);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await PassAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning("The reconciler waits: {Reason}", e.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PassAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<OrdersDb>();
        var sagas = scope.ServiceProvider.GetRequiredService<Sagas>();
        await ApplyCancellationsAsync(db, ct);
        foreach (var chunk in (await ClaimOrdersAsync(db, ct)).Chunk(Parallelism))
        {
            var orders = await db
                .Orders.AsNoTracking()
                .Include(o => o.Lines)
                .Where(o => chunk.Contains(o.Id))
                .ToListAsync(ct);
            await Task.WhenAll(orders.Select(order => DriveAsync(sagas, order, ct)));
        }
        foreach (var late in await ClaimSettlementsAsync(db, ct))
        {
            var order = await db.ReadAsync(late.OrderId, ct);
            using var span = Continue(order);
            await sagas.StartLatePaymentAsync(OrderRef.Of(order), late.PaymentId, ct);
        }
    }

    private static async Task DriveAsync(Sagas sagas, Order order, CancellationToken ct)
    {
        using var span = Continue(order);
        await (
            order.Status switch
            {
                OrderStatus.Paid or OrderStatus.Fulfilled when order.RefundRequestedAt is not null =>
                    sagas.StartRefundAsync(order.Id, ct),
                OrderStatus.Paid => sagas.DriveAsync(OrderRef.Of(order), Signal.Paid, ct),
                _ when Order.IsOpen(order.Status) && order.CancelRequestedAt is not null => sagas.DriveAsync(
                    OrderRef.Of(order),
                    Signal.CancelRequested,
                    ct
                ),
                _ => sagas.DriveAsync(OrderRef.Of(order), Signal.Review, ct),
            }
        );
    }

    private static Activity? Continue(Order order)
    {
        var span = Traces.Continue("order.reconcile", order.TraceParent);
        return span?.SetTag(Traces.OrderId, order.Id.ToString());
    }

    private static async Task ApplyCancellationsAsync(OrdersDb db, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE orders SET cancel_requested_at = now(), cancel_reason = 'event-cancelled', drive_after = now()
            WHERE id IN (
                SELECT o.id FROM cancellations c JOIN orders o ON c.subject_id IN (o.event_id, o.session_id)
                WHERE o.status IN ('Pending', 'AwaitingPayment') AND o.cancel_requested_at IS NULL
                AND c.at > now() - make_interval(days => {CancellationDays}) LIMIT {BatchSize})
            """,
            ct
        );
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE orders SET refund_requested_at = coalesce(refund_requested_at, now()),
                refund_reason = coalesce(refund_reason, 'event-cancelled'), refund_even_if_used = true,
                drive_after = now()
            WHERE id IN (
                SELECT o.id FROM cancellations c JOIN orders o ON c.subject_id IN (o.event_id, o.session_id)
                WHERE o.status IN ('Paid', 'Fulfilled') AND NOT o.refund_even_if_used
                AND c.at > now() - make_interval(days => {CancellationDays}) LIMIT {BatchSize})
            """,
            ct
        );
    }

    private Task<List<Guid>> ClaimOrdersAsync(OrdersDb db, CancellationToken ct) =>
        db
            .Database.SqlQuery<Guid>(
                $"""
                UPDATE orders SET drive_after = now() + make_interval(secs => {options.Value.GraceSeconds})
                WHERE id IN (
                    SELECT id FROM orders WHERE drive_after < now()
                    ORDER BY drive_after LIMIT {BatchSize} FOR UPDATE SKIP LOCKED)
                RETURNING id AS "Value"
                """
            )
            .ToListAsync(ct);

    private sealed record Late(Guid PaymentId, Guid OrderId);

    private Task<List<Late>> ClaimSettlementsAsync(OrdersDb db, CancellationToken ct) =>
        db
            .Database.SqlQuery<Late>(
                $"""
                UPDATE settlements SET drive_after = now() + make_interval(secs => {options.Value.GraceSeconds})
                WHERE payment_id IN (
                    SELECT payment_id FROM settlements WHERE drive_after < now()
                    ORDER BY drive_after LIMIT {BatchSize} FOR UPDATE SKIP LOCKED)
                RETURNING payment_id, order_id
                """
            )
            .ToListAsync(ct);
}
