using Ticketing.Contracts;
using Ticketing.Orders.Reading;
using Ticketing.Orders.Saga;

namespace Ticketing.Orders.Paying;

/// <summary>The money is booked first, once; then the saga acts on it. If that fails, the message comes again.</summary>
internal static class OnPaymentSettled
{
    public static Task Handle(
        PaymentSettled e,
        Settlements settlements,
        Sagas sagas,
        OrderChanges changes,
        CancellationToken ct
    ) =>
        ApplyAsync(
            new SettlementFact(SettlementKind.Settled, e.PaymentId, e.OrderId, e.Amount, e.At),
            settlements,
            sagas,
            changes,
            ct
        );

    public static async Task ApplyAsync(
        SettlementFact settled,
        Settlements settlements,
        Sagas sagas,
        OrderChanges changes,
        CancellationToken ct
    )
    {
        var booked =
            await settlements.BookAsync(settled.OrderId, settled.PaymentId, settled.Amount, ct)
            ?? throw new InvalidOperationException($"There is no order {settled.OrderId} yet.");
        if (booked.Buys)
            changes.Tell(settled.OrderId);
        if (booked is { Kept: true, Status: OrderStatus.Paid })
            await sagas.StartAsync(settled.OrderId, Need.Deliver, ct);
        else if (booked is { Kept: false, Refunded: false })
            await sagas.StartAsync(settled.OrderId, Need.ReturnMoney, ct);
    }
}
