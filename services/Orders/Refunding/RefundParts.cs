using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Reading;
using Ticketing.Orders.Saga;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Refunding;

/// <summary>Takes back what each open partial refund is about, then returns its money; payment.refunded tells the end.</summary>
internal sealed class RefundParts(
    OrdersDb db,
    NpgsqlDataSource source,
    OutboxSignal outbox,
    Peers peers,
    OrderStock stock,
    OrderChanges changes,
    OrderMetrics metrics,
    TimeProvider clock
) : Step(metrics)
{
    private const string Finish =
        $"UPDATE orders SET drive_after = {OrderMoves.Rest} WHERE id = $1 AND status = 'Fulfilled'";

    protected override async Task<Need> TakeAsync(Guid orderId, CancellationToken ct)
    {
        var order = await db.ReadAsync(orderId, ct);
        if (order.Status is not OrderStatus.Fulfilled)
            return Need.Nothing;
        // All of it goes back, the parts with it.
        if (order.RefundRequestedAt is not null)
            return Need.Refund;
        var waits = false;
        foreach (var part in order.PartialRefunds.Where(r => !r.IsCompleted))
        {
            if (await stock.TakeBackAsync(orderId, part, ct) is not null)
                await source.RefusePartialRefundAsync(db, orderId, part.Id, ct);
            else if (!await IsMoneyBackAsync(order, part, ct))
                waits = true;
            else if (await source.CompletePartialRefundAsync(outbox, db, orderId, part.Id, clock.GetUtcNow(), ct))
                changes.Tell(orderId);
        }
        if (waits)
            await source.PostponeAsync(order, ct);
        else
            await source.ExecuteAsync(Finish, ct, orderId, order.DriveAfter);
        return Need.Nothing;
    }

    private async Task<bool> IsMoneyBackAsync(Order order, PartialRefund part, CancellationToken ct)
    {
        if (part.Amount == 0 || order.PaidBy is not { } payment)
            return true;
        try
        {
            var accepted = await peers.PostAsync<RefundAccepted>(
                AppIds.Payments,
                $"internal/orders/{order.Id}/refunds/parts",
                new RefundPart(part.Id, payment, part.Amount, part.Fee),
                ct
            );
            return accepted.Completed;
        }
        catch (ProblemException e) when (e.Code == "payment-disputed")
        {
            // The bank decides about this money first.
            return false;
        }
    }
}
