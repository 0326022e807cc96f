using Ticketing.Bench.Growth;
using Ticketing.Bench.Measuring;

namespace Ticketing.Bench;

/// <summary>What each statement reads with few orders in the databases and with many, and whether that breaks the rule.</summary>
internal static class GrowthBench
{
    public static async Task RunAsync(BenchOptions options, Report report, CancellationToken ct)
    {
        var result = await GrowthRun.RunAsync(
            Path.Combine(options.Data, "growth"),
            options.Small,
            options.Large,
            options.Idle,
            new Told(),
            ct
        );
        Console.WriteLine();
        Console.WriteLine($"Growth: blocks a call with {options.Small} and with {options.Large} orders");
        var grown = result.Statements.OrderByDescending(s => s.Large.Blocks - s.Small.Blocks).ToList();
        foreach (var statement in grown.Take(20))
            Console.WriteLine(
                $"  {statement.Small.Blocks, 8:0.0} {statement.Large.Blocks, 10:0.0}  {statement.Large.Database, -14} {statement.Large.Query[..Math.Min(110, statement.Large.Query.Length)]}"
            );
        Console.WriteLine($"  {result.Statements.Count} statements compared, {result.Violations.Count} violations");
        foreach (var violation in result.Violations)
            report.Fail($"{violation.Database} {violation.What}: {violation.Query}");
        foreach (var finding in result.Findings.Where(f => !f.Ok))
            report.Fail($"the fill: {finding.Id} {finding.Detail}");
        report.AddStatements(grown);
    }

    private sealed class Told : IProgress<string>
    {
        public void Report(string value) => Console.WriteLine(value);
    }
}
