using System.Diagnostics;
using Ticketing.Bench.Growth;
using Ticketing.Bench.Measuring;

namespace Ticketing.Bench;

/// <summary>
/// Complete purchases on one hot ticket type: what they cost and how many there are when buyers buy one after the other
/// (closed), how long one takes when they come at half of that rate (open).
/// </summary>
internal static class PurchaseBench
{
    private const double OpenShare = 0.5;

    /// <summary>Until the runtime has compiled what is hot for good.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Compared = TimeSpan.FromSeconds(5);

    private sealed record Round(double? Naive, double Constant, Load Closed, Cost Cost, Load Open);

    public static async Task RunAsync(TestBed bed, BenchOptions options, Report report, CancellationToken ct)
    {
        var show = await Show.PublishAsync(bed.Url, types: 1, ct);
        var buyers = await Buyer.RegisterAsync(bed.Url, options.Buyers, ct);
        Func<int, Load, long, Task> buy = (i, load, began) => buyers[i % buyers.Count].BuyAsync(show, load, began, ct);
        Console.WriteLine("Warming up");
        await Load.ClosedAsync(buyers.Count, WarmUp, buy);
        var rounds = new List<Round>();
        var sizes = bed.Postgres is { } empty ? await TableSizes.ReadAsync(empty, Filling.Databases, ct) : null;
        for (var i = 1; i <= options.Repeats; i++)
        {
            Console.WriteLine($"Round {i} of {options.Repeats}");
            // A person may have so many tickets of one.
            show = await Show.PublishAsync(bed.Url, types: 1, ct);
            var naive = await NaiveHolds.MeasureAsync(bed.Postgres, Compared, ct);
            var constant = await ConstantAsync(bed, buyers, ct);
            await Cost.UntilQuietAsync(bed, ct);
            var before = await Cost.BeginAsync(bed, options, ct);
            var closed = await Load.ClosedAsync(buyers.Count, options.Duration, buy);
            var cost = await before.EndAsync(closed.Count("purchase"), ct);
            var open = await Load.OpenAsync(OpenShare * closed.PerSecond("purchase"), options.Duration, buy);
            await Cost.UntilQuietAsync(bed, ct);
            rounds.Add(new(naive, constant, closed, cost, open));
        }
        foreach (var buyer in buyers)
            buyer.Dispose();
        Tell(report, rounds, options);
        if (bed.Postgres is not { } full || sizes is null)
            return;
        Console.WriteLine("Bytes a purchase, with indexes, before any vacuum:");
        var purchases = rounds.Sum(r => r.Closed.Count("purchase") + r.Open.Count("purchase"));
        var grown = (await TableSizes.ReadAsync(full, Filling.Databases, ct))
            .Select(t => (t.Key, Bytes: (double)(t.Value.Bytes - sizes[t.Key].Bytes) / purchases))
            // What a purchase does not touch.
            .Where(t => t.Bytes >= 1)
            .OrderByDescending(t => t.Bytes);
        foreach (var ((database, table), bytes) in grown)
            Report.Line($"  {database}.{table}", bytes, "");
    }

    private static async Task<double> ConstantAsync(TestBed bed, IReadOnlyList<Buyer> buyers, CancellationToken ct)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", await buyers[0].TokenAsync(ct));
        var load = await Load.ClosedAsync(
            buyers.Count,
            Compared,
            async (_, load, began) =>
            {
                using var answer = await http.GetAsync(bed.Constant, ct);
                answer.EnsureSuccessStatusCode();
                load.Note("answer", began);
            }
        );
        return load.PerSecond("answer");
    }

    private static void Tell(Report report, List<Round> rounds, BenchOptions options)
    {
        foreach (var (message, count) in rounds.SelectMany(r => r.Closed.Errors.Concat(r.Open.Errors)))
            report.Fail($"{count} × {message}");
        double? Of(Func<Round, double?> figure) => Median.Of(rounds.Select(figure));
        var perSecond = Of(r => r.Closed.PerSecond("purchase"));
        var (naive, constant) = (Of(r => r.Naive), Of(r => r.Constant));
        Console.WriteLine();
        Console.WriteLine(
            $"Purchases: medians of {rounds.Count} rounds, {options.Buyers} buyers, clients on the same cores"
        );
        Report.Line("purchases", perSecond, "/s");
        Report.Line("  × naive holds", perSecond / naive, "", $"of {naive:0}/s");
        Report.Line("  × constant endpoint", perSecond / constant, "", $"of {constant:0}/s");
        foreach (var step in new[] { "hold", "order", "pay", "paid to tickets", "purchase" })
            Report.Line(
                $"{step}, p50 at half of the load",
                Of(r => r.Open.At(step, 0.5)),
                "ms",
                $"p99 {Of(r => r.Open.At(step, 0.99)):0} ms; all at once {Of(r => r.Closed.At(step, 0.5)):0} and {Of(r => r.Closed.At(step, 0.99)):0} ms"
            );
        Report.Line("CPU per purchase, services", Of(r => r.Cost.Services), "ms");
        Report.Line("CPU per purchase, PostgreSQL", Of(r => r.Cost.Postgres), "ms");
        Report.Line("CPU per purchase, Dapr", Of(r => r.Cost.Dapr), "ms");
        Report.Line("CPU per purchase, clients", Of(r => r.Cost.Clients), "ms");
        Report.Line("round trips per purchase", Of(r => r.Cost.RoundTrips), "");
        Report.Line("writing commits per purchase", Of(r => r.Cost.Commits), "");
        Report.Line("write-ahead log per purchase", Of(r => r.Cost.LogBytes) / 1024, "KiB");
        foreach (var database in rounds[^1].Cost.Databases.OrderByDescending(d => d.RoundTrips))
            Report.Line(
                $"  {database.Name}, round trips",
                database.RoundTrips,
                "",
                $"{database.Statements:0.0} statements, {database.Commits?.ToString("0.0", null) ?? "unknown"} writing commits, {(database.LogBytes / 1024)?.ToString("0.0", null) ?? "unknown"} KiB of log"
            );
        Report.Line("activities per purchase", Of(r => r.Cost.Activities), "");
        Report.Line("timers per purchase", Of(r => r.Cost.Timers), "");
        Report.Line("workflow turns per purchase", Of(r => r.Cost.Turns), "");
        Report.Line("memory of the services", rounds[^1].Cost.MemoryMiB, "MiB");
        report.Add("machine", ("naiveHoldsPerSecond", naive), ("constantPerSecond", constant));
        report.Add(
            "purchase",
            ("perSecond", perSecond),
            ("p50Ms", Of(r => r.Open.At("purchase", 0.5))),
            ("p99Ms", Of(r => r.Open.At("purchase", 0.99))),
            ("cpuMsServices", Of(r => r.Cost.Services)),
            ("cpuMsPostgres", Of(r => r.Cost.Postgres)),
            ("roundTrips", Of(r => r.Cost.RoundTrips)),
            ("commits", Of(r => r.Cost.Commits)),
            ("logBytes", Of(r => r.Cost.LogBytes)),
            ("cpuMsDapr", Of(r => r.Cost.Dapr)),
            ("activities", Of(r => r.Cost.Activities)),
            ("timers", Of(r => r.Cost.Timers)),
            ("workflowTurns", Of(r => r.Cost.Turns)),
            ("paidToTicketsP99Ms", Of(r => r.Open.At("paid to tickets", 0.99)))
        );
    }
}
