using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ticketing.Charts.Tests;

/// <summary>Rules, their unit tests (which promtool runs), their runbooks and who is told, as files.</summary>
public sealed partial class AlertTests
{
    internal static readonly string Runbooks = Path.Combine(Repository.Chart, "runbooks");
    private static readonly List<JsonNode> Alerts = [.. Read("rules").Where(r => r.Text("alert") != "")];

    internal static IEnumerable<JsonNode> Read(string folder) =>
        Files(folder).SelectMany(f => f.Items("groups")).SelectMany(g => g.Items("rules"));

    private static IEnumerable<JsonObject> Files(string folder) =>
        Directory
            .GetFiles(Path.Combine(Repository.Chart, folder), "*.yaml")
            .Select(f => Yaml.Documents(File.ReadAllText(f)).Single());

    private static IEnumerable<string> Names => Alerts.Select(a => a.Text("alert")).Distinct().Order();

    [Fact]
    public void Every_alert_has_a_runbook_and_every_runbook_an_alert()
    {
        var runbooks = Directory.GetFiles(Runbooks, "*.md").Select(Path.GetFileNameWithoutExtension);
        Assert.Equal(Names, runbooks.Where(n => n != "README").Order());
    }

    [Fact]
    public void Every_alert_is_tested_to_fire_and_to_be_silent_and_no_other()
    {
        var cases = Files(Path.Combine("rules", "tests"))
            .SelectMany(f => f.Items("tests"))
            .SelectMany(t => t.Items("alert_rule_test"))
            .ToLookup(c => c.Text("alertname"), c => c.Items("exp_alerts").ToList());
        Assert.Equal(Names, cases.Select(c => c.Key).Order());
        Assert.Empty(Names.Where(n => cases[n].All(c => c.Count == 0)).Select(n => $"{n} never fires"));
        Assert.Empty(Names.Where(n => cases[n].All(c => c.Count > 0)).Select(n => $"{n} is never silent"));
        foreach (var rule in Alerts)
            Assert.Contains(
                cases[rule.Text("alert")].SelectMany(c => c),
                e => e.Text("exp_labels/severity") == rule.Text("labels/severity")
            );
    }

    [Fact]
    public void The_index_lists_each_alert_under_its_severity()
    {
        var text = File.ReadAllText(Path.Combine(Runbooks, "README.md"));
        foreach (var (severity, title) in new[] { ("page", "| pages | |"), ("ticket", "| tickets | |") })
        {
            var table = text[text.IndexOf(title, StringComparison.Ordinal)..];
            table = table[..table.IndexOf("\n\n", StringComparison.Ordinal)];
            Assert.Equal(
                Alerts.Where(a => a.Text("labels/severity") == severity).Select(a => a.Text("alert")).Order(),
                Link().Matches(table).Select(m => m.Groups[1].Value).Order()
            );
        }
    }

    public static TheoryData<string> EachRunbook =>
        [.. Directory.GetFiles(Runbooks, "*.md").Select(f => Path.GetFileName(f)!)];

    [Theory, MemberData(nameof(EachRunbook))]
    public void A_runbook_says_what_it_must_and_speaks_of_what_exists(string file)
    {
        var text = File.ReadAllText(Path.Combine(Runbooks, file));
        Assert.Empty(Problems(file, text));
    }

    [Theory]
    [InlineData("## Look", "## Watch", "Look")]
    [InlineData("ticketing_outbox_pending", "ticketing_outbox_waiting", "ticketing_outbox_waiting")]
    [InlineData("(ServiceDown.md)", "(ServicesDown.md)", "ServicesDown.md")]
    public void A_mistake_in_a_runbook_is_found(string was, string becomes, string found)
    {
        var text = File.ReadAllText(Path.Combine(Runbooks, "OutboxLags.md"));
        Assert.Empty(Problems("OutboxLags.md", text));
        Assert.Contains(was, text);
        Assert.Contains(
            Problems("OutboxLags.md", text.Replace(was, becomes, StringComparison.Ordinal)),
            p => p.Contains(found, StringComparison.Ordinal)
        );
    }

    private static IEnumerable<string> Problems(string file, string text)
    {
        if (file != "README.md")
        {
            string[] parts =
            [
                $"# {Path.GetFileNameWithoutExtension(file)}\n",
                "**Means.** ",
                "**Impact.** ",
                "## Look\n",
                "## Fix\n",
                "## Verify\n",
            ];
            foreach (var part in parts.Where(p => !text.Contains(p, StringComparison.Ordinal)))
                yield return $"says nothing of {part.Trim()}";
        }
        foreach (Match m in Target().Matches(text))
            if (!Path.Exists(Path.Combine(Runbooks, m.Groups[1].Value)))
                yield return $"links to {m.Groups[1].Value}";
        foreach (Match m in Query().Matches(text))
        foreach (
            var name in Promql.Names(m.Groups[1].Value).Where(n => !Promql.IsKnown(n) && !InRunbooksOnly.Contains(n))
        )
            yield return $"asks for {name}, which nobody exports";
        foreach (Match m in Script().Matches(text))
            if (!File.Exists(Repository.PathOf(m.Value)))
                yield return $"runs {m.Value}";
    }

    /// <summary>The kubelet's, Prometheus's own, and what no alert needs.</summary>
    private static readonly string[] InRunbooksOnly =
    [
        "container_memory_working_set_bytes",
        "dapr_scheduler_concurrency_pending",
        "dapr_scheduler_sidecar_errors_total",
        "dapr_runtime_workflow_activity_payload_size_ratio_bucket",
    ];

    [Fact]
    public async Task In_another_namespace_rules_and_dashboards_look_there()
    {
        var yaml = await Helm.TemplateAsync("production", "--namespace", "shows", "--set", "dapr.namespace=dapr");
        var named = NamespaceLabel().Matches(yaml).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.Equal(["dapr", "shows"], named.Order());
        // And what is of the whole cluster is not the first release's.
        foreach (var priority in Yaml.Documents(yaml).Where(m => m.Kind() == "PriorityClass"))
            Assert.StartsWith("shows-", priority.Name());
    }

    [Fact]
    public void Whoever_watches_a_rollout_asks_for_a_severity_that_the_alerts_have()
    {
        var script = File.ReadAllText(Repository.PathOf("infra", "cluster", "watch-rollout.sh"));
        var asked = Severity().Match(script).Groups[1].Value;
        Assert.Contains(Alerts, a => a.Text("labels/severity") == asked);
    }

    [Fact]
    public void Each_severity_reaches_somebody()
    {
        var path = Path.Combine(Repository.Chart, "alertmanager.yaml");
        var config = Yaml.Documents(File.ReadAllText(path)).Single();
        var receivers = config.Items("receivers").Select(r => r.Text("name")).ToHashSet();
        var routes = config.Items("route/routes").ToList();
        Assert.Contains(config.Text("route/receiver"), receivers);
        foreach (var severity in Alerts.Select(a => a.Text("labels/severity")).Distinct())
        {
            var route = Assert.Single(routes, r => r.Texts("matchers").Any(m => m == $"severity = {severity}"));
            Assert.Contains(route.Text("receiver"), receivers);
        }
        foreach (var named in AlertName().Matches(File.ReadAllText(path)).SelectMany(m => m.Groups[1].Value.Split('|')))
            Assert.Contains(named, Names.Append("Watchdog"));
    }

    [Fact]
    public void The_alarms_of_AWS_name_runbooks_that_exist()
    {
        var watch = File.ReadAllText(Repository.PathOf("infra", "terraform", "modules", "watch", "main.tf"));
        var named = Runbook().Matches(watch).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.Contains("MessagesDropped", named);
        Assert.Subset(Names.ToHashSet(), named);
        var alarms = Regex.Count(watch, "resource \"aws_cloudwatch_metric_alarm\"");
        Assert.True(alarms > 0 && Regex.Count(watch, @"alarm_description +=.*runbooks") == alarms);
    }

    [GeneratedRegex(@"\]\((\w+)\.md\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\]\(([\w./]+\.\w+)\)")]
    private static partial Regex Target();

    // In a rule, and in a dashboard's JSON within YAML.
    [GeneratedRegex(@"namespace=\\*""([\w-]+)")]
    private static partial Regex NamespaceLabel();

    [GeneratedRegex("promql '([^']+)'")]
    private static partial Regex Query();

    [GeneratedRegex(@"infra/[\w/-]+\.(sh|mjs)")]
    private static partial Regex Script();

    [GeneratedRegex("ALERTS\\{[^}]*severity=\"(\\w+)\"")]
    private static partial Regex Severity();

    [GeneratedRegex("alertname *(?:=|!=|=~) *([A-Z][\\w|]+)")]
    private static partial Regex AlertName();

    [GeneratedRegex("runbook += +\"(\\w+)\"")]
    private static partial Regex Runbook();
}
