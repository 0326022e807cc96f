using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Refunding;

/// <summary>Changes the list of an order's partial refunds: by who has read it as it still is.</summary>
internal static class PartialRefundFacts
{
    private const string Set = "UPDATE orders SET partial_refunds = $3::jsonb";
    private const string AsRead = "WHERE id = $1 AND status = 'Fulfilled' AND partial_refunds = $2::jsonb";

    /// <returns>False when the order is not what was read.</returns>
    public static async Task<bool> AddPartialRefundAsync(
        this NpgsqlDataSource source,
        Order seen,
        PartialRefund part,
        ActRecorded act,
        CancellationToken ct
    ) =>
        await source.FirstAsync(
            $"""
            WITH moved AS (
                {Set}, drive_after = now() + interval '30 seconds', trace_parent = coalesce($4, trace_parent)
                {AsRead} AND refund_requested_at IS NULL AND dispute_status IS DISTINCT FROM 'Open'
                RETURNING id),
            {OutboxExtensions.Told("moved", first: 5)}
            SELECT true FROM moved
            """,
            row => row.GetBoolean(0),
            ct,
            [
                seen.Id,
                JsonColumns.Write(seen.PartialRefunds),
                JsonColumns.Write([.. seen.PartialRefunds, part]),
                Traces.Current,
                .. OutboxExtensions.Values(OutboxMessage.Of(act, Traces.Current)),
            ]
        );

    /// <summary>A ticket of it was used: there is no such refund.</summary>
    public static async Task RefusePartialRefundAsync(
        this NpgsqlDataSource source,
        OrdersDb db,
        Guid orderId,
        Guid refundId,
        CancellationToken ct
    )
    {
        while (true)
        {
            var order = await db.ReadAsync(orderId, ct);
            List<PartialRefund> left = [.. order.PartialRefunds.Where(r => r.Id != refundId || r.IsCompleted)];
            if (left.Count == order.PartialRefunds.Count || order.Status is not OrderStatus.Fulfilled)
                return;
            if (
                await source.ExecuteAsync(
                    $"{Set}, drive_after = now() {AsRead}",
                    ct,
                    orderId,
                    JsonColumns.Write(order.PartialRefunds),
                    JsonColumns.Write<PartialRefund>(left)
                ) > 0
            )
                return;
        }
    }

    /// <returns>True when it is completed now, by this call.</returns>
    public static async Task<bool> CompletePartialRefundAsync(
        this NpgsqlDataSource source,
        OutboxSignal outbox,
        OrdersDb db,
        Guid orderId,
        Guid refundId,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        while (true)
        {
            var order = await db.ReadAsync(orderId, ct);
            var part = order.PartialRefunds.FirstOrDefault(r => r.Id == refundId);
            if (part is null or { IsCompleted: true } || order.Status is not OrderStatus.Fulfilled)
                return false;
            List<PartialRefund> then =
            [
                .. order.PartialRefunds.Select(r => r == part ? r with { CompletedAt = now } : r),
            ];
            var told = new OrderPartiallyRefunded(
                order.Summary(),
                part.Id,
                new(part.Amount, order.Currency),
                [.. order.Tickets.Where(t => part.TicketIds.Contains(t.Id)).Select(t => t.Number)],
                now
            );
            if (
                await source.MoveAsync(
                    outbox,
                    order,
                    $"{Set} {AsRead}",
                    told,
                    ct,
                    JsonColumns.Write(order.PartialRefunds),
                    JsonColumns.Write<PartialRefund>(then)
                )
            )
                return true;
        }
    }
}
