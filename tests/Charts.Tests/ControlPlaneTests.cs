using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ticketing.Charts.Tests;

/// <summary>How Dapr itself is installed for production.</summary>
public sealed class ControlPlaneTests
{
    [Fact]
    public void Dapr_survives_a_zone_and_starts_no_pod_without_a_sidecar()
    {
        var values = Yaml.Documents(File.ReadAllText(Repository.PathOf("charts", "dapr-values.yaml"))).Single();
        Assert.Equal("1.18.3", values.Text("global/tag"));
        Assert.Equal("true", values.Text("global/ha/enabled"));
        Assert.Equal("topology.kubernetes.io/zone", values.Text("global/ha/topologyKey"));
        Assert.Equal("true", values.Text("global/mtls/enabled"));
        Assert.Equal("Fail", values.Text("dapr_sidecar_injector/webhookFailurePolicy"));
        // The namespace enforces restricted pod security, on sidecars too.
        Assert.Equal("true", values.Text("dapr_sidecar_injector/sidecarDropALLCapabilities"));
    }

    /// <summary>
    /// A webhook that fails closed stops what it is asked about while no injector is there: that is our services alone.
    /// </summary>
    [Theory, MemberData(nameof(ChartTests.EachEnvironment), MemberType = typeof(ChartTests))]
    public async Task The_injector_is_asked_about_our_services_and_nothing_else(string environment)
    {
        var injector = Yaml.Documents(File.ReadAllText(Repository.PathOf("charts", "dapr-values.yaml")))
            .Single()
            .At("dapr_sidecar_injector");
        var space = new JsonObject { ["kubernetes.io/metadata.name"] = "ticketing" };
        var (spaces, objects) = (injector.At("namespaceSelector"), injector.At("objectSelector"));
        Assert.True(Network.Selects(spaces, space));
        foreach (var other in new[] { "kube-system", "dapr-system", "monitoring", "default" })
        {
            space["kubernetes.io/metadata.name"] = other;
            Assert.False(Network.Selects(spaces, space), other);
        }
        var installation = await ChartTests.OfAsync(environment);
        foreach (var d in installation.Deployments)
            Assert.True(Network.Selects(objects, (JsonObject)d.At("spec/template/metadata/labels")!), d.Name());
        foreach (var job in installation.All("Job"))
            Assert.False(Network.Selects(objects, (JsonObject)job.At("spec/template/metadata/labels")!), job.Name());
        Assert.False(Network.Selects(objects, []), "a pod without labels");
        // A developer's cluster alike.
        var tilt = File.ReadAllText(Repository.PathOf("Tiltfile"));
        foreach (var (name, selector) in new[] { ("namespaceSelector", spaces), ("objectSelector", objects) })
            Assert.Contains($"dapr_sidecar_injector.{name}={selector!.ToJsonString()}", tilt);
    }

    /// <summary>Without a class that is there a claim waits for ever, and with it Placement, Scheduler or Prometheus.</summary>
    [Fact]
    public void What_keeps_state_names_a_class_that_the_cluster_has()
    {
        var classes = Yaml.Documents(File.ReadAllText(Repository.PathOf("infra", "cluster", "bootstrap.yaml")))
            .Where(m => m.Kind() == "StorageClass")
            .ToList();
        var ours = Assert.Single(classes);
        Assert.Equal("gp3", ours.Text("parameters/type"));
        Assert.Equal("true", ours.Text("parameters/encrypted"));
        Assert.Equal("true", ours.Text("allowVolumeExpansion"));
        Assert.Equal("Retain", ours.Text("reclaimPolicy"));
        Assert.Equal("WaitForFirstConsumer", ours.Text("volumeBindingMode"));
        var dapr = Values("dapr-values.yaml");
        var prometheus = Values("prometheus-values.yaml");
        Assert.Equal(ours.Name(), dapr.Text("dapr_placement/volumeclaims/storageClassName"));
        Assert.Equal(ours.Name(), dapr.Text("dapr_scheduler/cluster/storageClassName"));
        Assert.Equal(
            ours.Name(),
            prometheus.Text("prometheus/prometheusSpec/storageSpec/volumeClaimTemplate/spec/storageClassName")
        );
    }

    /// <summary>What a comment sends somebody to reads for, in the middle of an incident.</summary>
    [Fact]
    public void The_page_named_beside_a_size_says_how_it_grows()
    {
        var text = File.ReadAllText(Repository.PathOf("charts", "dapr-values.yaml"));
        var page = Regex.Match(text, @"To enlarge it[^\n]* (\S+\.md)\n *storageSize: 16Gi").Groups[1].Value;
        var guide = File.ReadAllText(Repository.PathOf(page));
        Assert.Contains("patch", guide);
        Assert.Contains("dapr_scheduler.cluster.storageSize", guide);
        Assert.NotNull(Values("dapr-values.yaml").At("dapr_scheduler/cluster/storageSize"));
    }

    /// <summary>Without requests they are the first to be evicted, and the nodes are counted without them.</summary>
    [Theory]
    [InlineData("dapr_operator")]
    [InlineData("dapr_placement")]
    [InlineData("dapr_scheduler")]
    [InlineData("dapr_sentry")]
    [InlineData("dapr_sidecar_injector")]
    public void The_control_plane_has_room_of_its_own(string part)
    {
        var resources = Values("dapr-values.yaml").At($"{part}/resources");
        Assert.NotEqual("", resources.Text("requests/cpu"));
        Assert.NotEqual("", resources.Text("requests/memory"));
        Assert.NotEqual("", resources.Text("limits/memory"));
    }

    /// <summary>Targets that would be down for ever.</summary>
    [Fact]
    public void Prometheus_asks_for_nothing_that_EKS_keeps_to_itself()
    {
        var values = Values("prometheus-values.yaml");
        foreach (var part in new[] { "kubeControllerManager", "kubeScheduler", "kubeEtcd", "kubeProxy" })
            Assert.Equal("false", values.Text($"{part}/enabled"));
    }

    private static JsonObject Values(string file) =>
        Yaml.Documents(File.ReadAllText(Repository.PathOf("charts", file))).Single();

    /// <summary>Where the versions of what is installed beside the chart stand: Tiltfile, values, guides.</summary>
    [Theory]
    [InlineData("kube-prometheus-stack", "PROMETHEUS", "prometheus-values.yaml")]
    [InlineData("prometheus-postgres-exporter", "POSTGRES_EXPORTER", "postgres-exporter-values.yaml")]
    [InlineData("opentelemetry-collector", "COLLECTOR", "collector-values.yaml")]
    public void A_developer_runs_the_versions_that_EKS_does(string chart, string constant, string values)
    {
        var tilt = File.ReadAllText(Repository.PathOf("Tiltfile"));
        var version = Regex.Match(tilt, $"^{constant} = '(.+)'$", RegexOptions.Multiline).Groups[1].Value;
        Assert.NotEmpty(version);
        Assert.Contains($"{chart} {version}", File.ReadAllText(Repository.PathOf("charts", values)));
        foreach (
            var guide in new[] { Path.Combine(Repository.Chart, "README.md"), Repository.PathOf("infra", "README.md") }
        )
            Assert.Contains($"{chart}` {version}", File.ReadAllText(guide));
    }

    /// <summary>Tilt's helm_resource knows Helm 4 from then on.</summary>
    [Fact]
    public void An_older_Tilt_says_so_at_once()
    {
        var wanted = Regex.Match(
            File.ReadAllText(Repository.PathOf("Tiltfile")),
            @"^version_settings\(constraint='>=(\d+)\.(\d+)\.\d+'\)$",
            RegexOptions.Multiline
        );
        Assert.True(wanted.Success);
        var (major, minor) = (wanted.Groups[1].Value, wanted.Groups[2].Value);
        Assert.True(new Version($"{major}.{minor}") >= new Version(0, 36));
        Assert.Contains(
            $"(https://tilt.dev) {major}.{minor} or later",
            File.ReadAllText(Repository.PathOf("infra", "README.md"))
        );
    }

    [Fact]
    public void A_developer_runs_the_collector_that_EKS_does()
    {
        static string ImageOf(params string[] path) =>
            Yaml.Documents(File.ReadAllText(Repository.PathOf(path))).Single().At("image")!.ToJsonString();
        Assert.Equal(ImageOf("charts", "collector-values.yaml"), ImageOf("tilt", "collector-values.yaml"));
    }
}
