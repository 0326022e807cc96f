using System.Diagnostics.Metrics;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Holds;

internal sealed class HoldMetrics : IStartingMetrics
{
    private static readonly string[] Outcomes =
    [
        "granted",
        "replayed",
        "sold-out",
        "seats-taken",
        "limit-reached",
        "person-limit-reached",
        "too-many-lapsed-holds",
        "sale-not-open",
        "busy",
        "failed",
    ];

    /// <summary>Counted from the rows themselves, of what sells now; of all pools by the `audit` command.</summary>
    public static readonly SampledGauge Unbalanced = new(
        "ticketing.pools.unbalanced",
        "{pool}",
        "Pools of the newest holds whose counters do not add up or are not what holds and tickets say (I1); not 0: oversold.",
        $"""
        WITH selling AS (
            SELECT p.* FROM (
                SELECT DISTINCT pool_id FROM (
                    SELECT pool_id FROM hold_items ORDER BY hold_id DESC, ordinal DESC LIMIT {AuditedItems}) newest) n
            JOIN pools p ON p.id = n.pool_id),
        live AS (
            SELECT i.pool_id, sum(i.quantity) AS places
            FROM (SELECT DISTINCT session_id FROM selling) s
            JOIN holds h ON h.session_id = s.session_id AND h.status IN ('Held', 'Ordered')
            JOIN hold_items i ON i.hold_id = h.id
            GROUP BY i.pool_id)
        SELECT count(*) FROM selling p LEFT JOIN live ON live.pool_id = p.id
        WHERE p.available + p.held + p.sold + p.blocked <> p.capacity
            OR least(p.available, p.held, p.sold, p.blocked) < 0
            OR p.held <> coalesce(live.places, 0)
            OR p.sold <> (
                SELECT count(*) FROM tickets t
                WHERE t.session_id = p.session_id AND t.pool_id = p.id AND t.status <> 'Voided')
        """,
        Audit: true
    );

    private const int AuditedItems = 100;

    private readonly Meter meter;
    private readonly Histogram<int> batches;
    private readonly Counter<long> decisions;
    private readonly Counter<long> expired;

    public HoldMetrics(IMeterFactory meters)
    {
        meter = meters.Create("Ticketing.Tickets");
        batches = meter.CreateHistogram(
            "ticketing.holds.batch",
            "{request}",
            "Hold requests decided at once.",
            advice: new InstrumentAdvice<int>
            {
                HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, HoldWriter.MaxBatch],
            }
        );
        decisions = meter.CreateCounter<long>(
            "ticketing.holds.decisions",
            "{request}",
            "Hold requests by outcome: granted, replayed, the code of the refusal, busy (sent away undecided), failed."
        );
        expired = meter.CreateCounter<long>("ticketing.holds.expired", "{hold}", "Leases that ended unused.");
    }

    public void StartAtZero()
    {
        foreach (var outcome in Outcomes)
            Count(outcome, 0);
        Expired(0);
    }

    public void Watch(Func<int> waiting) =>
        meter.CreateObservableGauge(
            "ticketing.holds.waiting",
            waiting,
            "{request}",
            "Hold requests in this replica's queue."
        );

    public void Decided(IReadOnlyList<PendingHold> batch)
    {
        batches.Record(batch.Count);
        foreach (var outcomes in batch.GroupBy(OutcomeOf))
            Count(outcomes.Key, outcomes.Count());
    }

    public void Failed(int requests) => Count("failed", requests);

    public void Refused(ProblemException refusal) => Count(refusal.Code, 1);

    public void Expired(int holds) => expired.Add(holds);

    private void Count(string outcome, int requests) =>
        decisions.Add(requests, new KeyValuePair<string, object?>("outcome", outcome));

    private static string OutcomeOf(PendingHold pending) =>
        pending.Answer is { IsCompletedSuccessfully: true } answer
            ? answer.GetAwaiter().GetResult() switch
            {
                { Refusal: { } refusal } => refusal.Code,
                { ReplayOf: not null } => "replayed",
                _ => "granted",
            }
            : "failed";
}
