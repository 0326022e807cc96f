using Ticketing.EmbeddedDapr.Components;

namespace Ticketing.EmbeddedDapr.PubSub;

/// <summary>A <c>pubsub.embedded</c> component: how its messages are delivered.</summary>
internal sealed record PubSubComponent(
    Component Component,
    int Concurrency,
    int MaxDeliveries,
    TimeSpan FirstRetry,
    TimeSpan LastRetry
)
{
    private const int DefaultConcurrency = 16;
    private const int DefaultMaxDeliveries = 10;
    private static readonly TimeSpan DefaultFirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan DefaultLastRetry = TimeSpan.FromSeconds(30);

    public static PubSubComponent Open(Component component) =>
        component.Type == "pubsub.embedded"
            ? new(
                component,
                component.Number("concurrencyLimit", DefaultConcurrency),
                component.Number("maxDeliveries", DefaultMaxDeliveries),
                component.Duration("firstRetry", DefaultFirstRetry),
                component.Duration("lastRetry", DefaultLastRetry)
            )
            : throw ComponentSet<PubSubComponent>.UnknownType(component);

    /// <summary>The pause after a failed attempt: doubling, limited, and spread by a quarter.</summary>
    public TimeSpan RetryAfter(int attempts)
    {
        var pause = Math.Min(FirstRetry.TotalMilliseconds * Math.Pow(2, attempts - 1), LastRetry.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(pause * (0.75 + Random.Shared.NextDouble() / 2));
    }
}
