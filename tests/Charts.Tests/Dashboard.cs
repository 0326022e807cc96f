using System.Text.Json.Nodes;

namespace Ticketing.Charts.Tests;

/// <summary>What Grafana would show wrongly, or not at all.</summary>
internal static class Dashboard
{
    /// <summary>Grafana's names of units.</summary>
    private static readonly string[] Units = ["short", "reqps", "ops", "s", "ms", "bytes", "percentunit"];

    private static readonly string[] Types = ["timeseries", "stat", "bargauge"];

    public static IEnumerable<string> Problems(JsonNode dashboard)
    {
        if (!dashboard.Text("uid").StartsWith("ticketing-", StringComparison.Ordinal))
            yield return "links need a uid of its own";
        if (dashboard.Text("title") == "" || dashboard.Text("description") == "")
            yield return "no title or description";
        var variables = dashboard.Items("templating/list").ToList();
        if (!variables.Any(v => v.Text("name") == "datasource" && v.Text("type") == "datasource"))
            yield return "one installation's data source only";
        var panels = dashboard.Items("panels").ToList();
        foreach (var twice in panels.GroupBy(p => p.Text("id")).Where(g => g.Count() > 1))
            yield return $"two panels have the id {twice.Key}";
        foreach (var (a, b) in panels.SelectMany((a, n) => panels.Skip(n + 1).Select(b => (a, b))))
            if (Overlap(a.At("gridPos"), b.At("gridPos")))
                yield return $"{a.Text("title")} covers {b.Text("title")}";
        foreach (var panel in panels)
        foreach (var problem in OfPanel(panel, [.. variables.Select(v => v.Text("name"))]))
            yield return $"{panel.Text("title")}: {problem}";
    }

    private static IEnumerable<string> OfPanel(JsonNode panel, string[] variables)
    {
        if (panel.Text("title") == "")
            yield return "no title";
        var place = panel.At("gridPos");
        if (place.Number("x") < 0 || place.Number("w") < 1 || place.Number("x") + place.Number("w") > 24)
            yield return "beside the page";
        if (panel.Text("type") == "row")
            yield break;
        if (!Types.Contains(panel.Text("type")))
            yield return $"panel of type {panel.Text("type")}";
        if (!Units.Contains(panel.Text("fieldConfig/defaults/unit")))
            yield return $"unit {panel.Text("fieldConfig/defaults/unit")}";
        if (panel.Text("datasource/uid") != "${datasource}")
            yield return $"data source {panel.Text("datasource/uid")}";
        if (!panel.Items("targets").Any())
            yield return "shows nothing";
        foreach (var twice in panel.Items("targets").GroupBy(t => t.Text("refId")).Where(g => g.Count() > 1))
            yield return $"two queries {twice.Key}";
        foreach (var expression in panel.Items("targets").Select(t => t.Text("expr")))
        {
            foreach (var unknown in Promql.Names(expression).Where(n => !Promql.IsKnown(n)))
                yield return $"nobody exports {unknown}";
            foreach (var variable in VariablesOf(expression).Except([.. variables, "__rate_interval", "__range"]))
                yield return $"${variable} is not defined";
        }
    }

    private static IEnumerable<string> VariablesOf(string expression) =>
        System.Text.RegularExpressions.Regex.Matches(expression, @"\$(\w+)").Select(m => m.Groups[1].Value);

    private static bool Overlap(JsonNode? a, JsonNode? b) =>
        a.Number("x") < b.Number("x") + b.Number("w")
        && b.Number("x") < a.Number("x") + a.Number("w")
        && a.Number("y") < b.Number("y") + b.Number("h")
        && b.Number("y") < a.Number("y") + a.Number("h");
}
