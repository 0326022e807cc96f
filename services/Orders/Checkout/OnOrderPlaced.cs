using Ticketing.Contracts;

namespace Ticketing.Orders.Checkout;

/// <summary>Our own event: the saga of a placed order runs, also when the process died before starting it.</summary>
internal static class OnOrderPlaced
{
    public static async Task Handle(OrderPlaced placed, OrdersDb db, Sagas sagas, CancellationToken ct)
    {
        var order = await db.ReadAsync(placed.OrderId, ct);
        if (Order.IsOpen(order.Status) || order.Status is OrderStatus.Paid)
            await sagas.StartAsync(OrderRef.Of(order), ct);
    }
}
