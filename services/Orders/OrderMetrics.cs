using System.Diagnostics.Metrics;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders;

internal sealed class OrderMetrics : IStartingMetrics
{
    /// <summary>I6: not at its end this long after its deadline.</summary>
    private const int GraceMinutes = 5;

    /// <summary>By the index of unfinished orders.</summary>
    public static readonly SampledGauge Overdue = new(
        "ticketing.orders.overdue",
        "{order}",
        $"Orders that should have ended {GraceMinutes} minutes ago and have not (I6).",
        $"""
        SELECT count(*) FROM orders WHERE drive_after IS NOT NULL AND expires_at < now() - interval '{GraceMinutes} minutes'
            AND status IN ('Pending', 'AwaitingPayment', 'Paid')
        """
    );

    private readonly Counter<long> reached;
    private readonly Histogram<double> delivery;
    private readonly Histogram<double> steps;

    public OrderMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Ticketing.Orders");
        reached = meter.CreateCounter<long>("ticketing.orders.reached", "{order}", "Orders that reached a status.");
        delivery = meter.CreateHistogram(
            "ticketing.orders.delivery",
            "s",
            "From the money's arrival to the tickets.",
            advice: Buckets.Work
        );
        steps = meter.CreateHistogram(
            "ticketing.saga.step.duration",
            "s",
            "Runs of a saga's steps.",
            advice: Buckets.Work
        );
    }

    public void StartAtZero()
    {
        foreach (var status in Enum.GetValues<OrderStatus>())
            Reached(status, 0);
    }

    public void Reached(OrderStatus status) => Reached(status, 1);

    private void Reached(OrderStatus status, int orders) =>
        reached.Add(orders, new KeyValuePair<string, object?>("status", status.ToString()));

    public void Fulfilled(TimeSpan afterPayment)
    {
        Reached(OrderStatus.Fulfilled);
        delivery.Record(afterPayment.TotalSeconds);
    }

    public void Stepped(string step, string outcome, TimeSpan took) =>
        steps.Record(took.TotalSeconds, new("step", step), new("outcome", outcome));
}
