using Npgsql;
using Ticketing.Bench.Measuring;
using Ticketing.Local;
using Ticketing.Local.Auditing;
using Ticketing.Local.Hosting;
using Ticketing.LocalPostgres;

namespace Ticketing.Bench.Growth;

/// <param name="Findings">The invariants of the filled databases, before anything ran on them: a fill that breaks them fills with
/// what cannot be.</param>
/// <param name="Called">The operations of the API documents that the corpus called.</param>
internal sealed record GrowthResult(
    double Ratio,
    IReadOnlyList<Growing> Statements,
    IReadOnlyList<Violation> Violations,
    IReadOnlyList<Finding> Findings,
    IReadOnlySet<string> Called
);

/// <summary>
/// Runs the same with few orders in the databases and with many: start-up, every route, the loops and gauges; and compares
/// what each statement read.
/// </summary>
internal static class GrowthRun
{
    /// <summary>The least that a fill makes.</summary>
    private const int Thousand = 1_000;

    /// <summary>How often what seems to grow is looked at again.</summary>
    private const int Looks = 3;

    /// <param name="idle">How long the loops run; hourly ones run once at the start.</param>
    public static async Task<GrowthResult> RunAsync(
        string folder,
        int small,
        int large,
        TimeSpan idle,
        IProgress<string> progress,
        CancellationToken ct
    )
    {
        await using var cluster = await MeasuredPostgres.StartAsync(folder, ct, durable: false, logged: true);
        var system = new LocalOptions
        {
            DataDirectory = Path.Combine(folder, "system"),
            Postgres = cluster.ConnectionString,
            Port = FreePort.Next(),
            Settings = Settings(),
        };
        progress.Report("Migrating, with the demo's data");
        await using (await LocalSystem.StartAsync(system, progress, ct)) { }

        var few = await MeasureAsync(0, small);
        var findings = await Auditor.RunAsync(cluster.ConnectionStringFor, TimeProvider.System.GetUtcNow(), ct);
        await Plans.LogAsync(cluster, Filling.Databases.Append(ServiceCatalog.Dapr), ct);
        var many = await MeasureAsync(small, large);

        var ratio = (double)large / small;
        var statements = Pair(few.Costs, many.Costs);
        for (var looks = 0; looks < Looks && GrowthRule.OfBlocks(statements, ratio).Any(); looks++)
        {
            // Of a few calls one that met the vacuum makes a figure; what grows, grows again.
            progress.Report("Looking again at what seems to grow");
            var have = large + (looks * Thousand);
            var again = await MeasureAsync(have, have + Thousand);
            statements =
            [
                .. statements.Select(s =>
                    again.Costs.TryGetValue((s.Large.Database, s.Large.Query), out var other)
                    && other.Blocks < s.Large.Blocks
                        ? s with
                        {
                            Large = other,
                        }
                        : s
                ),
            ];
        }
        var tables = await TableSizes.ReadAsync(cluster, Filling.Databases.Append(ServiceCatalog.Dapr), ct);
        var plans = await Plans.ReadAsync(cluster, ct);
        return new(
            ratio,
            statements,
            [
                .. GrowthRule.OfBlocks(statements, ratio),
                .. GrowthRule.OfPlans(
                    plans,
                    (database, table) => tables.GetValueOrDefault((database, table))?.Blocks ?? 0
                ),
            ],
            findings,
            many.Called
        );

        async Task<(
            IReadOnlyDictionary<(string Database, string Query), StatementCost> Costs,
            IReadOnlySet<string> Called
        )> MeasureAsync(int below, int upTo)
        {
            progress.Report($"Filling up to {upTo} orders");
            await Filling.RunAsync(cluster, below, upTo, ct);
            var sale = await Sale.FindAsync(cluster, upTo, ct);
            await StatementCosts.ResetAsync(cluster, ct);
            progress.Report("Calling every route");
            await using var running = await LocalSystem.StartAsync(system, new Progress<string>(), ct);
            var called = await Corpus.RunAsync(new Uri(system.BaseUrl), system.DataDirectory, sale, ct);
            await Task.Delay(idle, ct);
            return (await StatementCosts.ReadAsync(cluster, ct), called);
        }
    }

    /// <summary>The embedded runtime's database and the sandbox's are not filled.</summary>
    private static List<Growing> Pair(
        IReadOnlyDictionary<(string Database, string Query), StatementCost> few,
        IReadOnlyDictionary<(string Database, string Query), StatementCost> many
    ) =>
        [
            .. few
                .Values.Where(c => Filling.Databases.Contains(c.Database) && many.ContainsKey((c.Database, c.Query)))
                .Select(c => new Growing(c, many[(c.Database, c.Query)])),
        ];

    /// <summary>Gauges are read only where somebody reads them, and loops look often enough to be seen.</summary>
    private static Dictionary<string, string[]> Settings() =>
        Filling.Databases.ToDictionary(
            name => name,
            name =>
                new[]
                {
                    $"Metrics:Port={FreePort.Next()}",
                    "Metrics:SampleSeconds=2",
                    "Metrics:AuditSeconds=2",
                    "Tickets:SweepSeconds=1",
                    "Products:SweepSeconds=1",
                    "Payments:CheckSeconds=1",
                    "Payments:LedgerClosingSeconds=2",
                }
        );
}
