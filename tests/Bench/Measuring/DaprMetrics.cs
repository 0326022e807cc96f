using System.Globalization;

namespace Ticketing.Bench.Measuring;

/// <summary>What real sidecars and a real control plane tell at their metrics ports.</summary>
internal static class DaprMetrics
{
    /// <summary>Of a Go process.</summary>
    private const string CpuSeconds = "process_cpu_seconds_total";

    /// <summary>What all of them have taken so far; null: there are none.</summary>
    public static async Task<TimeSpan?> CpuAsync(IReadOnlyList<Uri> processes, CancellationToken ct) =>
        processes.Count == 0 ? null : TimeSpan.FromSeconds(await SumAsync(processes, CpuSeconds, ct));

    /// <summary>Over all processes and labels.</summary>
    public static async Task<double> SumAsync(IReadOnlyList<Uri> processes, string metric, CancellationToken ct)
    {
        using var http = new HttpClient();
        var sum = 0.0;
        foreach (var process in processes)
        foreach (var line in (await http.GetStringAsync(process, ct)).Split('\n'))
            if (line.StartsWith(metric, StringComparison.Ordinal) && line[metric.Length] is ' ' or '{')
                sum += double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
        return sum;
    }
}
