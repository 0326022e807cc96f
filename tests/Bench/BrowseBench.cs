using Ticketing.Bench.Measuring;
using Ticketing.Contracts;

namespace Ticketing.Bench;

/// <summary>
/// What everybody reads while an on-sale opens: the list of events, an event's page, what is left. Asked of the service
/// itself, as the constant endpoint is, and through the Gateway.
/// </summary>
internal static class BrowseBench
{
    private const int Connections = 256;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    private sealed record Page(string Name, string Title, Uri Url);

    private sealed record Round(HttpLoad Constant, IReadOnlyDictionary<string, HttpLoad> Loads);

    public static async Task RunAsync(TestBed bed, BenchOptions options, Report report, CancellationToken ct)
    {
        var duration = options.Duration < Longest ? options.Duration : Longest;
        var show = await Show.PublishAsync(bed.Url, types: 2, ct);
        var (events, tickets) = (bed.AddressOf(AppIds.Events), bed.AddressOf(AppIds.Tickets));
        Page[] pages =
        [
            new("list", "list of events", new(events, "/api/v1/events?limit=20")),
            new("event", "an event's page", new(events, show.Page.AbsolutePath)),
            new("availability", "what is left", new(tickets, $"/api/v1/sessions/{show.SessionId}/availability")),
            new("gateway", "an event's page, through the Gateway", show.Page),
        ];
        var token = (await Tokens.OpenAsync(bed.Url, bed.Folder, ct)).Of(Guid.CreateVersion7());
        Console.WriteLine("Warming up");
        await RoundAsync(WarmUp);
        var rounds = new List<Round>();
        for (var i = 1; i <= options.Repeats; i++)
        {
            Console.WriteLine($"Round {i} of {options.Repeats}");
            rounds.Add(await RoundAsync(duration));
        }
        Tell(report, pages, rounds);

        async Task<Round> RoundAsync(TimeSpan time)
        {
            var constant = await ReadAsync(bed.Constant, token);
            var loads = new Dictionary<string, HttpLoad>();
            foreach (var page in pages)
                loads[page.Name] = await ReadAsync(page.Url, null);
            return new(constant, loads);

            Task<HttpLoad> ReadAsync(Uri url, string? bearer)
            {
                var request = HttpLoad.Get(url, bearer);
                return HttpLoad.RunAsync(url, Connections, time, _ => request, ct);
            }
        }
    }

    private static void Tell(Report report, Page[] pages, List<Round> rounds)
    {
        Console.WriteLine();
        Console.WriteLine($"Browsing: medians of {rounds.Count} rounds, {Connections} connections");
        Report.Line("constant endpoint", Median.Of(rounds.Select(r => (double?)r.Constant.PerSecond)), "/s");
        foreach (var page in pages)
        {
            foreach (var (status, count) in rounds.SelectMany(r => r.Loads[page.Name].Refused))
                report.Fail($"{page.Title}: {count} answers of {status}");
            double? Of(Func<Round, double?> figure) => Median.Of(rounds.Select(figure));
            var perSecond = Of(r => r.Loads[page.Name].PerSecond);
            var p99 = Of(r => r.Loads[page.Name].P99Ms);
            var times = Of(r => r.Loads[page.Name].PerSecond / r.Constant.PerSecond);
            Report.Line(page.Title, perSecond, "/s", $"p99 {p99:0.0} ms; × constant {times:0.00}");
            report.Add(
                "browse",
                ($"{page.Name}PerSecond", perSecond),
                ($"{page.Name}P99Ms", p99),
                ($"{page.Name}TimesConstant", times)
            );
        }
    }
}
