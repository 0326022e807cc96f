using System.Diagnostics.Metrics;

namespace Ticketing.Tickets.Holds;

internal sealed class HoldMetrics(IMeterFactory meters)
{
    private readonly Histogram<int> batches = meters
        .Create("Ticketing.Tickets")
        .CreateHistogram<int>(
            "ticketing.holds.batch",
            "{request}",
            "Hold requests decided at once"
        );
    private readonly Counter<long> decisions = meters
        .Create("Ticketing.Tickets")
        .CreateCounter<long>("ticketing.holds.decisions", "{request}", "Hold requests by outcome");
    private readonly Counter<long> expired = meters
        .Create("Ticketing.Tickets")
        .CreateCounter<long>("ticketing.holds.expired", "{hold}", "Leases that ended unused");

    public void Decided(IReadOnlyList<PendingHold> batch)
    {
        batches.Record(batch.Count);
        foreach (var outcomes in batch.GroupBy(OutcomeOf))
            decisions.Add(
                outcomes.Count(),
                new KeyValuePair<string, object?>("outcome", outcomes.Key)
            );
    }

    public void Expired(int holds) => expired.Add(holds);

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
