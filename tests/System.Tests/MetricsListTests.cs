using System.Text.RegularExpressions;
using Ticketing.TestKit;

namespace Ticketing.System.Tests;

/// <summary>services/METRICS.md names every metric of ours: the list that alerts and dashboards are written by.</summary>
public sealed partial class MetricsListTests
{
    internal static readonly string Text = File.ReadAllText(
        Path.Combine(TestSystem.RepositoryRoot, "services", "METRICS.md")
    );

    /// <summary>Type by name.</summary>
    internal static IReadOnlyDictionary<string, string> Listed { get; } =
        Row().Matches(Text).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);

    /// <summary>What the services' sources create, by the name that Prometheus reads, but for a counter's _total.</summary>
    private static HashSet<string> Created() =>
        [
            .. Directory
                .GetFiles(Path.Combine(TestSystem.RepositoryRoot, "services"), "*.cs", SearchOption.AllDirectories)
                .SelectMany(file => Instrument().Matches(File.ReadAllText(file)))
                .Select(m => m.Groups[1].Value.Replace('.', '_') + (m.Groups[2].Value == "s" ? "_seconds" : "")),
        ];

    private static IEnumerable<string> Differences(IEnumerable<string> created, IEnumerable<string> listed)
    {
        var own = listed
            .Where(name => name.StartsWith("ticketing_", StringComparison.Ordinal))
            .Select(name => Regex.Replace(name, "_total$", ""))
            .ToHashSet();
        return
        [
            .. created.Except(own).Select(name => $"{name} is not in the list"),
            .. own.Except(created).Select(name => $"nobody creates {name}"),
        ];
    }

    [Fact]
    public void The_list_names_what_the_services_create()
    {
        Assert.True(Created().Count > 20);
        Assert.Empty(Differences(Created(), Listed.Keys));
    }

    [Fact]
    public void A_metric_too_few_or_too_many_is_found()
    {
        Assert.Equal(
            ["ticketing_mails is not in the list"],
            Differences(Created(), Listed.Keys.Where(name => name != "ticketing_mails_total"))
        );
        Assert.Equal(
            ["nobody creates ticketing_males"],
            Differences(Created(), Listed.Keys.Append("ticketing_males_total"))
        );
    }

    [GeneratedRegex(@"^\| `(\w+)` \| (\w+)", RegexOptions.Multiline)]
    private static partial Regex Row();

    // A name, then its unit; or what an observable instrument asks.
    [GeneratedRegex("\"(ticketing\\.[a-z_.]+)\",\\s*(?:(?:unit: )?\"([^\"]*)\"|\\w)")]
    private static partial Regex Instrument();
}
