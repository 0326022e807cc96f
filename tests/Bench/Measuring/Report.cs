using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ticketing.Bench.Growth;
using Ticketing.LocalPostgres;

namespace Ticketing.Bench.Measuring;

/// <summary>The figures, as a table for people and as JSON.</summary>
internal sealed class Report
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly JsonObject root = new()
    {
        ["machine"] = new JsonObject
        {
            ["cores"] = Environment.ProcessorCount,
            ["processor"] = Processor(),
            ["system"] = RuntimeInformation.OSDescription,
            ["runtime"] = RuntimeInformation.FrameworkDescription,
        },
    };

    private readonly List<string> failures = [];

    public void Fail(string failure) => failures.Add(failure);

    public void Describe(PostgresCluster postgres) => root["machine"]!["postgres"] = postgres.Description;

    /// <param name="figures">Rounded; null: unknown.</param>
    public void Add(string section, params IEnumerable<(string Name, double? Value)> figures)
    {
        var part = (JsonObject?)root[section] ?? [];
        root[section] = part;
        foreach (var (name, value) in figures)
            part[name] = value is { } known && double.IsFinite(known) ? Math.Round(known, 3) : null;
    }

    public void AddStatements(IEnumerable<Growing> statements) =>
        root["growth"] = new JsonObject
        {
            ["statements"] = new JsonArray([
                .. statements.Select(s => new JsonObject
                {
                    ["query"] = $"{s.Large.Database}: {s.Large.Query}",
                    ["blocksSmall"] = Math.Round(s.Small.Blocks, 1),
                    ["blocksLarge"] = Math.Round(s.Large.Blocks, 1),
                }),
            ]),
        };

    /// <summary>One line of the table.</summary>
    public static void Line(string name, double? value, string unit, string remark = "") =>
        Console.WriteLine(
            $"  {name, -44} {(value is { } v ? v.ToString(v < 10 ? "0.00" : "0.0", null) : "unknown"), 10} {unit, -6} {remark}"
        );

    /// <returns>The exit code.</returns>
    public async Task<int> EndAsync(string? file, CancellationToken ct)
    {
        Console.WriteLine();
        foreach (var failure in failures)
            Console.WriteLine($"FAILED: {failure}");
        if (file is not null)
            await File.WriteAllTextAsync(file, root.ToJsonString(Readable) + "\n", ct);
        return failures.Count == 0 ? 0 : 1;
    }

    private static string Processor() =>
        File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
                ?.Split(':', 2)[1]
                .Trim()
                ?? "unknown"
            : RuntimeInformation.ProcessArchitecture.ToString();
}
