using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Checkout;

/// <summary>
/// The money is booked first, once; then somebody is woken who decides about it. If that fails, the message comes again.
/// </summary>
internal static class OnPaymentSettled
{
    public static async Task Handle(
        PaymentSettled settled,
        OrdersDb db,
        Settlements settlements,
        Sagas sagas,
        CancellationToken ct
    )
    {
        var kept = await db.InTransactionAsync(
            token => settlements.BookAsync(settled.OrderId, settled.PaymentId, settled.Amount, settled.At, token),
            ct
        );
        var order = await db.ReadAsync(settled.OrderId, ct);
        if (!kept)
            await sagas.StartLatePaymentAsync(OrderRef.Of(order), settled.PaymentId, ct);
        else if (order.Status is OrderStatus.Paid)
            await sagas.WakeAsync(OrderRef.Of(order), Signal.Paid, ct);
    }
}
