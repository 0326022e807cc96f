using System.Diagnostics.Metrics;
using Ticketing.Contracts;

namespace Ticketing.Payments;

internal sealed class PaymentMetrics
{
    private readonly Counter<long> outcomes;
    private readonly Counter<long> alarms;
    private readonly Histogram<double> lag;

    public PaymentMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Ticketing.Payments");
        outcomes = meter.CreateCounter<long>(
            "ticketing.payments.outcomes",
            description: "Payments that reached a state."
        );
        alarms = meter.CreateCounter<long>(
            "ticketing.payments.alarms",
            description: "What a person must look at: an amount that differs, a webhook without a payment."
        );
        lag = meter.CreateHistogram<double>(
            "ticketing.payments.lag",
            unit: "s",
            description: "From the creation of a payment to its settlement."
        );
    }

    public void Reached(PaymentMethod method, PaymentStatus status) =>
        outcomes.Add(1, new("method", method.ToString()), new("status", status.ToString()));

    public void Settled(PaymentMethod method, TimeSpan after)
    {
        Reached(method, PaymentStatus.Settled);
        lag.Record(
            after.TotalSeconds,
            new KeyValuePair<string, object?>("method", method.ToString())
        );
    }

    public void Alarm(string kind) =>
        alarms.Add(1, new KeyValuePair<string, object?>("kind", kind));
}
