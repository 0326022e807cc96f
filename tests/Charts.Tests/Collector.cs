using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ticketing.Charts.Tests;

/// <summary>
/// A collector's configuration: what is referred to is defined, what is defined is used, no field is unknown, the order is
/// right. (The fields: config.schema.yaml of each component, collector 0.158.)
/// </summary>
internal static class Collector
{
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
        ["processors/transform"] = ["error_mode", "trace_statements", "log_statements"],
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

    public static IEnumerable<string> Problems(JsonNode config)
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
                var at = config.At("connectors") is JsonObject c && c.ContainsKey(id) ? "connectors" : kind;
                used.Add($"{at} {id} {(at == "connectors" ? kind : "")}".Trim());
                if (config.At(at) is not JsonObject defined || !defined.ContainsKey(id))
                    yield return $"{name}: {id} is not defined";
                if (Signals.TryGetValue(id.Split('/')[0], out var takes) && !takes.Contains(signal))
                    yield return $"{name}: {id} takes no {signal}";
            }
            if (pipeline.Texts("receivers").Contains("otlp") && processors.FirstOrDefault() != "memory_limiter")
                yield return $"{name}: nothing limits its memory";
            if (processors.IndexOf("batch") is >= 0 and var b && b != processors.Count - 1)
                yield return $"{name}: batches what is dropped afterwards";
        }
        foreach (var kind in new[] { "receivers", "processors", "exporters", "connectors", "extensions" })
        foreach (var (id, settings) in config.At(kind) as JsonObject ?? [])
        {
            if (
                kind == "connectors"
                    ? !(used.Contains($"{kind} {id} receivers") && used.Contains($"{kind} {id} exporters"))
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
        node is JsonObject o ? o.SelectMany(p => Leaves(p.Value, path.Length == 0 ? p.Key : $"{path}/{p.Key}"))
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
}
