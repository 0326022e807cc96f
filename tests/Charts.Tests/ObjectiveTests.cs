using System.Text.RegularExpressions;

namespace Ticketing.Charts.Tests;

/// <summary>The objectives of rules/slo.yaml: of routes and buckets that exist, as the index of the runbooks says.</summary>
public sealed partial class ObjectiveTests
{
    /// <summary>As the Gateway's endpoints are called, which is the label.</summary>
    private static readonly List<(string Path, string App)> Routes =
    [
        .. Route()
            .Matches(File.ReadAllText(Repository.PathOf("services", "Gateway", "Routing", "ServiceRoutes.cs")))
            .Select(m => (m.Groups[1].Value, m.Groups[2].Value.ToLowerInvariant())),
    ];

    [Fact]
    public void An_objective_is_of_routes_that_the_Gateway_has_and_of_who_answers_them()
    {
        Assert.NotEmpty(Routes);
        foreach (var rule in AlertTests.Read("rules").Where(r => r.Text("labels/slo") != ""))
        foreach (Match m in RouteLabel().Matches(rule.Text("expr")))
            Assert.Contains(
                rule.Text("labels/service"),
                Routes.Where(r => Regex.IsMatch(r.Path, $"^(?:{m.Groups[1].Value})$")).Select(r => r.App)
            );
    }

    /// <summary>ASP.NET Core's own buckets, in seconds; those of our histograms are Buckets.Work.</summary>
    private static readonly string[] RequestBuckets =
    [
        "0.005",
        "0.01",
        "0.025",
        "0.05",
        "0.075",
        "0.1",
        "0.25",
        "0.5",
        "0.75",
        "1",
        "2.5",
        "5",
        "7.5",
        "10",
    ];

    [Fact]
    public void An_objective_ends_where_a_bucket_ends()
    {
        var source = File.ReadAllText(
            Repository.PathOf("services", "Shared", "ServiceDefaults", "MessagingMetrics.cs")
        );
        var work = Number()
            .Matches(source[source.IndexOf(" Work =", StringComparison.Ordinal)..].Split(']')[0])
            .Select(m => m.Value);
        foreach (var rule in AlertTests.Read("rules").Where(r => r.Text("labels/sli") == "latency"))
        {
            var bound = Bound().Matches(rule.Text("expr"))[^1].Groups[1].Value;
            Assert.Contains(bound, rule.Text("labels/slo") == "delivery" ? work : RequestBuckets);
        }
    }

    [Fact]
    public void The_objectives_in_the_index_are_those_of_the_rules()
    {
        var text = File.ReadAllText(Path.Combine(AlertTests.Runbooks, "README.md"));
        var recorded = AlertTests.Read("rules").Where(r => r.Text("record") == "slo:bad:rate5m").ToList();
        Assert.NotEmpty(recorded);
        foreach (var rule in recorded.Where(r => r.Text("labels/sli") == "latency"))
        {
            var bound = Bound().Matches(rule.Text("expr"))[^1].Groups[1].Value;
            Assert.Matches($@"\| {rule.Text("labels/slo")} \|.*\| 99 % within {Regex.Escape(bound)} s \|", text);
        }
    }

    [GeneratedRegex(@"\(""(/[^""]+)"", AppIds\.(\w+)\)")]
    private static partial Regex Route();

    [GeneratedRegex("http_route=~\"([^\"]+)\"")]
    private static partial Regex RouteLabel();

    [GeneratedRegex(@"[0-9]+(\.[0-9]+)?")]
    private static partial Regex Number();

    [GeneratedRegex("le=~?\"([0-9.]+)")]
    private static partial Regex Bound();
}
