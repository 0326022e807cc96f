using System.Text.Json.Nodes;

namespace Ticketing.Charts.Tests;

/// <summary>Dashboards as files; a planted mistake each for what is looked at.</summary>
public sealed class DashboardTests
{
    private static readonly string[] Files = Directory.GetFiles(Path.Combine(Repository.Chart, "dashboards"), "*.json");

    public static TheoryData<string> Each => [.. Files.Select(f => Path.GetFileName(f))];

    private static JsonNode Read(string file) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Chart, "dashboards", file)))!;

    [Theory, MemberData(nameof(Each))]
    public void A_dashboard_shows_what_exists_and_shows_it_whole(string file) =>
        Assert.Empty(Dashboard.Problems(Read(file)));

    [Fact]
    public void No_two_dashboards_are_one_to_Grafana() =>
        Assert.Equal(Files.Length, Files.Select(f => Read(Path.GetFileName(f)).Text("uid")).Distinct().Count());

    private static readonly Dictionary<string, Action<JsonNode>> Mistakes = new()
    {
        ["a misspelt metric"] = d => Query(d)["expr"] = "sum(ticketing_hold_decisions_total)",
        ["a variable that is not there"] = d => Query(d)["expr"] = "up{pod=\"$pod\"}",
        ["a data source of one installation"] = d => Panel(d)["datasource"]!["uid"] = "abc",
        ["no data source to choose"] = d => ((JsonArray)d.At("templating/list")!).Clear(),
        ["no unit"] = d => ((JsonObject)Panel(d).At("fieldConfig/defaults")!).Remove("unit"),
        ["no title"] = d => Panel(d)["title"] = "",
        ["two panels of one id"] = d => Panel(d)["id"] = 2,
        ["one panel on another"] = d => Panel(d)["gridPos"]!["x"] = 2,
        ["a panel beside the page"] = d => Panel(d)["gridPos"]!["w"] = 30,
        ["no query"] = d => ((JsonArray)Panel(d)["targets"]!).Clear(),
        ["a uid by chance"] = d => d["uid"] = "k3j4",
    };

    public static TheoryData<string> EachMistake => [.. Mistakes.Keys];

    [Theory, MemberData(nameof(EachMistake))]
    public void A_planted_mistake_is_found(string mistake)
    {
        var dashboard = Read("on-sale.json");
        Mistakes[mistake](dashboard);
        Assert.NotEmpty(Dashboard.Problems(dashboard));
    }

    private static JsonNode Panel(JsonNode dashboard) => dashboard.Items("panels").First();

    private static JsonNode Query(JsonNode dashboard) => Panel(dashboard).Items("targets").First();

    [Theory]
    [InlineData("sum by (a, le) (rate(x_total{b=\"c d\"}[5m])) > 0", "x_total")]
    [InlineData("a and on (b) group_left c:d:rate5m unless e offset 15m", "a", "c:d:rate5m", "e")]
    [InlineData("increase({__name__=~\"a_(b|c)_total|d(_total)?\"}[1h])", "a_b_total", "a_c_total", "d")]
    [InlineData("histogram_quantile(0.95, sum(x_bucket)) * 1e3 - time()", "x_bucket")]
    public void Names_are_read_from_an_expression(string expression, params string[] names) =>
        Assert.Equal(names.Order(), Promql.Names(expression).Order());
}
