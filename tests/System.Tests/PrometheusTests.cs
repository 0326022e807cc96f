using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ticketing.Charts.Tests;
using Ticketing.Local.Seeding;
using Ticketing.TestKit;

namespace Ticketing.System.Tests;

/// <summary>One process each, somebody who has bought and been admitted, and Prometheus.</summary>
public sealed class MeasuredSystem : IAsyncLifetime
{
    private const string Required = "CI";

    private readonly SystemOfProcesses system = new();
    private Prometheus? prometheus;

    internal Prometheus Prometheus
    {
        get
        {
            Assert.SkipWhen(prometheus is null, $"Not on the PATH: {string.Join(", ", Prometheus.Missing)}");
            return prometheus!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Prometheus.Missing.Count > 0)
        {
            Assert.False(
                Environment.GetEnvironmentVariable(Required) == "true",
                $"{Required} needs {string.Join(", ", Prometheus.Missing)} on the PATH"
            );
            return;
        }
        await system.InitializeAsync();
        await PurchaseAsync();
        prometheus = await Prometheus.StartAsync(system);
        await prometheus.UntilItAnswersAsync();
    }

    private async Task PurchaseAsync()
    {
        var show = await system.ShowAsync(capacity: 5, stock: 3);
        var buyer = await system.BuyerAsync();
        await buyer.Api.GetAsync("/api/v1/events", default);
        var order = await buyer.OrderByPixAsync(show, quantity: 1, show.ProductId);
        await buyer.PayAsync(order);
        await buyer.WaitForStatusAsync(order, "fulfilled");
        var ticket = Assert.Single(await buyer.TicketsAsync());
        var pdf = new TicketPdf(await buyer.Api.DownloadAsync($"/api/v1/tickets/{ticket.Id()}/pdf", default));
        using var door = await system.LogInAsync(SeedLogins.Door);
        // With a key, which is kept in the state store.
        await door.PostAsync(
            "/api/v1/check-ins",
            new { code = pdf.QrCode, gate = "A" },
            default,
            $"{Guid.CreateVersion7()}"
        );
        await Eventually.TrueAsync(async () =>
            (await buyer.Api.GetAsync($"/dev/mail?format=json&to={Uri.EscapeDataString(buyer.Email)}", default))[
                "items"
            ]!
                .AsArray()
                .Count > 0
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (prometheus is not null)
            await prometheus.DisposeAsync();
        if (prometheus is not null)
            await system.DisposeAsync();
    }
}

/// <summary>
/// Every rule, every query of a dashboard and every query of a runbook asks for what is there: evaluated by Prometheus
/// on the running system. What exists in a cluster only is named in metrics-not-on-one-machine.txt.
/// </summary>
public sealed partial class PrometheusTests(MeasuredSystem measured) : IClassFixture<MeasuredSystem>
{
    private static readonly int Targets = Local.Hosting.ServiceCatalog.All.Count + 2;

    private static readonly string[] NotHere =
    [
        .. File.ReadAllLines(
                Path.Combine(TestSystem.RepositoryRoot, "tests", "System.Tests", "metrics-not-on-one-machine.txt")
            )
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split(' ')[0]),
    ];

    private sealed record Query(string Where, string Expression)
    {
        /// <summary>As Grafana would send it.</summary>
        public string Sent =>
            Expression
                .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
                .Replace("$__range", "1h", StringComparison.Ordinal)
                .Replace("$service", "orders", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_target_of_the_target_file_answers()
    {
        var targets = await UntilAllAreUpAsync();
        Assert.All(targets, t => Assert.Equal("up", t.Value));
    }

    [Fact]
    public async Task Every_rule_can_be_evaluated()
    {
        await UntilAllAreUpAsync();
        var rules = await UntilAllAreEvaluatedAsync();
        Assert.NotEmpty(rules);
        Assert.All(rules, r => Assert.True(r.Health == "ok", $"{r.Name}: {r.Error}"));
    }

    [Fact]
    public async Task Every_query_can_be_evaluated()
    {
        var problems = new List<string>();
        foreach (var query in Queries())
            if (await measured.Prometheus.ProblemAsync(query.Sent) is { } problem)
                problems.Add($"{query.Where}: {problem}: {query.Expression}");
        Assert.Empty(problems);
        Assert.NotNull(await measured.Prometheus.ProblemAsync("sum by (service (up)"));
    }

    [Fact]
    public async Task Every_metric_that_is_asked_for_exists()
    {
        await UntilAllAreUpAsync();
        var rules = (await UntilAllAreEvaluatedAsync()).Select(r => new Query(r.Name, r.Expression)).ToList();
        Assert.NotEmpty(Queries());
        List<Query> all = [.. rules, .. Queries()];
        // What is recorded of what is recorded takes a few rounds.
        await EventuallyEmptyAsync(() => UnknownAsync(all));

        Query[] misspelt =
        [
            new("planted", "rate(ticketing_orders_reched_total[5m])"),
            new("planted", "sum(rate(dapr_component_pubsub_ingress_count_total[5m]))"),
        ];
        Assert.Equal(2, (await UnknownAsync(misspelt)).Count);
    }

    [Fact]
    public async Task Every_label_that_is_matched_exists()
    {
        await UntilAllAreUpAsync();
        List<Query> all =
        [
            .. (await UntilAllAreEvaluatedAsync()).Select(r => new Query(r.Name, r.Expression)),
            .. Queries(),
        ];
        await EventuallyEmptyAsync(() => WithoutLabelAsync(all));

        Query misspelt = new("planted", "sum(ticketing_orders_reached_total{state=\"Paid\"})");
        Assert.Single(await WithoutLabelAsync([misspelt]));
    }

    [Fact]
    public async Task The_list_of_what_is_not_here_says_nothing_else()
    {
        await UntilAllAreUpAsync();
        var asked = (await UntilAllAreEvaluatedAsync())
            .Select(r => r.Expression)
            .Concat(Queries().Select(q => q.Sent))
            .SelectMany(Promql.Names)
            .ToHashSet();
        var here = await measured.Prometheus.NamesAsync();
        Assert.Empty(Needless(NotHere, asked, here));

        Assert.Equal(
            ["ticketing_mails_total is here", "kubernetes_* is asked for by nobody"],
            Needless(["ticketing_mails_total", "kubernetes_*"], asked, here)
        );
    }

    [Fact]
    public async Task The_list_of_metrics_is_what_is_exported()
    {
        await UntilAllAreUpAsync();
        var types = await measured.Prometheus.TypesAsync();
        // Sampled at the start, but after the first scrape perhaps.
        await Eventually.GetAsync(
            async () => types = await measured.Prometheus.TypesAsync(),
            now => now.ContainsKey("ticketing_pools_unbalanced")
        );
        var ours = types.Where(t => Regex.IsMatch(t.Key, "^(ticketing|dapr)_")).ToDictionary(t => t.Key, t => t.Value);
        Assert.Empty(ours.Keys.Except(MetricsListTests.Listed.Keys));
        // No message was given up here, so there is no queue to count.
        Assert.Empty(MetricsListTests.Listed.Keys.Except(ours.Keys).Except(["dapr_embedded_dead_letters", .. NotHere]));
        Assert.All(ours, m => Assert.Equal((m.Key, MetricsListTests.Listed[m.Key]), (m.Key, m.Value)));
    }

    private Task<IReadOnlyDictionary<string, string>> UntilAllAreUpAsync() =>
        Eventually.GetAsync(
            measured.Prometheus.TargetsAsync,
            targets => targets.Count == Targets && targets.Values.All(health => health == "up")
        );

    private Task<IReadOnlyList<Prometheus.Rule>> UntilAllAreEvaluatedAsync() =>
        Eventually.GetAsync(
            measured.Prometheus.RulesAsync,
            rules => rules.Count > 0 && rules.All(r => r.Health != "unknown")
        );

    /// <summary>The text is what a failure shows.</summary>
    private static Task EventuallyEmptyAsync(Func<Task<List<string>>> problems) =>
        Eventually.GetAsync(async () => string.Join('\n', await problems()), text => text == "");

    private async Task<List<string>> UnknownAsync(IEnumerable<Query> queries)
    {
        var here = await measured.Prometheus.NamesAsync();
        return
        [
            .. queries.SelectMany(q =>
                Promql
                    .Names(q.Sent)
                    .Where(name => !here.Contains(name) && !IsElsewhere(name))
                    .Select(name => $"{q.Where}: nobody exports {name}")
            ),
        ];
    }

    private async Task<List<string>> WithoutLabelAsync(IEnumerable<Query> queries)
    {
        var problems = new List<string>();
        var pairs = queries
            .SelectMany(q =>
                Selector()
                    .Matches(q.Sent)
                    .SelectMany(s =>
                        Matcher()
                            .Matches(s.Groups[2].Value)
                            .Select(m => (Metric: s.Groups[1].Value, Label: m.Groups[1].Value))
                    )
                    .Select(p => (p, q.Where))
            )
            .Where(x => !IsElsewhere(x.p.Metric))
            .DistinctBy(x => x.p);
        foreach (var ((metric, label), where) in pairs)
            if (!await measured.Prometheus.HasAsync($"count({metric}{{{label}!=\"\"}})"))
                problems.Add($"{where}: {metric} has no label {label}");
        return problems;
    }

    private static IEnumerable<string> Needless(
        IEnumerable<string> entries,
        IReadOnlySet<string> asked,
        IReadOnlySet<string> here
    )
    {
        foreach (var entry in entries)
        {
            if (here.Any(name => Covers(entry, name)))
                yield return $"{entry} is here";
            if (!asked.Any(name => Covers(entry, name)))
                yield return $"{entry} is asked for by nobody";
        }
    }

    private static bool IsElsewhere(string name) => NotHere.Any(entry => Covers(entry, name));

    private static bool Covers(string entry, string name) =>
        entry[^1] == '*' ? name.StartsWith(entry[..^1], StringComparison.Ordinal) : name == entry;

    private static List<Query> Queries() => [.. DashboardQueries(), .. RunbookQueries()];

    private static IEnumerable<Query> DashboardQueries()
    {
        foreach (var file in Directory.GetFiles(Prometheus.Chart("dashboards"), "*.json"))
        {
            var dashboard = JsonNode.Parse(File.ReadAllText(file))!;
            var name = Path.GetFileName(file);
            foreach (var panel in dashboard["panels"]!.AsArray())
            foreach (var target in panel!["targets"]?.AsArray() ?? [])
                yield return new($"{name} {panel["title"]}", $"{target!["expr"]}");
            foreach (var variable in dashboard["templating"]?["list"]?.AsArray() ?? [])
                if ($"{variable!["type"]}" == "query")
                    yield return new($"{name} ${variable["name"]}", MetricOf(variable));
        }
    }

    /// <summary>label_values(metric, label) is Grafana's, not Prometheus's.</summary>
    private static string MetricOf(JsonNode variable)
    {
        var text = variable["query"] is JsonObject query ? $"{query["query"]}" : $"{variable["query"]}";
        var values = LabelValues().Match(text);
        Assert.True(values.Success, text);
        return $"count by ({values.Groups[2].Value}) ({values.Groups[1].Value})";
    }

    private static IEnumerable<Query> RunbookQueries() =>
        Directory
            .GetFiles(Prometheus.Chart("runbooks"), "*.md")
            .SelectMany(file =>
                Promised()
                    .Matches(File.ReadAllText(file))
                    .Select(m => new Query(Path.GetFileName(file), m.Groups[1].Value))
            );

    [GeneratedRegex(@"([a-zA-Z_:][\w:]*)\{([^}]*)\}")]
    private static partial Regex Selector();

    [GeneratedRegex(@"(\w+)\s*(?:=~|!~|!=|=)\s*""")]
    private static partial Regex Matcher();

    [GeneratedRegex(@"^label_values\((.+),\s*(\w+)\)$")]
    private static partial Regex LabelValues();

    [GeneratedRegex(@"^promql '([^']+)'", RegexOptions.Multiline)]
    private static partial Regex Promised();
}
