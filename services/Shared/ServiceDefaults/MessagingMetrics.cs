using System.Diagnostics.Metrics;

namespace Ticketing.ServiceDefaults;

/// <summary>What went out of the outbox, and what the inbox let take effect.</summary>
internal sealed class MessagingMetrics : IStartingMetrics
{
    /// <summary>A longer backlog is told as this: counting it would not make it shorter.</summary>
    private const int MaxCounted = 100_000;

    public static readonly SampledGauge Pending = new(
        "ticketing.outbox.pending",
        "{event}",
        $"Events written and not yet published; at most {MaxCounted} are counted.",
        $"SELECT count(*) FROM (SELECT FROM outbox LIMIT {MaxCounted}) waiting"
    );

    public static readonly SampledGauge OldestAge = new(
        "ticketing.outbox.oldest_age",
        "s",
        "Age of the event that has waited longest and is still tried; 0 when none is.",
        // Ids begin with their time, so the first is the oldest.
        """
        SELECT coalesce((SELECT extract(epoch FROM now() - created_at) FROM outbox
            WHERE next_try_at < 'infinity' ORDER BY id LIMIT 1), 0)
        """
    );

    public static readonly SampledGauge Resting = new(
        "ticketing.outbox.resting",
        "{event}",
        $"Events that are no longer tried: each needs a person. At most {MaxCounted} are counted.",
        $"SELECT count(*) FROM (SELECT FROM outbox WHERE next_try_at = 'infinity' LIMIT {MaxCounted}) resting"
    );

    private readonly HashSet<string> received = [];
    private readonly Counter<long> relayed;
    private readonly Counter<long> applied;
    private readonly Counter<long> duplicates;
    private readonly Histogram<double> lag;
    private readonly TimeProvider clock;

    public MessagingMetrics(IMeterFactory meters, TimeProvider clock)
    {
        this.clock = clock;
        var meter = meters.Create("Ticketing.Messaging");
        relayed = meter.CreateCounter<long>(
            "ticketing.outbox.relayed",
            "{event}",
            "Events published; one that is published again counts again."
        );
        applied = meter.CreateCounter<long>(
            "ticketing.inbox.applied",
            "{event}",
            "Events whose effect was committed, once each."
        );
        duplicates = meter.CreateCounter<long>(
            "ticketing.inbox.duplicates",
            "{event}",
            "Events that came again and changed nothing."
        );
        lag = meter.CreateHistogram(
            "ticketing.inbox.lag",
            "s",
            "From what happened to its effect here.",
            advice: Buckets.Waiting
        );
    }

    /// <summary>A topic with an inbox.</summary>
    public void Receives(string topic) => received.Add(topic);

    public void StartAtZero()
    {
        foreach (var topic in received)
        {
            applied.Add(0, Of(topic));
            duplicates.Add(0, Of(topic));
        }
    }

    public void Relayed(string topic) => relayed.Add(1, Of(topic));

    public void Received(string topic, bool first) => (first ? applied : duplicates).Add(1, Of(topic));

    /// <param name="id">The event's: its first 48 bits are when it happened (RFC 9562, UUID version 7).</param>
    public void TookEffect(string topic, string id)
    {
        if (Guid.TryParse(id, out var uuid) && uuid.Version == 7)
        {
            var happened = Convert.ToInt64(uuid.ToString("N")[..12], 16);
            // Two machines' clocks: what came from the future came at once.
            lag.Record(Math.Max(0, clock.GetUtcNow().ToUnixTimeMilliseconds() - happened) / 1000.0, Of(topic));
        }
    }

    private static KeyValuePair<string, object?> Of(string topic) => new("topic", topic);
}

/// <summary>Upper bounds of histograms of durations, in seconds.</summary>
public static class Buckets
{
    /// <summary>Of what a machine does.</summary>
    public static readonly InstrumentAdvice<double> Work = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };

    /// <summary>Of what waits for a person, a bank or a repair.</summary>
    public static readonly InstrumentAdvice<double> Waiting = new()
    {
        HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 21600, 86400],
    };
}
