using System.Collections.Concurrent;
using System.Diagnostics;
using Ticketing.Local;

namespace Ticketing.Bench.Measuring;

/// <summary>What a load did: how long each step took, and what went wrong.</summary>
internal sealed class Load
{
    /// <summary>More waiting than this: the system has fallen behind for good.</summary>
    private const int MaxWaiting = 2_000;

    private readonly ConcurrentDictionary<string, ConcurrentBag<double>> times = new();
    private readonly ConcurrentDictionary<string, int> errors = new();
    private volatile bool ended;

    /// <summary>From the first start to the last end.</summary>
    public TimeSpan Elapsed { get; private set; }

    public IReadOnlyDictionary<string, int> Errors => errors;

    public void Note(string step, long since) =>
        times.GetOrAdd(step, _ => []).Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);

    /// <summary>Nobody begins anew.</summary>
    public void End() => ended = true;

    public int Count(string step) => times.TryGetValue(step, out var all) ? all.Count : 0;

    public double PerSecond(string step) => Count(step) / Elapsed.TotalSeconds;

    /// <returns>Milliseconds; null when it never happened.</returns>
    public double? At(string step, double quantile) =>
        times.TryGetValue(step, out var all) ? all.Order().ElementAt((int)((all.Count - 1) * quantile)) : null;

    /// <summary>Closed: each worker begins anew as soon as it has ended. Tells throughput.</summary>
    public static async Task<Load> ClosedAsync(int workers, TimeSpan duration, Func<int, Load, long, Task> work)
    {
        var load = new Load();
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(
            Enumerable
                .Range(0, workers)
                .Select(async worker =>
                {
                    while (!load.ended && Stopwatch.GetElapsedTime(start) < duration)
                        await load.TryAsync(() => work(worker, load, Stopwatch.GetTimestamp()));
                })
        );
        load.Elapsed = Stopwatch.GetElapsedTime(start);
        return load;
    }

    /// <summary>
    /// Open: they arrive at random, whether those before them have ended or not, and their time counts from when they
    /// were to arrive. Tells latency.
    /// </summary>
    public static async Task<Load> OpenAsync(double perSecond, TimeSpan duration, Func<int, Load, long, Task> work)
    {
        var load = new Load();
        var start = Stopwatch.GetTimestamp();
        var due = TimeSpan.Zero;
        var waiting = new List<Task>();
        for (var i = 0; ; i++)
        {
            due += TimeSpan.FromSeconds(-Math.Log(1 - Random.Shared.NextDouble()) / perSecond);
            if (due > duration)
                break;
            var left = due - Stopwatch.GetElapsedTime(start);
            if (left > TimeSpan.Zero)
                await Task.Delay(left);
            waiting.RemoveAll(t => t.IsCompleted);
            if (waiting.Count > MaxWaiting)
            {
                load.Fail($"Over {MaxWaiting} at once: {perSecond:0.0}/s are too many.");
                break;
            }
            var (number, arrival) = (i, start + (long)(due.TotalSeconds * Stopwatch.Frequency));
            waiting.Add(load.TryAsync(() => work(number, load, arrival)));
        }
        await Task.WhenAll(waiting);
        load.Elapsed = Stopwatch.GetElapsedTime(start);
        return load;
    }

    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception e) when (e is LocalException or HttpRequestException or TimeoutException)
        {
            Fail(e.Message);
        }
    }

    /// <summary>Ids differ; what went wrong is told once, with its count.</summary>
    private void Fail(string message) =>
        errors.AddOrUpdate(message[..Math.Min(160, message.Length)], 1, (_, n) => n + 1);
}
