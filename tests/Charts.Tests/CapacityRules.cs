using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ticketing.Charts.Tests;

/// <summary>What an environment of Terraform gives is enough for what its values ask. Each rule yields what is wrong.</summary>
internal static class CapacityRules
{
    /// <summary>
    /// vCPU, GiB and pods that EKS leaves of a node: 70 or 80 millicores and 255 MiB + 11 MiB a pod are the system's, 100 MiB
    /// are kept free; pods as the network interfaces have addresses.
    /// </summary>
    private static readonly Dictionary<string, (double Cpu, double Gib, int Pods)> Nodes = new()
    {
        ["t4g.large"] = (1.93, 7.2, 35),
        ["m7g.large"] = (1.93, 7.3, 29),
        ["m7g.xlarge"] = (3.92, 15.0, 58),
    };

    /// <summary>Monitoring, collector, controllers: what is installed beside us (README), roughly; and a node's own pods.</summary>
    private static readonly (double Cpu, double Gib, int Pods) Beside = (2.0, 7.0, 25);
    private const int DaemonsANode = 6;
    private const int Zones = 3;

    /// <summary>PostgreSQL keeps three for its superusers; provisioning, audits and people take some.</summary>
    private const int ReservedConnections = 20;
    private const int ExporterConnections = 5;

    public static IEnumerable<string> TheNodesHoldThePods(Installation i)
    {
        if (!TerraformTests.Environments.TryGetValue(i.Environment, out var folder))
            yield break;
        var node = Nodes[Quoted(TerraformTests.ArgumentOf(folder, "node_instance_types"))];
        var most = int.Parse(
            Regex.Match(TerraformTests.ArgumentOf(folder, "nodes_per_zone"), @"max = (\d+)").Groups[1].Value,
            CultureInfo.InvariantCulture
        );
        // The fewest replicas without a zone, and the most replicas with all of them, in a rollout.
        foreach (
            var (what, replicas, nodes) in new (string, Func<JsonNode, int>, int)[]
            {
                ("with a zone lost, the fewest replicas", d => Replicas(i, d).Fewest, most * (Zones - 1)),
                ("the most replicas in a rollout", d => WithSurge(i, d), most * Zones),
            }
        )
        {
            var control = ControlPlane();
            var cpu = Beside.Cpu + control.Cpu + i.Deployments.Sum(d => replicas(d) * Requests(d).Cpu);
            var gib = Beside.Gib + control.Gib + i.Deployments.Sum(d => replicas(d) * Requests(d).Gib);
            var pods = Beside.Pods + control.Pods + i.Deployments.Sum(replicas) + nodes * DaemonsANode;
            if (cpu > nodes * node.Cpu)
                yield return $"{what}: {cpu:0.0} vCPU on {nodes} nodes with {nodes * node.Cpu:0.0}";
            if (gib > nodes * node.Gib)
                yield return $"{what}: {gib:0.0} GiB on {nodes} nodes with {nodes * node.Gib:0.0}";
            if (pods > nodes * node.Pods)
                yield return $"{what}: {pods} pods on {nodes} nodes with {nodes * node.Pods}";
        }
    }

    public static IEnumerable<string> TheDatabaseHasAConnectionForEach(Installation i)
    {
        if (!TerraformTests.Environments.TryGetValue(i.Environment, out var folder))
            yield break;
        var allowed = Figure(folder, "database_connections");
        var pool = Figure(folder, "pool_size");
        // In a rollout, old and new.
        var sessions = i.Deployments.Where(HasDatabase).Sum(d => WithSurge(i, d) * pool);
        var workflows = i.All("Component")
            .Where(c => c.Text("spec/type") == "state.postgresql")
            .SelectMany(c => c.Texts("scopes").Select(app => (App: app, Most: Installation.MetadataOf(c)["maxConns"])))
            .Sum(s => WithSurge(i, i.The("Deployment", s.App)) * int.Parse(s.Most, CultureInfo.InvariantCulture));
        var all = sessions + workflows + ExporterConnections + ReservedConnections;
        if (all > allowed)
            yield return $"{all} connections ({sessions} services, {workflows} workflow sidecars), the database allows {allowed}";
    }

    /// <summary>
    /// What the namespace may ask for is what the most replicas ask for in the biggest waves, and a tenth (what ends meanwhile
    /// only delays: it is asked for again). What it may not have at all, nothing asks for.
    /// </summary>
    public static IEnumerable<string> TheQuotaBearsARollout(Installation i)
    {
        if (!i.OnAws || !TerraformTests.Environments.ContainsKey(i.Environment))
            yield break;
        var quota = Bootstrap("ResourceQuota").At("spec/hard");
        // Before the rollout its migrations run one by one, after it helm test: never beside its surge.
        var cpu = 1.1 * i.Deployments.Sum(d => WithSurge(i, d) * Requests(d).Cpu);
        var gib = 1.1 * i.Deployments.Sum(d => WithSurge(i, d) * Requests(d).Gib);
        var pods = 1.1 * i.Deployments.Sum(d => WithSurge(i, d));
        if (cpu > Cpu(quota.Text("requests.cpu")))
            yield return $"{cpu:0.0} vCPU, the quota is {quota.Text("requests.cpu")}";
        if (gib > Gib(quota.Text("requests.memory")))
            yield return $"{gib:0.0} GiB, the quota is {quota.Text("requests.memory")}";
        if (pods > quota.Number("pods"))
            yield return $"{pods:0} pods, the quota is {quota.Number("pods")}";
        foreach (var (type, name) in new[] { ("NodePort", "nodeports"), ("LoadBalancer", "loadbalancers") })
            if (i.All("Service").Count(s => s.Text("spec/type") == type) > quota.Number($"services.{name}"))
                yield return $"a Service of type {type}, the quota has none";
        if (i.Manifests.Any(m => m.Kind() is "PersistentVolumeClaim" or "StatefulSet"))
            yield return "a claim, the quota has none";
    }

    /// <summary>
    /// With what the namespace puts in where a container says nothing (LimitRange), none asks for more than it may have: such a pod
    /// is refused, not fitted.
    /// </summary>
    public static IEnumerable<string> ContainersFitTheLimits(Installation i)
    {
        var limits = Bootstrap("LimitRange").Items("spec/limits").Single(l => l.Text("type") == "Container");
        foreach (var (pod, name, resources) in i.Manifests.SelectMany(Containers))
        foreach (var (kind, read) in new (string, Func<string, double>)[] { ("cpu", Cpu), ("memory", Gib) })
        {
            double? Quantity(JsonNode? from, string path) =>
                from.Text(path) is { Length: > 0 } quantity ? read(quantity) : null;
            var limit = Quantity(resources, $"limits/{kind}") ?? Quantity(limits, $"default/{kind}");
            // A limit alone is its own request, before the namespace's defaults come.
            var request =
                Quantity(resources, $"requests/{kind}")
                ?? Quantity(resources, $"limits/{kind}")
                ?? Quantity(limits, $"defaultRequest/{kind}");
            if (request is null)
                yield return $"{pod}, {name}: no request of {kind}, which the quota wants";
            if (request > limit)
                yield return $"{pod}, {name}: {request} of {kind}, and may have {limit}";
            if (limit > Quantity(limits, $"max/{kind}") || request < Quantity(limits, $"min/{kind}"))
                yield return $"{pod}, {name}: {kind} out of the namespace's range";
        }
    }

    /// <summary>Of whatever makes pods: its containers, those before them, and the sidecar that Dapr puts in.</summary>
    private static IEnumerable<(string Pod, string Name, JsonNode? Resources)> Containers(JsonObject manifest)
    {
        var pod = manifest.Kind() == "Pod" ? manifest : manifest.At("spec/template");
        if (pod.At("spec/containers") is null)
            yield break;
        var who = $"{manifest.Kind()} {manifest.Name()}";
        foreach (var c in pod.Items("spec/containers").Concat(pod.Items("spec/initContainers")))
            yield return (who, c.Text("name"), c.At("resources"));
        if (pod!.Annotation("dapr.io/enabled") != "true")
            yield break;
        var resources = new JsonObject();
        foreach (var (list, kind) in new[] { ("requests", "request"), ("limits", "limit") })
        {
            resources[list] = new JsonObject();
            foreach (var what in new[] { "cpu", "memory" })
                if (pod!.Annotation($"dapr.io/sidecar-{what}-{kind}") is { Length: > 0 } quantity)
                    resources[list]![what] = quantity;
        }
        yield return (who, "daprd", resources);
    }

    private static JsonObject Bootstrap(string kind) =>
        Yaml.Documents(File.ReadAllText(Repository.PathOf("infra", "cluster", "bootstrap.yaml")))
            .Single(m => m.Kind() == kind);

    private static bool HasDatabase(JsonNode d) =>
        Installation.AppOf(d).Items("env").Any(v => v.Text("name") == "ConnectionStrings__Database");

    private static (int Fewest, int Most) Replicas(Installation i, JsonNode d)
    {
        var scaler = i.All("HorizontalPodAutoscaler")
            .Concat(i.All("ScaledObject"))
            .FirstOrDefault(s => s.Text("spec/scaleTargetRef/name") == d.Name());
        return scaler is null
            ? (d.Number("spec/replicas"), d.Number("spec/replicas"))
            : (
                Math.Max(scaler.Number("spec/minReplicas"), scaler.Number("spec/minReplicaCount")),
                Math.Max(scaler.Number("spec/maxReplicas"), scaler.Number("spec/maxReplicaCount"))
            );
    }

    /// <summary>In the bigger of a rollout's waves and a hotfix's.</summary>
    private static int WithSurge(Installation i, JsonNode d)
    {
        var most = Replicas(i, d).Most;
        var surge = d.Text("spec/strategy/rollingUpdate/maxSurge");
        var percent = int.Parse(surge.TrimEnd('%'), CultureInfo.InvariantCulture);
        var wave = surge.EndsWith('%') ? (most * percent + 99) / 100 : percent;
        return most + Math.Max(wave, (most * HotfixPercent + 99) / 100);
    }

    private static readonly int HotfixPercent = int.Parse(
        Regex
            .Match(File.ReadAllText(Repository.PathOf("infra", "cluster", "roll-out.sh")), @"maxSurge=(\d+)%")
            .Groups[1]
            .Value,
        CultureInfo.InvariantCulture
    );

    private static (double Cpu, double Gib) Requests(JsonNode d)
    {
        var app = Installation.AppOf(d);
        var pod = Installation.PodOf(d);
        return (
            Cpu(app.Text("resources/requests/cpu")) + Cpu(pod.Annotation("dapr.io/sidecar-cpu-request")),
            Gib(app.Text("resources/requests/memory")) + Gib(pod.Annotation("dapr.io/sidecar-memory-request"))
        );
    }

    /// <summary>Highly available: three of each.</summary>
    private static (double Cpu, double Gib, int Pods) ControlPlane()
    {
        var values = Yaml.Documents(File.ReadAllText(Repository.PathOf("charts", "dapr-values.yaml"))).Single();
        var requests = values
            .Where(v => v.Key.StartsWith("dapr_", StringComparison.Ordinal))
            .Select(v => v.Value.At("resources/requests"))
            .ToList();
        return (
            3 * requests.Sum(r => Cpu(r.Text("cpu"))),
            3 * requests.Sum(r => Gib(r.Text("memory"))),
            3 * requests.Count
        );
    }

    private static int Figure(string folder, string name) =>
        int.Parse(TerraformTests.ArgumentOf(folder, name), CultureInfo.InvariantCulture);

    private static string Quoted(string list) => Regex.Match(list, "\"([^\"]+)").Groups[1].Value;

    private static double Cpu(string quantity) =>
        quantity.EndsWith('m') ? Parse(quantity[..^1]) / 1000 : Parse(quantity);

    private static double Gib(string quantity) =>
        quantity.EndsWith("Mi", StringComparison.Ordinal) ? Parse(quantity[..^2]) / 1024
        : quantity.EndsWith("Gi", StringComparison.Ordinal) ? Parse(quantity[..^2])
        : throw new InvalidOperationException($"{quantity} is no quantity of memory.");

    private static double Parse(string number) => double.Parse(number, CultureInfo.InvariantCulture);
}
