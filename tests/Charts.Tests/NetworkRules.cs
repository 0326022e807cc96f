using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ticketing.Charts.Tests;

/// <summary>
/// Who reaches whom: the table of the chart's README is what must pass, and nothing else between pods or from outside does.
/// Each rule yields what is wrong.
/// </summary>
internal static partial class NetworkRules
{
    private const string Ns = "ticketing";

    private sealed record Flow(string Who, string Whom, string Ports, string Why)
    {
        public override string ToString() => $"{Who} to {Whom}";
    }

    public static IEnumerable<string> WhatMustPassPasses(Installation i)
    {
        var network = NetworkOf(i);
        var flows = Flows();
        foreach (var flow in flows.Where(f => !Connections.ContainsKey(f.ToString())))
            yield return $"the README's table: {flow} means nothing here";
        foreach (var known in Connections.Keys.Except(flows.Select(f => f.ToString())))
            yield return $"the README's table lacks {known}";
        foreach (var flow in flows.Where(f => Connections.ContainsKey(f.ToString())))
        foreach (var (from, to) in Connections[flow.ToString()](i))
        foreach (var (port, protocol) in PortsOf(flow))
            if (!network.Allows(from, to, port, protocol))
                yield return $"{from} does not reach {to} at {port}/{protocol}: {flow.Why}";
    }

    public static IEnumerable<string> NothingElsePasses(Installation i)
    {
        if (!i.All("NetworkPolicy").Any())
        {
            yield return "there are no policies";
            yield break;
        }
        var network = NetworkOf(i);
        var wanted = Flows()
            .Where(f => Connections.ContainsKey(f.ToString()))
            .SelectMany(f =>
                Connections[f.ToString()](i).SelectMany(c => PortsOf(f).Select(p => (c.From.Name, c.To.Name, p.Port)))
            )
            .ToHashSet();
        var pods = Pods(i).ToList();
        var stranger = End.Pod("default", "a pod of another namespace", ("app", "stranger"));
        End[] outside = [stranger, End.At("the internet", "203.0.113.7"), End.At("another VPC", "10.200.0.9")];
        int[] ports = [8080, 3500, 50001, 50002, 9090, 9464, 7777];
        foreach (var to in pods)
        foreach (var from in pods.Concat(outside).Concat(Public(i)))
        foreach (var port in ports)
            if (network.Allows(from, to, port) && !wanted.Contains((from.Name, to.Name, port)))
                yield return $"{from} reaches {to} at {port}, and need not";
        foreach (var from in pods)
        {
            foreach (var port in new[] { 80, 443 })
                if (network.Allows(from, End.At("the node's credentials", "169.254.169.254"), port))
                    yield return $"{from} may act as its node";
            if (network.Allows(from, stranger, 8080))
                yield return $"{from} reaches another namespace";
            // On kind it is one of the emulators, whose namespace is open to all.
            if (i.OnAws && network.Allows(from, Database(i), 5432) && !HasDatabase(i).Any(d => d.Name == from.Name))
                yield return $"{from} reaches the database, and has none";
        }
    }

    /// <summary>What each line of the table means here.</summary>
    private static readonly Dictionary<string, Func<Installation, IEnumerable<(End From, End To)>>> Connections = new()
    {
        ["a caller to the sidecar of whom it calls"] = i =>
            from app in Apps(i)
            from caller in i.Find("Configuration", app.Name).Items("spec/accessControl/policies")
            from pod in Apps(i)
            where pod.Name == caller.Text("appId")
            select (pod, app),
        ["an app with an actor store to its other replicas"] = i => ActorHosts(i).Select(a => (a, a)),
        ["Payments to the sandbox"] = i => Pair(i, "payments", "sandbox"),
        ["the sandbox to the Gateway"] = i => Pair(i, "sandbox", "gateway"),
        ["a service to the embedded provider"] = i =>
            i
                .Deployments.SelectMany(d => Installation.AppOf(d).Items("env"))
                .Any(v => v.Text("name") == "Auth__MetadataAddress" && v.Text("value").Contains("//users:"))
                ? from app in Apps(i)
                from users in Apps(i)
                where users.Name == "users"
                select (app, users)
                : [],
        ["the load balancer to the Gateway"] = i =>
            from edge in Public(i)
            from app in Apps(i)
            where app.Name == "gateway"
            select (edge, app),
        ["helm test to the Gateway"] = i =>
            from test in Tests(i)
            from app in Apps(i)
            where app.Name == "gateway"
            select (test, app),
        ["every pod to the cluster's DNS"] = i =>
            Pods(i).Select(p => (p, End.Pod("kube-system", "coredns", ("k8s-app", "kube-dns")))),
        ["every sidecar to Dapr's control plane"] = i =>
            Apps(i).Select(p => (p, End.Pod("dapr-system", "Dapr's control plane", ("app", "dapr-x")))),
        ["Prometheus to every service and sidecar"] = i =>
            Apps(i).Select(p => (End.Pod("monitoring", "Prometheus", ("app", "prometheus")), p)),
        ["every service and sidecar to the collector"] = i =>
            Apps(i).Select(p => (p, End.Pod("observability", "the collector", ("app", "otel-collector")))),
        ["whoever has a database to PostgreSQL"] = i => HasDatabase(i).Select(p => (p, Database(i))),
        ["every service to AWS and the OpenID provider"] = i =>
            i.OnAws
                ? from pod in Apps(i)
                from address in new[]
                {
                    End.At("AWS", "52.94.7.1"),
                    End.At("an interface endpoint", Inside(VpcOf(i), 16 * 256 + 9)),
                }
                select (pod, address)
                : [],
        ["every service to EKS's Pod Identity agent"] = i =>
            i.OnAws ? Apps(i).Select(p => (p, End.At("the Pod Identity agent", "169.254.170.23"))) : [],
        ["a sidecar to the emulators of AWS"] = i =>
            i.OnAws || i.Environment != "dev" ? [] : Apps(i).Select(p => (p, Backing("the emulators"))),
        ["a sidecar with Kubernetes' secret store to the API server"] = i =>
            i.OnAws || i.Environment != "dev"
                ? []
                : from app in Apps(i)
                where i.Find("Component", "secretstore").Texts("scopes").Contains(app.Name)
                select (app, End.At("the API server", "172.18.0.3")),
    };

    private static Network NetworkOf(Installation i) => new(i.All("NetworkPolicy"), Ns);

    private static List<Flow> Flows()
    {
        var readme = File.ReadAllText(Path.Combine(Repository.Chart, "README.md"));
        var table = readme[readme.IndexOf("| who | whom |", StringComparison.Ordinal)..];
        return
        [
            .. table[..table.IndexOf("\n\n", StringComparison.Ordinal)]
                .Split('\n')
                .Skip(2)
                .Select(l => l.Split('|', StringSplitOptions.TrimEntries))
                .Select(c => new Flow(c[1], c[2], c[3], c[4])),
        ];
    }

    private static IEnumerable<(int Port, string Protocol)> PortsOf(Flow flow) =>
        Port()
            .Matches(flow.Ports)
            .Select(m => (int.Parse(m.Groups[1].Value, null), m.Groups[2].Success ? m.Groups[2].Value : "TCP"));

    private static End PodOf(JsonNode workload)
    {
        var container = Installation.AppOf(workload);
        return new(workload.Name())
        {
            Namespace = Ns,
            Labels = (JsonObject)workload.At("spec/template/metadata/labels")!,
            NamedPorts = container.Items("ports").ToDictionary(p => p.Text("name"), p => p.Number("containerPort")),
        };
    }

    private static IEnumerable<End> Apps(Installation i) => i.Deployments.Select(PodOf);

    private static IEnumerable<End> Tests(Installation i) =>
        i.All("Pod").Select(p => new End(p.Name()) { Namespace = Ns, Labels = (JsonObject)p.At("metadata/labels")! });

    private static IEnumerable<End> Pods(Installation i) => Apps(i).Concat(i.All("Job").Select(PodOf)).Concat(Tests(i));

    private static IEnumerable<End> HasDatabase(Installation i) =>
        i
            .Deployments.Concat(i.All("Job"))
            .Where(w => Installation.AppOf(w).Items("env").Any(v => v.Text("name") == "ConnectionStrings__Database"))
            .Select(PodOf);

    /// <summary>Their sidecars meet: the actors of workflows and activities are spread over the replicas.</summary>
    private static IEnumerable<End> ActorHosts(Installation i) =>
        Apps(i)
            .Where(a =>
                i.All("Component")
                    .Any(c =>
                        c.Texts("scopes").Contains(a.Name)
                        && c.Items("spec/metadata")
                            .Any(m => m.Text("name") == "actorStateStore" && m.Text("value") == "true")
                    )
            );

    private static IEnumerable<(End, End)> Pair(Installation i, string caller, string called) =>
        i.AppIds.Contains("sandbox")
            ? from a in Apps(i)
            from b in Apps(i)
            where a.Name == caller && b.Name == called
            select (a, b)
            : [];

    private static End Backing(string name) => End.Pod("ticketing-backing", name, ("app", "backing"));

    private static End Database(Installation i) =>
        i.OnAws ? End.At("PostgreSQL", Inside(VpcOf(i), 8 * 256 + 10))
        : i.Environment == "dev" ? Backing("PostgreSQL")
        : End.At("PostgreSQL", "10.0.8.10");

    /// <summary>The load balancer's address in a public subnet, or its pods.</summary>
    private static IEnumerable<End> Public(Installation i) =>
        i.OnAws
            ? [End.At("the load balancer", Inside(VpcOf(i), 2 * 256 + 40))]
            : [End.Pod("ingress-nginx", "the ingress controller", ("app", "ingress"))];

    /// <summary>Of the environment of the same name; elsewhere what values.yaml takes for granted.</summary>
    internal static string VpcOf(Installation i) =>
        TerraformTests.Environments.TryGetValue(i.Environment, out var folder)
            ? TerraformTests.ArgumentOf(folder, "cidr")
            : "10.0.0.0/16";

    private static string Inside(string cidr, int offset)
    {
        var bytes = IPNetwork.Parse(cidr).BaseAddress.GetAddressBytes();
        (bytes[2], bytes[3]) = ((byte)(offset / 256), (byte)(offset % 256));
        return new IPAddress(bytes).ToString();
    }

    [GeneratedRegex(@"(\d+)(?:/(TCP|UDP))?")]
    private static partial Regex Port();
}
