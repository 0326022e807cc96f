using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ticketing.Charts.Tests;

/// <summary>The collectors' configurations, for which no checker of their own runs here.</summary>
public sealed class CollectorTests
{
    private static readonly Dictionary<string, string> Files = new()
    {
        ["EKS"] = Repository.PathOf("charts", "collector-values.yaml"),
        ["kind"] = Repository.PathOf("tilt", "collector-values.yaml"),
    };

    public static TheoryData<string> Each => [.. Files.Keys];

    private static JsonNode Read(string where) =>
        Yaml.Documents(File.ReadAllText(Files[where])).Single().At("alternateConfig")!;

    [Theory, MemberData(nameof(Each))]
    public void A_configuration_is_whole(string where) => Assert.Empty(Collector.Problems(Read(where)));

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

    [Fact]
    public void A_sidecars_span_keeps_no_query()
    {
        var config = Read("EKS");
        var statement = Assert.Single(config.Texts("processors/transform/trace_statements"));
        var pattern = Regex.Match(statement, "\"url\\.full\"\\], \"(.+)\", \"\"\\)").Groups[1].Value;
        Assert.Equal(
            "/api/v1/tickets/1/pdf",
            Regex.Replace("/api/v1/tickets/1/pdf?key=abc", Regex.Unescape(pattern), "")
        );
        foreach (var (_, pipeline) in (JsonObject)config.At("service/pipelines")!)
            if (pipeline.Texts("exporters").Contains("awsxray"))
                Assert.Contains("transform", pipeline.Texts("processors"));
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
    [InlineData("arn:aws:sns:sa-east-1:111122223333:order-fulfilled")]
    public void What_is_needed_to_find_a_fault_is_not(string value) =>
        Assert.DoesNotContain(
            Read("EKS").Texts("processors/redaction/blocked_values"),
            pattern => Regex.IsMatch(value, pattern)
        );

    [Fact]
    public void The_services_send_to_where_it_listens()
    {
        var values = ObservabilityRules.Values("collector-values.yaml");
        var chart = Yaml.Documents(File.ReadAllText(Path.Combine(Repository.Chart, "values.yaml"))).Single();
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
        var access = File.ReadAllText(Repository.PathOf("infra", "terraform", "modules", "access", "main.tf"));
        Assert.Contains($"    {values.Text("serviceAccount/name")} = {{", access);
        var platform = File.ReadAllText(Repository.PathOf("infra", "terraform", "modules", "platform", "main.tf"));
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
        ["a processor that is not used"] = c => c.At("processors")!["batch/second"] = new JsonObject(),
        ["a batch before what is dropped"] = c =>
        {
            var list = List(c, "traces", "processors");
            list.RemoveAt(list.Count - 1);
            list.Insert(1, "batch");
        },
        ["memory without a limit"] = c => List(c, "logs", "processors").RemoveAt(0),
        ["traces for an exporter of metrics"] = c => List(c, "traces", "exporters")[0] = "awsemf",
        ["a connector that nothing feeds"] = c => List(c, "traces/figures", "exporters")[0] = "awsxray",
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
        Assert.NotEmpty(Collector.Problems(config));
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
