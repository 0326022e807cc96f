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

    [Fact]
    public void A_developer_runs_the_collector_that_EKS_does()
    {
        static string ImageOf(params string[] path) =>
            Yaml.Documents(File.ReadAllText(Repository.PathOf(path))).Single().At("image")!.ToJsonString();
        Assert.Equal(ImageOf("charts", "collector-values.yaml"), ImageOf("tilt", "collector-values.yaml"));
    }
}
