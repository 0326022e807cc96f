namespace Ticketing.Bench;

internal sealed record BenchOptions(
    Uri? Url,
    string Data,
    IReadOnlyList<Uri> DaprMetrics,
    TimeSpan Duration,
    int Repeats,
    int Buyers,
    int Purchases,
    int Orders,
    int Small,
    int Large,
    TimeSpan Idle
);
