using System.Diagnostics.Metrics;

namespace Ticketing.Orders.Checkout;

internal sealed class OrderMetrics
{
    private readonly Counter<long> reached;
    private readonly Histogram<double> delivery;

    public OrderMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Ticketing.Orders");
        reached = meter.CreateCounter<long>(
            "ticketing.orders.reached",
            description: "Orders that reached a state."
        );
        delivery = meter.CreateHistogram<double>(
            "ticketing.orders.delivery",
            unit: "s",
            description: "From the money's arrival to the tickets."
        );
    }

    public void Reached(OrderStatus status) =>
        reached.Add(1, new KeyValuePair<string, object?>("status", status.ToString()));

    public void Fulfilled(TimeSpan afterPayment)
    {
        Reached(OrderStatus.Fulfilled);
        delivery.Record(afterPayment.TotalSeconds);
    }
}
