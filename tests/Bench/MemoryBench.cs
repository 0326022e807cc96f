using Ticketing.Bench.Measuring;

namespace Ticketing.Bench;

/// <summary>What the services keep in memory after the first part of many purchases, and after all of them.</summary>
internal static class MemoryBench
{
    private const int Parts = 10;

    public static async Task RunAsync(TestBed bed, BenchOptions options, Report report, CancellationToken ct)
    {
        var buyers = await Buyer.RegisterAsync(bed.Url, options.Buyers, ct);
        var (left, failed) = (0, new Dictionary<string, int>());
        var resident = new List<double>();
        Console.WriteLine($"{options.Purchases} purchases");
        for (var part = 1; part <= Parts; part++)
        {
            left = options.Purchases / Parts;
            // A person may have so many tickets of one.
            var show = await Show.PublishAsync(bed.Url, types: 1, ct);
            var load = await Load.ClosedAsync(
                buyers.Count,
                TimeSpan.MaxValue,
                async (i, load, began) =>
                {
                    if (Interlocked.Decrement(ref left) < 0)
                        load.End();
                    else
                        await buyers[i].BuyAsync(show, load, began, ct);
                }
            );
            await Cost.UntilQuietAsync(bed, ct);
            foreach (var (message, count) in load.Errors)
                report.Fail($"{count} × {message}");
            if (bed.ServicesMemory() is { } bytes)
                resident.Add(bytes / 1024.0 / 1024.0);
            Report.Line(
                $"after {part * options.Purchases / Parts} purchases",
                resident.Count == 0 ? null : resident[^1],
                "MiB",
                $"{load.PerSecond("purchase"):0.0}/s"
            );
        }
        foreach (var buyer in buyers)
            buyer.Dispose();
        report.Add(
            "memory",
            ("purchases", options.Purchases),
            ("firstTenthMiB", resident.FirstOrDefault()),
            ("allMiB", resident.LastOrDefault()),
            ("mostMiB", resident.DefaultIfEmpty().Max())
        );
    }
}
