namespace Ticketing.Charts.Tests;

/// <summary>How Dapr itself is installed for production.</summary>
public sealed class ControlPlaneTests
{
    [Fact]
    public void Dapr_survives_a_zone_and_starts_no_pod_without_a_sidecar()
    {
        var values = Yaml.Documents(
                File.ReadAllText(Repository.PathOf("charts", "dapr-values.yaml"))
            )
            .Single();
        Assert.Equal("1.18.3", values.Text("global/tag"));
        Assert.Equal("true", values.Text("global/ha/enabled"));
        Assert.Equal("topology.kubernetes.io/zone", values.Text("global/ha/topologyKey"));
        Assert.Equal("true", values.Text("global/mtls/enabled"));
        Assert.Equal("Fail", values.Text("dapr_sidecar_injector/webhookFailurePolicy"));
        // The namespace enforces restricted pod security, on sidecars too.
        Assert.Equal("true", values.Text("dapr_sidecar_injector/sidecarDropALLCapabilities"));
    }
}
