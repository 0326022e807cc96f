using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ticketing.Charts.Tests;

/// <summary>What must hold for monitors, alerts and dashboards, where they are deployed.</summary>
internal static partial class ObservabilityRules
{
    private static readonly string[] Severities = ["page", "ticket"];

    public static IEnumerable<string> AlertsAreActionable(Installation i)
    {
        foreach (var alert in Alerts(i))
        {
            var name = alert.Text("alert");
            if (!Severities.Contains(alert.Text("labels/severity")))
                yield return $"{name}: nobody knows whether severity {alert.Text("labels/severity")} wakes somebody";
            if (alert.Text("labels/service") == "" && !alert.Text("expr").Contains("service"))
                if (!alert.Text("expr").Contains("slo:") && !alert.Text("expr").Contains("up{"))
                    yield return $"{name}: of no service";
            foreach (var text in new[] { "summary", "description" })
                if (alert.Text($"annotations/{text}") == "")
                    yield return $"{name}: no {text}";
            var runbook = alert.Text("annotations/runbook_url");
            if (!runbook.EndsWith($"/{name}.md", StringComparison.Ordinal))
                yield return $"{name}: its runbook is {runbook}";
            if (!File.Exists(Path.Combine(Repository.Chart, "runbooks", $"{name}.md")))
                yield return $"{name} has no runbook";
        }
    }

    public static IEnumerable<string> RulesLookAtThisInstallation(Installation i)
    {
        var jobs = i.All("PodMonitor")
            .SelectMany(m => m.Items("spec/podMetricsEndpoints"))
            .Concat(i.All("ServiceMonitor").SelectMany(m => m.Items("spec/endpoints")))
            .SelectMany(e => e.Items("relabelings"))
            .Where(r => r.Text("targetLabel") == "job")
            .Select(r => r.Text("replacement"))
            .ToHashSet();
        foreach (var rule in RulesOf(i))
        {
            var (name, expression) = (NameOf(rule), rule.Text("expr"));
            foreach (Match m in Job().Matches(expression))
            foreach (var job in m.Groups[1].Value.Split('|').Where(j => !jobs.Contains(j)))
                yield return $"{name}: nothing has the job {job}";
            foreach (Match m in Namespace().Matches(expression))
                if (m.Groups[1].Value is not ("ticketing" or "dapr-system"))
                    yield return $"{name}: namespace {m.Groups[1].Value}";
            foreach (var unknown in Promql.Names(expression).Where(n => !Promql.IsKnown(n)))
                yield return $"{name}: nobody exports {unknown}";
        }
    }

    public static IEnumerable<string> MonitorsFindTheirTargets(Installation i)
    {
        if (!i.All("PrometheusRule").Any())
            yield break;
        var monitor = i.The("PodMonitor", "ticketing");
        var ports = monitor.Items("spec/podMetricsEndpoints").Select(e => e.Text("port")).ToList();
        if (!ports.ToHashSet().SetEquals(["metrics", "dapr-metrics"]))
            yield return $"ports {string.Join(", ", ports)}";
        foreach (var endpoint in monitor.Items("spec/podMetricsEndpoints"))
            if (
                !endpoint
                    .Items("relabelings")
                    .Any(r =>
                        r.Text("targetLabel") == "service"
                        && r.Texts("sourceLabels").SequenceEqual(["__meta_kubernetes_pod_label_app_kubernetes_io_name"])
                    )
            )
                yield return $"{endpoint.Text("port")}: the figures are of no service";
        var policy = i.Find("NetworkPolicy", "common");
        foreach (var d in i.Deployments)
        {
            var labels = (JsonObject)d.At("spec/template/metadata/labels")!;
            var wanted = (JsonObject)monitor.At("spec/selector/matchLabels")!;
            if (wanted.Any(w => labels[w.Key]?.ToString() != w.Value!.ToString()))
                yield return $"{d.Name()} is not read";
            var port = Installation
                .AppOf(d)
                .Items("ports")
                .SingleOrDefault(p => p.Text("name") == "metrics")
                .Number("containerPort");
            var told = Installation
                .AppOf(d)
                .Items("env")
                .SingleOrDefault(v => v.Text("name") == "Metrics__Port")
                .Text("value");
            if (port < 0 || told != $"{port}")
                yield return $"{d.Name()}: port {port}, and the service listens at {told}";
            var sidecar = Installation.PodOf(d).Annotation("dapr.io/metrics-port");
            foreach (var open in new[] { $"{port}", sidecar })
                if (policy is not null && !LetsIn(policy, "monitoring", open))
                    yield return $"{d.Name()}: Prometheus does not reach {open}";
            if (i.Find("Service", d.Name()).Items("spec/ports").Any(p => p.Number("port") == port))
                yield return $"{d.Name()}: the service's figures are for everybody";
        }
    }

    /// <summary>Other charts make these targets; how they are installed stands in this repository.</summary>
    public static IEnumerable<string> NeighboursAreFound(Installation i)
    {
        if (!i.All("ServiceMonitor").Any())
            yield break;
        var dapr = i.The("PodMonitor", "dapr");
        if (dapr.Items("spec/podMetricsEndpoints").Single().Text("port") != "metrics")
            yield return "Dapr's pods call the port metrics";
        var named = dapr.Items("spec/selector/matchExpressions").SelectMany(e => e.Texts("values"));
        foreach (var app in ControlPlane.Except(named))
            yield return $"{app} is not read";
        var collector = Values("collector-values.yaml");
        foreach (var port in PortsOf(i, "otel-collector"))
            if (collector.Text($"ports/{port}/enabled") != "true")
                yield return $"the collector has no port {port}";
        if (!PortsOf(i, "postgres-exporter").SequenceEqual(["http"]))
            yield return "postgres-exporter's Service calls its port http";
        foreach (var (monitor, chart) in Charts)
        {
            var labels = i.The("ServiceMonitor", monitor).At("spec/selector/matchLabels");
            if (
                labels is not JsonObject wanted
                || wanted["app.kubernetes.io/name"]?.ToString() != chart
                || wanted["app.kubernetes.io/instance"]?.ToString() != monitor
            )
                yield return $"{monitor} looks for another release than {chart} {monitor}";
        }
    }

    public static IEnumerable<string> DashboardsAreWhole(Installation i)
    {
        foreach (var map in i.All("ConfigMap"))
        {
            if (map.At("metadata/labels") is not JsonObject labels)
                continue;
            if (labels["grafana_dashboard"]?.ToString() != "1")
                yield return $"{map.Name()}: Grafana's sidecar does not take it";
            foreach (var (file, json) in (JsonObject)map.At("data")!)
            foreach (var problem in Dashboard.Problems(JsonNode.Parse(json!.ToString())!))
                yield return $"{file}: {problem}";
        }
    }

    private static readonly string[] ControlPlane =
    [
        "dapr-operator",
        "dapr-placement-server",
        "dapr-scheduler-server",
        "dapr-sentry",
        "dapr-sidecar-injector",
    ];

    /// <summary>ServiceMonitor, which is the release's name too, and the chart.</summary>
    private static readonly Dictionary<string, string> Charts = new()
    {
        ["otel-collector"] = "opentelemetry-collector",
        ["postgres-exporter"] = "prometheus-postgres-exporter",
    };

    internal static IEnumerable<JsonNode> RulesOf(Installation i) =>
        i.All("PrometheusRule").SelectMany(f => f.Items("spec/groups")).SelectMany(g => g.Items("rules"));

    private static IEnumerable<JsonNode> Alerts(Installation i) => RulesOf(i).Where(r => r.Text("alert") != "");

    private static string NameOf(JsonNode rule) => rule.Text("alert") + rule.Text("record");

    private static IEnumerable<string> PortsOf(Installation i, string monitor) =>
        i.The("ServiceMonitor", monitor).Items("spec/endpoints").Select(e => e.Text("port"));

    private static bool LetsIn(JsonNode? policy, string from, string port) =>
        policy
            .Items("spec/ingress")
            .Where(r =>
                r.Items("from")
                    .Any(f =>
                        f.At("namespaceSelector/matchLabels") is JsonObject l
                        && l["kubernetes.io/metadata.name"]?.ToString() == from
                    )
            )
            .SelectMany(r => r.Items("ports"))
            .Any(p => p.Text("port") == port);

    internal static JsonObject Values(string file) =>
        Yaml.Documents(File.ReadAllText(Repository.PathOf("charts", file))).Single();

    [GeneratedRegex("""job=~?"([^"]+)""")]
    private static partial Regex Job();

    [GeneratedRegex("""namespace="([^"]+)""")]
    private static partial Regex Namespace();
}
