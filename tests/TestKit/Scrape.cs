using System.Globalization;
using System.Text.RegularExpressions;

namespace Ticketing.TestKit;

/// <summary>One series of a scrape.</summary>
public sealed record Series(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>What <c>/metrics</c> said, in Prometheus' text format.</summary>
public sealed partial class Scrape(string text)
{
    /// <summary>Of an address's <c>/metrics</c>, asked for as Prometheus does.</summary>
    public static async Task<Scrape> OfAsync(params IEnumerable<int> ports)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.TryAddWithoutValidation(
            "Accept",
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
        );
        var scrapes = ports.Select(p => http.GetStringAsync($"http://127.0.0.1:{p}/metrics"));
        return new(string.Concat(await Task.WhenAll(scrapes)));
    }

    /// <summary>The type that the exposition declares, by name.</summary>
    public IReadOnlyDictionary<string, string> Types { get; } =
        Declaration()
            .Matches(text)
            .DistinctBy(m => m.Groups[1].Value)
            .ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);

    public IReadOnlyList<Series> Series { get; } =
    [
        .. Sample()
            .Matches(text)
            .Select(m => new Series(
                m.Groups[1].Value,
                Label().Matches(m.Groups[2].Value).ToDictionary(l => l.Groups[1].Value, l => l.Groups[2].Value),
                double.Parse(
                    m.Groups[3].Value.Replace("Inf", "Infinity", StringComparison.Ordinal),
                    CultureInfo.InvariantCulture
                )
            )),
    ];

    public IEnumerable<Series> Of(string name, params (string Label, string Value)[] labels) =>
        Series.Where(s =>
            s.Name == name && labels.All(l => s.Labels.TryGetValue(l.Label, out var value) && value == l.Value)
        );

    /// <summary>The sum of the series with these labels; 0 when there is none.</summary>
    public double Sum(string name, params (string Label, string Value)[] labels) => Of(name, labels).Sum(s => s.Value);

    public override string ToString() => text;

    [GeneratedRegex(@"^# TYPE (\S+) (\S+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Label();
}
