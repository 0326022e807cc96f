using System.Diagnostics.Metrics;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments;

internal sealed class PaymentMetrics : IStartingMetrics
{
    /// <summary>The kinds of alarms.</summary>
    public const string AmountMismatch = "amount-mismatch";
    public const string UnknownWebhook = "unknown-webhook";
    public const string BooksDiffer = "books-differ";

    public static readonly SampledGauge Open = new(
        "ticketing.payments.open",
        "{payment}",
        "Payments that wait for money.",
        "SELECT count(*) FROM payments WHERE status = 'Pending'"
    );

    public static readonly SampledGauge Unbalanced = new(
        "ticketing.ledger.unbalanced",
        "{order}",
        "Orders that owe or are owed money although nothing of theirs is open (I7), as the ledger's closing found them.",
        "SELECT count(*) FROM ledger_doubts"
    );

    private readonly Counter<long> settled;
    private readonly Counter<long> failed;
    private readonly Counter<long> cancelled;
    private readonly Counter<long> refunded;
    private readonly Counter<long> disputed;
    private readonly Counter<long> disputesEnded;
    private readonly Counter<long> alarms;
    private readonly Histogram<double> lag;
    private readonly Histogram<double> settlementLag;
    private readonly Gauge<double> certificateEnd;

    public PaymentMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Ticketing.Payments");
        settled = Ended("ticketing.payments.settled", "Payments whose money came.");
        failed = Ended("ticketing.payments.failed", "Payments that were declined or expired.");
        cancelled = Ended("ticketing.payments.cancelled", "Payments that were closed without money.");
        refunded = Ended("ticketing.payments.refunded", "Payments that were given back.");
        disputed = Ended("ticketing.payments.disputed", "Payments that the payer's bank asked back.");
        disputesEnded = meter.CreateCounter<long>(
            "ticketing.payments.disputes_ended",
            "{dispute}",
            "Disputes that were decided: won, the money is ours, or lost."
        );
        alarms = meter.CreateCounter<long>(
            "ticketing.payments.alarms",
            "{alarm}",
            "What a person must look at: an amount that differs, a webhook without a payment, a provider's list unlike the ledger."
        );
        lag = meter.CreateHistogram(
            "ticketing.payments.lag",
            "s",
            "From the creation of a payment to its settlement here: how long buyers take to pay.",
            advice: Buckets.Waiting
        );
        settlementLag = meter.CreateHistogram(
            "ticketing.payments.settlement_lag",
            "s",
            "From the settlement at the provider to the settlement here: how late we know.",
            advice: Buckets.Waiting
        );

        certificateEnd = meter.CreateGauge<double>(
            "ticketing.payments.certificate_end",
            "s",
            "When our client certificate at the Pix provider ends (Unix time); not there without one."
        );

        Counter<long> Ended(string name, string description) =>
            meter.CreateCounter<long>(name, "{payment}", description);
    }

    public void StartAtZero()
    {
        foreach (var method in Enum.GetValues<PaymentMethod>())
        {
            foreach (var end in new[] { settled, failed, cancelled, refunded, disputed })
                end.Add(0, Of(method));
            foreach (var outcome in new[] { DisputeState.Won, DisputeState.Lost })
                disputesEnded.Add(0, Of(method), Of(outcome));
        }
        foreach (var kind in new[] { AmountMismatch, UnknownWebhook, BooksDiffer })
            alarms.Add(0, Of(kind));
    }

    public void Settled(PaymentMethod method, TimeSpan afterCreation, TimeSpan? afterProvider)
    {
        settled.Add(1, Of(method));
        lag.Record(afterCreation.TotalSeconds, Of(method));
        // Two companies' clocks may differ a little.
        if (afterProvider is { } late)
            settlementLag.Record(Math.Max(0, late.TotalSeconds), Of(method));
    }

    public void Failed(PaymentMethod method) => failed.Add(1, Of(method));

    public void Cancelled(PaymentMethod method) => cancelled.Add(1, Of(method));

    public void Refunded(PaymentMethod method) => refunded.Add(1, Of(method));

    public void Disputed(PaymentMethod method) => disputed.Add(1, Of(method));

    public void DisputeEnded(PaymentMethod method, DisputeState outcome) =>
        disputesEnded.Add(1, Of(method), Of(outcome));

    public void ClientCertificateEnds(DateTimeOffset at) => certificateEnd.Record(at.ToUnixTimeSeconds());

    public void Alarm(string kind) => alarms.Add(1, Of(kind));

    private static KeyValuePair<string, object?> Of(string kind) => new("kind", kind);

    private static KeyValuePair<string, object?> Of(DisputeState outcome) => new("outcome", outcome.ToString());

    private static KeyValuePair<string, object?> Of(PaymentMethod method) => new("method", method.ToString());
}
