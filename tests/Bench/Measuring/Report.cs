using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ticketing.LocalPostgres;

namespace Ticketing.Bench.Measuring;

/// <summary>The figures, as a table for people and as JSON.</summary>
internal sealed class Report(PostgresCluster? postgres)
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
            ["postgres"] = postgres?.Description,
        },
    };

    public List<string> Failures { get; } = [];

    public void Fail(string failure) => Failures.Add(failure);

    /// <param name="figures">Rounded; null: unknown.</param>
    public void Add(string section, params IEnumerable<(string Name, double? Value)> figures)
    {
        var part = (JsonObject?)root[section] ?? [];
        root[section] = part;
        foreach (var (name, value) in figures)
            part[name] = value is { } known && double.IsFinite(known) ? Math.Round(known, 3) : null;
    }

    /// <summary>One line of the table.</summary>
    public static void Line(string name, double? value, string unit, string remark = "") =>
        Console.WriteLine(
            $"  {name, -44} {(value is { } v ? v.ToString(v < 10 ? "0.00" : "0.0", null) : "unknown"), 10} {unit, -6} {remark}"
        );

    public async Task EndAsync(string? file, CancellationToken ct)
    {
        Console.WriteLine();
        foreach (var failure in Failures)
            Console.WriteLine($"FAILED: {failure}");
        if (file is not null)
            await File.WriteAllTextAsync(file, root.ToJsonString(Readable) + "\n", ct);
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
