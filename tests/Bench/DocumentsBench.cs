using Ticketing.Bench.Measuring;
using Ticketing.Contracts;
using Ticketing.Local;

namespace Ticketing.Bench;

/// <summary>
/// What a PDF costs when it is drawn: an order's is, at each request. Of orders with few and with many tickets, so that what a
/// request costs anyhow is told apart.
/// </summary>
internal static class DocumentsBench
{
    private const int Connections = 4;
    private const int Many = 8;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    public static async Task RunAsync(TestBed bed, BenchOptions options, Report report, CancellationToken ct)
    {
        var duration = options.Duration < Longest ? options.Duration : Longest;
        var show = await Show.PublishAsync(bed.Url, types: 1, ct);
        using var buyer = (await Buyer.RegisterAsync(bed.Url, 1, ct))[0];
        var one = await PathAsync(1);
        var many = await PathAsync(Many);
        var token = await buyer.TokenAsync(ct);
        Console.WriteLine("Warming up");
        foreach (var path in new[] { one, many })
            await CpuAsync(path, WarmUp);
        var (ofOne, ofMany) = (new List<double?>(), new List<double?>());
        for (var i = 1; i <= options.Repeats; i++)
        {
            Console.WriteLine($"Round {i} of {options.Repeats}");
            ofOne.Add(await CpuAsync(one, duration));
            ofMany.Add(await CpuAsync(many, duration));
        }
        Console.WriteLine();
        Console.WriteLine($"Documents, drawn at each request: medians of {options.Repeats} rounds");
        var single = Median.Of(ofOne);
        var page = (Median.Of(ofMany) - single) / (Many - 1);
        Report.Line("CPU of a PDF with one ticket, its request included", single, "ms");
        Report.Line("CPU of each further ticket", page, "ms");
        report.Add("documents", ("cpuMsOfOne", single), ("cpuMsOfEachFurther", page));

        async Task<Uri> PathAsync(int tickets)
        {
            string? order = null;
            var bought = await Load.ClosedAsync(
                1,
                TimeSpan.MaxValue,
                async (_, load, began) =>
                {
                    load.End();
                    order = await buyer.BuyAsync(show, load, began, ct, tickets);
                }
            );
            var id =
                order
                ?? throw new LocalException($"No tickets could be bought: {string.Join("; ", bought.Errors.Keys)}");
            return new(bed.AddressOf(AppIds.Tickets), $"/api/v1/tickets/pdf?orderId={id}");
        }

        async Task<double?> CpuAsync(Uri path, TimeSpan time)
        {
            await Cost.UntilQuietAsync(bed, ct);
            var before = bed.ServicesCpu();
            var request = HttpLoad.Get(path, token);
            var load = await HttpLoad.RunAsync(path, Connections, time, _ => request, ct);
            foreach (var (status, count) in load.Refused)
                report.Fail($"{count} answers of {status}");
            return (bed.ServicesCpu() - before)?.TotalMilliseconds / (load.PerSecond * time.TotalSeconds);
        }
    }
}
