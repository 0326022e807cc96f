using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ticketing.Charts.Tests;

/// <summary>
/// The collectors' configurations, for which no checker runs here: what is referred to is defined, what is defined is used,
/// no field is unknown, the order is right. (The fields: config.schema.yaml of each component, collector 0.158.)
/// </summary>
public sealed class CollectorTests
{
    private static readonly Dictionary<string, string> Files = new()
    {
        ["EKS"] = Repository.PathOf("charts", "collector-values.yaml"),
        ["kind"] = Repository.PathOf("tilt", "collector-values.yaml"),
    };

    /// <summary>Fields by component; a path below one of them where it is an object.</summary>
    private static readonly Dictionary<string, string[]> Fields = new()
    {
        ["receivers/otlp"] = ["protocols/grpc/endpoint", "protocols/http/endpoint"],
        ["processors/memory_limiter"] =
        [
            "check_interval",
            "limit_mib",
            "limit_percentage",
            "spike_limit_mib",
            "spike_limit_percentage",
        ],
        ["processors/k8s_attributes"] =
        [
            "auth_type",
            "passthrough",
            "extract/metadata",
            "extract/labels",
            "filter/namespace",
            "pod_association",
        ],
        ["processors/resource"] = ["attributes"],
        ["processors/attributes"] = ["actions"],
        ["processors/redaction"] =
        [
            "allow_all_keys",
            "allowed_keys",
            "ignored_keys",
            "blocked_key_patterns",
            "blocked_values",
            "allowed_values",
            "summary",
        ],
        ["processors/probabilistic_sampler"] = ["sampling_percentage", "hash_seed", "mode"],
        ["processors/filter"] =
        [
            "error_mode",
            "traces/span",
            "traces/spanevent",
            "metrics/metric",
            "metrics/datapoint",
            "logs/log_record",
        ],
        ["processors/batch"] = ["timeout", "send_batch_size", "send_batch_max_size"],
        ["connectors/spanmetrics"] =
        [
            "namespace",
            "histogram/explicit/buckets",
            "histogram/unit",
            "dimensions",
            "aggregation_cardinality_limit",
            "metrics_flush_interval",
            "metrics_expiration",
        ],
        ["exporters/awsxray"] = ["region", "local_mode", "indexed_attributes", "aws_log_groups"],
        ["exporters/awsemf"] =
        [
            "region",
            "local_mode",
            "namespace",
            "log_group_name",
            "log_stream_name",
            "log_retention",
            "dimension_rollup_option",
            "metric_declarations",
            "resource_to_telemetry_conversion/enabled",
        ],
        ["exporters/awscloudwatchlogs"] =
        [
            "region",
            "local_mode",
            "log_group_name",
            "log_stream_name",
            "log_retention",
        ],
        ["exporters/prometheus"] = ["endpoint", "namespace", "metric_expiration"],
        ["exporters/otlp"] = ["endpoint", "tls/insecure"],
        ["exporters/debug"] = ["verbosity"],
        ["extensions/health_check"] = ["endpoint"],
    };

    /// <summary>Of what they take.</summary>
    private static readonly Dictionary<string, string[]> Signals = new()
    {
        ["awsxray"] = ["traces"],
        ["awsemf"] = ["metrics"],
        ["awscloudwatchlogs"] = ["logs"],
        ["prometheus"] = ["metrics"],
        ["probabilistic_sampler"] = ["traces", "logs"],
    };

    public static TheoryData<string> Each => [.. Files.Keys];

    private static JsonNode Read(string where) =>
        Yaml.Documents(File.ReadAllText(Files[where])).Single().At("alternateConfig")!;

    [Theory, MemberData(nameof(Each))]
    public void A_configuration_is_whole(string where) => Assert.Empty(Problems(Read(where)));

    [Fact]
    public void Nothing_about_people_leaves_for_AWS()
    {
        var pipelines = (JsonObject)Read("EKS").At("service/pipelines")!;
        foreach (var (name, pipeline) in pipelines)
            if (pipeline.Texts("exporters").Any(e => e is "awsxray" or "awscloudwatchlogs"))
                Assert.Subset(
                    pipeline.Texts("processors").ToHashSet(),
                    new HashSet<string> { "attributes/people", "redaction" }
                );
    }

    [Theory]
    [InlineData("mail from ana@example.com")]
    [InlineData("cpf 529.982.247-25")]
    [InlineData("card 4242 4242 4242 4242")]
    [InlineData("Bearer eyJhbGciOiJF.eyJzdWIiOiIx.c2lnbmF0dXJl")]
    public void What_slips_in_is_masked(string value) =>
        Assert.Contains(
            Read("EKS").Texts("processors/redaction/blocked_values"),
            pattern => Regex.IsMatch(value, pattern)
        );

    [Theory]
    [InlineData("0193f2c4-7b1a-7c3e-9d2f-1a2b3c4d5e6f")]
    [InlineData("/api/v1/orders/{id:guid}")]
    [InlineData("2026-11-25T15:00:00.0000000Z")]
    [InlineData("arn:aws:sns:sa-east-1:111122223333:order-paid")]
    public void What_is_needed_to_find_a_fault_is_not(string value) =>
        Assert.DoesNotContain(
            Read("EKS").Texts("processors/redaction/blocked_values"),
            pattern => Regex.IsMatch(value, pattern)
        );

    [Fact]
    public void The_services_send_to_where_it_listens()
    {
        var values = ObservabilityRules.Values("collector-values.yaml");
        var chart = Yaml.Documents(File.ReadAllText(Path.Combine(Repository.Chart, "values.yaml")))
            .Single();
        var name = values.Text("fullnameOverride");
        var ns = chart.Text("networkPolicy/telemetryNamespace");
        Assert.Equal($"{name}.{ns}:4317", chart.Text("telemetry/sidecarEndpoint"));
        Assert.Equal($"http://{name}.{ns}:4317", chart.Text("telemetry/otlpEndpoint"));
        Assert.EndsWith(":4317", Read("EKS").Text("receivers/otlp/protocols/grpc/endpoint"));
    }

    [Fact]
    public void Its_role_may_write_to_its_log_groups_and_is_its_own()
    {
        var values = ObservabilityRules.Values("collector-values.yaml");
        var access = File.ReadAllText(
            Repository.PathOf("infra", "terraform", "modules", "access", "main.tf")
        );
        Assert.Contains($"    {values.Text("serviceAccount/name")} = {{", access);
        var platform = File.ReadAllText(
            Repository.PathOf("infra", "terraform", "modules", "platform", "main.tf")
        );
        foreach (var exporter in new[] { "awsemf", "awscloudwatchlogs" })
        {
            var group = Read("EKS").Text($"exporters/{exporter}/log_group_name").Split('/');
            Assert.Equal(["", "ticketing", "${env:TICKETING_ENVIRONMENT}"], group[..3]);
            Assert.Contains($"\"{group[3]}\"", platform);
        }
    }

    private static readonly Dictionary<string, Action<JsonNode>> Mistakes = new()
    {
        ["a misspelt field"] = c => Rename(c, "exporters/awsemf", "log_group_name", "log_group"),
        ["a component that is not known"] = c => Rename(c, "exporters", "awsxray", "xray"),
        ["an exporter that is not defined"] = c => List(c, "traces", "exporters")[0] = "otlp/x",
        ["a processor that is not used"] = c =>
            c.At("processors")!["batch/second"] = new JsonObject(),
        ["a batch before the sampling"] = c =>
        {
            var list = List(c, "traces", "processors");
            list.RemoveAt(list.Count - 1);
            list.Insert(1, "batch");
        },
        ["memory without a limit"] = c => List(c, "logs", "processors").RemoveAt(0),
        ["traces for an exporter of metrics"] = c => List(c, "traces", "exporters")[0] = "awsemf",
        ["a connector that nothing feeds"] = c =>
            List(c, "traces/figures", "exporters")[0] = "awsxray",
        ["no receiver"] = c => List(c, "metrics", "receivers").Clear(),
        ["an extension that does not run"] = c => ((JsonArray)c.At("service/extensions")!).Clear(),
        ["an expression that does not parse"] = c =>
            ((JsonArray)c.At("processors/redaction/blocked_values")!).Add("([a-z"),
    };

    public static TheoryData<string> EachMistake => [.. Mistakes.Keys];

    [Theory, MemberData(nameof(EachMistake))]
    public void A_planted_mistake_is_found(string mistake)
    {
        var config = Read("EKS");
        Mistakes[mistake](config);
        Assert.NotEmpty(Problems(config));
    }

    private static IEnumerable<string> Problems(JsonNode config)
    {
        var used = new HashSet<string>();
        var pipelines = (JsonObject)config.At("service/pipelines")!;
        foreach (var (name, pipeline) in pipelines)
        {
            var signal = name.Split('/')[0];
            var processors = pipeline.Texts("processors").ToList();
            if (signal is not ("traces" or "metrics" or "logs"))
                yield return $"{name}: no such signal";
            foreach (var kind in new[] { "receivers", "exporters" })
                if (!pipeline.Texts(kind).Any())
                    yield return $"{name}: no {kind}";
            foreach (var kind in new[] { "receivers", "processors", "exporters" })
            foreach (var id in pipeline.Texts(kind))
            {
                var at =
                    config.At("connectors") is JsonObject c && c.ContainsKey(id)
                        ? "connectors"
                        : kind;
                used.Add($"{at} {id} {(at == "connectors" ? kind : "")}".Trim());
                if (config.At(at) is not JsonObject defined || !defined.ContainsKey(id))
                    yield return $"{name}: {id} is not defined";
                if (Signals.TryGetValue(id.Split('/')[0], out var takes) && !takes.Contains(signal))
                    yield return $"{name}: {id} takes no {signal}";
            }
            if (
                pipeline.Texts("receivers").Contains("otlp")
                && processors.FirstOrDefault() != "memory_limiter"
            )
                yield return $"{name}: nothing limits its memory";
            if (processors.IndexOf("batch") is >= 0 and var b && b != processors.Count - 1)
                yield return $"{name}: batches what is dropped afterwards";
        }
        foreach (
            var kind in new[] { "receivers", "processors", "exporters", "connectors", "extensions" }
        )
        foreach (var (id, settings) in config.At(kind) as JsonObject ?? [])
        {
            if (
                kind == "connectors"
                    ? !(
                        used.Contains($"{kind} {id} receivers")
                        && used.Contains($"{kind} {id} exporters")
                    )
                : kind == "extensions" ? !config.Texts("service/extensions").Contains(id)
                : !used.Contains($"{kind} {id}")
            )
                yield return $"{kind}/{id} is not used";
            if (!Fields.TryGetValue($"{kind}/{id.Split('/')[0]}", out var known))
                yield return $"{kind}/{id} is no component that is known here";
            else
                foreach (var field in Leaves(settings, "").Where(f => !known.Contains(f)))
                    yield return $"{kind}/{id} has no field {field}";
        }
        foreach (var list in new[] { "blocked_values", "blocked_key_patterns" })
        foreach (var pattern in config.Texts($"processors/redaction/{list}").Where(p => !Parses(p)))
            yield return $"{pattern} is no expression";
    }

    private static IEnumerable<string> Leaves(JsonNode? node, string path) =>
        node is JsonObject o
            ? o.SelectMany(p => Leaves(p.Value, path.Length == 0 ? p.Key : $"{path}/{p.Key}"))
        : path.Length == 0 ? []
        : [path];

    private static bool Parses(string pattern)
    {
        try
        {
            return new Regex(pattern) is not null;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static JsonArray List(JsonNode config, string pipeline, string kind) =>
        (JsonArray)config.At("service/pipelines")![pipeline]![kind]!;

    private static void Rename(JsonNode config, string path, string was, string becomes)
    {
        var at = (JsonObject)config.At(path)!;
        var value = at[was];
        at.Remove(was);
        at[becomes] = value;
    }
}
