using System.Diagnostics.Metrics;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments;

internal sealed class PaymentMetrics : IStartingMetrics
{
    /// <summary>The kinds of alarms.</summary>
    public const string AmountMismatch = "amount-mismatch";
    public const string UnknownWebhook = "unknown-webhook";

    /// <summary>What owes longer than this is wrong.</summary>
    private const int GraceMinutes = 5;

    /// <summary>The ledger only grows: each transaction is looked at for this long after it was written.</summary>
    private const int AuditedMinutes = 60;

    public static readonly SampledGauge Open = new(
        "ticketing.payments.open",
        "{payment}",
        "Payments that wait for money.",
        "SELECT count(*) FROM payments WHERE status = 'Pending'"
    );

    /// <summary>Of the last hour by the key, whose ids begin with their time; the whole is the `audit` command's.</summary>
    public static readonly SampledGauge Unbalanced = new(
        "ticketing.ledger.unbalanced",
        "{transaction}",
        $"Ledger transactions of the last {AuditedMinutes} minutes whose entries do not add up to zero, "
            + "and orders among them that owe or are owed money although they ended (I7).",
        $"""
        WITH recent AS (
            SELECT id, order_id FROM ledger_transactions
            WHERE id > (lpad(to_hex((extract(epoch FROM now() - interval '{AuditedMinutes} minutes') * 1000)::bigint), 12, '0')
                || repeat('0', 20))::uuid)
        SELECT (SELECT count(*) FROM (
                SELECT FROM recent t JOIN ledger_entries e ON e.transaction_id = t.id
                GROUP BY t.id, e.currency HAVING sum(e.amount) <> 0) uneven)
            + (SELECT count(*) FROM (
                SELECT e.order_id
                FROM (SELECT DISTINCT order_id FROM recent) o JOIN ledger_entries e USING (order_id)
                WHERE e.account = 'Receivable'
                GROUP BY e.order_id, e.currency HAVING sum(e.amount) <> 0) owing
                WHERE NOT EXISTS (SELECT FROM payments p WHERE p.order_id = owing.order_id
                    AND p.status = 'Pending' AND p.expires_at > now() - interval '{GraceMinutes} minutes')
                AND NOT EXISTS (SELECT FROM refunds r WHERE r.order_id = owing.order_id
                    AND r.completed_at IS NULL AND r.created_at > now() - interval '{GraceMinutes} minutes'))
        """,
        Audit: true
    );

    private readonly Counter<long> settled;
    private readonly Counter<long> failed;
    private readonly Counter<long> cancelled;
    private readonly Counter<long> refunded;
    private readonly Counter<long> alarms;
    private readonly Histogram<double> lag;
    private readonly Histogram<double> settlementLag;

    public PaymentMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Ticketing.Payments");
        settled = Ended("ticketing.payments.settled", "Payments whose money came.");
        failed = Ended("ticketing.payments.failed", "Payments that were declined or expired.");
        cancelled = Ended("ticketing.payments.cancelled", "Payments that were closed without money.");
        refunded = Ended("ticketing.payments.refunded", "Payments that were given back.");
        alarms = meter.CreateCounter<long>(
            "ticketing.payments.alarms",
            "{alarm}",
            "What a person must look at: an amount that differs, a webhook without a payment."
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

        Counter<long> Ended(string name, string description) =>
            meter.CreateCounter<long>(name, "{payment}", description);
    }

    public void StartAtZero()
    {
        foreach (var method in Enum.GetValues<PaymentMethod>())
        foreach (var end in new[] { settled, failed, cancelled, refunded })
            end.Add(0, Of(method));
        foreach (var kind in new[] { AmountMismatch, UnknownWebhook })
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

    public void Alarm(string kind) => alarms.Add(1, Of(kind));

    private static KeyValuePair<string, object?> Of(string kind) => new("kind", kind);

    private static KeyValuePair<string, object?> Of(PaymentMethod method) => new("method", method.ToString());
}
