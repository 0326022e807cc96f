using Ticketing.Bench.Measuring;
using Ticketing.Contracts;

namespace Ticketing.Bench;

/// <summary>
/// Holds over REST by connections that ask again as soon as they are answered, with a token and a key each: of one hot
/// ticket type, of a hundred, of seats. Asked of Tickets itself, as the constant endpoint is; the hot type also through
/// the Gateway.
/// </summary>
internal static class HoldsBench
{
    private const int Connections = 256;
    private const int Types = 100;

    /// <summary>More at a time are refused.</summary>
    private const int HoldsOfBuyer = 4;

    /// <summary>Enough for four times as many holds a second.</summary>
    private const int TokensASecond = 2_500;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    private sealed record Round(double? Naive, HttpLoad Constant, IReadOnlyDictionary<string, HttpLoad> Loads);

    public static async Task RunAsync(TestBed bed, BenchOptions options, Report report, CancellationToken ct)
    {
        var duration = options.Duration < Longest ? options.Duration : Longest;
        var maker = await Tokens.OpenAsync(bed.Url, bed.Folder, ct);
        Console.WriteLine("Warming up");
        await RoundAsync(bed, maker, WarmUp, ct);
        var rounds = new List<Round>();
        for (var i = 1; i <= options.Repeats; i++)
        {
            Console.WriteLine($"Round {i} of {options.Repeats}");
            rounds.Add(await RoundAsync(bed, maker, duration, ct));
        }
        Tell(report, rounds);
    }

    /// <summary>Each load has a session of its own, so that the same buyers may hold again; each round new buyers.</summary>
    private static async Task<Round> RoundAsync(TestBed bed, Tokens maker, TimeSpan duration, CancellationToken ct)
    {
        var tokens = Enumerable
            .Range(0, (int)(TokensASecond * duration.TotalSeconds))
            .Select(_ => maker.Of(Guid.CreateVersion7()))
            .ToList();
        var tickets = bed.AddressOf(AppIds.Tickets);
        var hot = await Show.PublishAsync(bed.Url, types: 1, ct);
        var again = await Show.PublishAsync(bed.Url, types: 1, ct);
        var calm = await Show.PublishAsync(bed.Url, types: 1, ct);
        var hundred = await Show.PublishAsync(bed.Url, Types, ct);
        var seated = await Show.PublishSeatedAsync(bed.Url, ct);
        await Cost.UntilQuietAsync(bed, ct);
        var naive = await NaiveHolds.MeasureAsync(bed.Postgres, duration, ct);
        var constant = await LoadAsync(bed.Constant, tokens, duration, i => "{}", ct);
        var loads = new Dictionary<string, HttpLoad>
        {
            ["hot"] = await HoldAsync(tickets, hot, i => Quantity(hot, i)),
            ["hundred"] = await HoldAsync(tickets, hundred, i => Quantity(hundred, i)),
            ["seats"] = await HoldAsync(tickets, seated, i => Seat(seated, i)),
            ["gateway"] = await HoldAsync(bed.Url, again, i => Quantity(again, i)),
        };
        // As many waiting as there are connections says little of how long one takes.
        loads["calm"] = await HoldAsync(tickets, calm, i => Quantity(calm, i), loads["hot"].PerSecond / 2);
        return new(naive, constant, loads);

        Task<HttpLoad> HoldAsync(Uri origin, Show show, Func<int, string?> item, double? perSecond = null) =>
            LoadAsync(
                new(origin, "/api/v1/holds"),
                tokens,
                duration,
                i => item(i) is { } one ? $$"""{"sessionId":"{{show.SessionId}}","items":[{{one}}]}""" : null,
                ct,
                perSecond
            );
    }

    private static string Quantity(Show show, int i) =>
        $$"""{"ticketTypeId":"{{show.Types[i % show.Types.Count]}}","quantity":1}""";

    private static string? Seat(Show show, int i) =>
        i < show.Seats.Count ? $$"""{"ticketTypeId":"{{show.Types[0]}}","seatIds":["{{show.Seats[i]}}"]}""" : null;

    private static Task<HttpLoad> LoadAsync(
        Uri url,
        IReadOnlyList<string> tokens,
        TimeSpan duration,
        Func<int, string?> body,
        CancellationToken ct,
        double? perSecond = null
    )
    {
        var sent = -1;
        return HttpLoad.RunAsync(
            url,
            Connections,
            duration,
            _ =>
            {
                var i = Interlocked.Increment(ref sent);
                return i / HoldsOfBuyer < tokens.Count && body(i) is { } json
                    ? HttpLoad.Post(url, tokens[i / HoldsOfBuyer], json)
                    : null;
            },
            ct,
            perSecond
        );
    }

    private static void Tell(Report report, List<Round> rounds)
    {
        foreach (
            var (load, (status, count)) in rounds.SelectMany(r =>
                r.Loads.SelectMany(l => l.Value.Refused.Select(f => (l.Key, f)))
            )
        )
            report.Fail($"holds, {load}: {count} answers of {status}");
        var naive = Median.Of(rounds.Select(r => r.Naive));
        Console.WriteLine();
        Console.WriteLine(
            $"Holds: medians of {rounds.Count} rounds, {Connections} connections, clients on the same cores"
        );
        Report.Line("naive holds (16 clients, no HTTP)", naive, "/s");
        Report.Line("constant endpoint", Median.Of(rounds.Select(r => (double?)r.Constant.PerSecond)), "/s");
        foreach (
            var (load, name) in new[]
            {
                ("hot", "one hot type"),
                ("calm", "one hot type, at half of that"),
                ("hundred", $"{Types} types"),
                ("seats", "seats"),
                ("gateway", "one hot type, through the Gateway"),
            }
        )
        {
            double? Of(Func<Round, double?> figure) => Median.Of(rounds.Select(figure));
            var perSecond = Of(r => r.Loads[load].PerSecond);
            var p99 = Of(r => r.Loads[load].P99Ms);
            // Ratios within a round: its neighbours in time.
            var timesNaive = Of(r => r.Loads[load].PerSecond / r.Naive);
            var timesConstant = Of(r => r.Loads[load].PerSecond / r.Constant.PerSecond);
            Report.Line(
                name,
                perSecond,
                "/s",
                $"p99 {p99:0.0} ms; × naive {timesNaive:0.0}; × constant {timesConstant:0.00}"
            );
            report.Add(
                "holds",
                ($"{load}PerSecond", perSecond),
                ($"{load}P99Ms", p99),
                ($"{load}TimesNaive", timesNaive),
                ($"{load}TimesConstant", timesConstant)
            );
        }
    }
}
