using System.Text.Json.Nodes;

namespace Ticketing.Charts.Tests;

/// <summary>What names something else names something that is there. Each rule yields what is wrong.</summary>
internal static class ReferenceRules
{
    /// <summary>Kinds of which a name is one in the whole cluster.</summary>
    private static readonly string[] OfTheCluster =
    [
        "ClusterRole",
        "ClusterRoleBinding",
        "ClusterSecretStore",
        "CustomResourceDefinition",
        "MutatingWebhookConfiguration",
        "Namespace",
        "PriorityClass",
        "StorageClass",
        "ValidatingWebhookConfiguration",
    ];

    public static IEnumerable<string> NothingDangles(Installation i)
    {
        foreach (var workload in i.Deployments.Concat(i.All("Job")))
        {
            var pod = workload.At("spec/template/spec");
            if (i.Find("ServiceAccount", pod.Text("serviceAccountName")) is null)
                yield return $"{workload.Name()}: there is no account {pod.Text("serviceAccountName")}";
            if (pod.Text("priorityClassName") is { Length: > 0 } priority && i.Find("PriorityClass", priority) is null)
                yield return $"{workload.Name()}: there is no priority {priority}";
            if (!i.All("ExternalSecret").Any())
                continue;
            foreach (var secret in SecretsOf(workload))
                if (i.All("ExternalSecret").All(e => e.Text("spec/target/name") != secret))
                    yield return $"{workload.Name()}: nothing makes the Secret {secret}";
        }
        foreach (var shared in i.Manifests.Where(m => OfTheCluster.Contains(m.Kind())))
            if (!shared.Name().StartsWith("ticketing-", StringComparison.Ordinal))
                yield return $"{shared.Kind()} {shared.Name()} would be another release's, too";
        foreach (var scaler in i.All("HorizontalPodAutoscaler").Concat(i.All("ScaledObject")))
            if (i.Find("Deployment", scaler.Text("spec/scaleTargetRef/name")) is null)
                yield return $"{scaler.Kind()} {scaler.Name()} scales nothing";
        foreach (var kind in new[] { "PodDisruptionBudget", "NetworkPolicy", "Service" })
        foreach (var m in i.All(kind))
        {
            var selector =
                kind == "Service" ? m.At("spec/selector")
                : kind == "NetworkPolicy" ? m.At("spec/podSelector/matchLabels")
                : m.At("spec/selector/matchLabels");
            if (!Pods(i).Any(p => Covers(selector!.AsObject(), p)))
                yield return $"{kind} {m.Name()} is about no pod";
        }
        foreach (
            var backend in i.All("Ingress")
                .SelectMany(m => m.Items("spec/rules"))
                .SelectMany(r => r.Items("http/paths"))
                .Select(p => p.At("backend/service"))
        )
            if (
                i.Find("Service", backend.Text("name")) is not { } service
                || service.Items("spec/ports").All(p => p.Text("name") != backend.Text("port/name"))
            )
                yield return $"the Ingress leads to {backend.Text("name")}, which is not there";
        foreach (
            var backend in i.All("HTTPRoute")
                .SelectMany(m => m.Items("spec/rules"))
                .SelectMany(r => r.Items("backendRefs"))
        )
            if (
                i.Find("Service", backend.Text("name")) is not { } service
                || service.Items("spec/ports").All(p => p.Text("port") != backend.Text("port"))
            )
                yield return $"the HTTPRoute leads to {backend.Text("name")}, which is not there";
        foreach (var binding in i.All("RoleBinding"))
            if (
                i.Find("Role", binding.Text("roleRef/name")) is null
                || binding.Items("subjects").Any(s => i.Find("ServiceAccount", s.Text("name")) is null)
            )
                yield return $"RoleBinding {binding.Name()} binds what is not there";
    }

    /// <summary><c>helm test</c>: a hardened pod that may ask the Gateway, and asks through it another service.</summary>
    public static IEnumerable<string> TheReleaseIsTested(Installation i)
    {
        if (i.All("Pod").SingleOrDefault(p => p.Annotation("helm.sh/hook") == "test") is not { } pod)
        {
            yield return "helm test has nothing to run";
            yield break;
        }
        var container = pod.Items("spec/containers").Single();
        if (
            pod.Text("spec/securityContext/runAsNonRoot") != "true"
            || container.Text("securityContext/readOnlyRootFilesystem") != "true"
            || container.Text("securityContext/allowPrivilegeEscalation") != "false"
            || pod.Text("spec/automountServiceAccountToken") != "false"
        )
            yield return "the test may do more than it must";
        if (!container.Texts("args").Contains("--fail"))
            yield return "the test passes whatever is answered";
        var asked = container
            .Texts("args")
            .Where(a => a.StartsWith("http", StringComparison.Ordinal))
            .Select(a => new Uri(a))
            .ToList();
        foreach (var url in asked)
            if (i.Find("Service", url.Host) is null)
                yield return $"the test asks {url.Host}, which is not there";
        if (!asked.Any(u => u.AbsolutePath.StartsWith("/api/", StringComparison.Ordinal)))
            yield return "the test asks no service behind the Gateway";
        if (
            i.Find("NetworkPolicy", "gateway") is { } policy
            && !policy
                .Items("spec/ingress")
                .SelectMany(r => r.Items("from"))
                .Select(f => f.At("podSelector/matchLabels"))
                .OfType<JsonObject>()
                .Any(labels => Covers(labels, pod.At("metadata/labels")!.AsObject()))
        )
            yield return "the network keeps the test from the Gateway";
    }

    private static IEnumerable<string> SecretsOf(JsonNode workload) =>
        Installation
            .AppOf(workload)
            .Items("env")
            .Select(v => v.Text("valueFrom/secretKeyRef/name"))
            .Concat([
                Installation.PodOf(workload).Annotation("dapr.io/api-token-secret"),
                Installation.PodOf(workload).Annotation("dapr.io/app-token-secret"),
            ])
            .Where(s => s.Length > 0)
            .Distinct();

    private static IEnumerable<JsonObject> Pods(Installation i) =>
        i.Deployments.Concat(i.All("Job")).Select(w => w.At("spec/template/metadata/labels")!.AsObject());

    private static bool Covers(JsonObject wanted, JsonObject labels) =>
        wanted.All(w => labels[w.Key]?.ToString() == w.Value?.ToString());
}
