using System.Diagnostics;

namespace Ticketing.Bench.Measuring;

/// <summary>What one purchase cost: milliseconds of CPU, counts, and bytes of write-ahead log. Null: unknown.</summary>
internal sealed record Cost(
    double? Services,
    double? Postgres,
    double? Dapr,
    double Clients,
    double? RoundTrips,
    double? Commits,
    double? LogBytes,
    double? Activities,
    double? Timers,
    double? Turns,
    double? MemoryMiB,
    IReadOnlyList<Cost.Database> Databases
)
{
    internal sealed record Database(
        string Name,
        double Statements,
        double RoundTrips,
        double? Commits,
        double? LogBytes
    );

    /// <summary>What the idle loops and a mail now and then may still do.</summary>
    private const int QuietTransactions = 10;
    private static readonly TimeSpan QuietCpu = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan QuietLook = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan QuietLimit = TimeSpan.FromSeconds(60);

    /// <summary>A purchase's mails, documents and events are its cost too: waits until the system rests.</summary>
    public static async Task UntilQuietAsync(TestBed bed, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        for (var (quiet, before) = (0, await LookAsync(bed, ct)); quiet < 2; )
        {
            if (Stopwatch.GetElapsedTime(start) > QuietLimit)
            {
                Console.WriteLine($"The system did not come to rest within {QuietLimit.TotalSeconds} s.");
                return;
            }
            await Task.Delay(QuietLook, ct);
            var now = await LookAsync(bed, ct);
            quiet =
                now.Transactions - before.Transactions <= QuietTransactions && now.Cpu - before.Cpu <= QuietCpu
                    ? quiet + 1
                    : 0;
            before = now;
        }
    }

    private static async Task<(long Transactions, TimeSpan Cpu)> LookAsync(TestBed bed, CancellationToken ct) =>
        (
            bed.Postgres is null ? 0 : (await DatabaseFigures.ReadAsync(bed.Postgres, ct)).TransactionId,
            bed.ServicesCpu() ?? TimeSpan.Zero
        );

    public static async Task<Beginning> BeginAsync(TestBed bed, BenchOptions options, CancellationToken ct) =>
        new(
            bed,
            options,
            await WorkflowFigures.BeginAsync(bed.Postgres, options.DaprMetrics, ct),
            bed.Postgres is null ? null : await DatabaseFigures.ReadAsync(bed.Postgres, ct),
            await bed.PostgresCpuAsync(ct),
            bed.ServicesCpu(),
            await DaprMetrics.CpuAsync(options.DaprMetrics, ct),
            Environment.CpuUsage.TotalTime
        );

    internal sealed record Beginning(
        TestBed TestBed,
        BenchOptions Options,
        long? Workflows,
        DatabaseFigures? Figures,
        TimeSpan? Postgres,
        TimeSpan? Services,
        TimeSpan? Dapr,
        TimeSpan Clients
    )
    {
        /// <summary>When all that the purchases caused is done.</summary>
        public async Task<Cost> EndAsync(int purchases, CancellationToken ct)
        {
            var clients = Environment.CpuUsage.TotalTime - Clients;
            await UntilQuietAsync(TestBed, ct);
            var services = TestBed.ServicesCpu() - Services;
            var dapr = await DaprMetrics.CpuAsync(Options.DaprMetrics, ct) - Dapr;
            var postgres = await TestBed.PostgresCpuAsync(ct) - Postgres;
            var figures = Figures is null
                ? null
                : await Figures.UntilAsync(
                    await DatabaseFigures.ReadAsync(TestBed.Postgres!, ct),
                    TestBed.Postgres!,
                    ct
                );
            var workflows = await WorkflowFigures.SinceAsync(Workflows, TestBed.Postgres, Options.DaprMetrics, ct);
            double n = purchases;
            return new(
                services?.TotalMilliseconds / n,
                postgres?.TotalMilliseconds / n,
                dapr?.TotalMilliseconds / n,
                clients.TotalMilliseconds / n,
                figures?.RoundTrips / n,
                figures?.Commits / n,
                figures?.LogBytes / n,
                workflows.Activities / n,
                workflows.Timers / n,
                workflows.Turns / n,
                TestBed.ServicesMemory() / 1024.0 / 1024.0,
                [
                    .. (figures?.ByDatabase ?? new Dictionary<string, (long, long, long?, long?)>()).Select(
                        d => new Database(
                            d.Key,
                            d.Value.Statements / n,
                            d.Value.RoundTrips / n,
                            d.Value.Commits / n,
                            d.Value.LogBytes / n
                        )
                    ),
                ]
            );
        }
    }
}
