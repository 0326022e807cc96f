using System.Net;
using System.Text.Json.Nodes;

namespace Ticketing.Charts.Tests;

/// <summary>One end of a connection: a pod, with its namespace's labels and its named ports, or an address.</summary>
internal sealed record End(string Name)
{
    public string Namespace { get; init; } = "";
    public JsonObject? Labels { get; init; }
    public IPAddress? Address { get; init; }
    public IReadOnlyDictionary<string, int> NamedPorts { get; init; } = new Dictionary<string, int>();

    public static End Pod(string ns, string name, params (string Key, string Value)[] labels) =>
        new(name) { Namespace = ns, Labels = new(labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value))) };

    public static End At(string name, string address) => new(name) { Address = IPAddress.Parse(address) };

    public override string ToString() => Name;
}

/// <summary>
/// NetworkPolicies as Kubernetes defines them: of the policies that select a pod, each rule adds to what is allowed; a pod
/// that none selects is open. Ports are the pods' own (the policy sees a packet after the Service has translated it). An
/// address block says nothing about pods: whether it holds for theirs is the network plugin's affair.
/// </summary>
internal sealed class Network(IEnumerable<JsonObject> policies, string releaseNamespace)
{
    private readonly List<JsonObject> policies = [.. policies];

    public bool Allows(End from, End to, int port, string protocol = "TCP") =>
        LetsThrough(from, to, to, port, protocol, "Egress") && LetsThrough(to, from, to, port, protocol, "Ingress");

    private bool LetsThrough(End self, End other, End target, int port, string protocol, string direction)
    {
        var ours = policies.Where(p => Governs(p, self, direction)).ToList();
        return ours.Count == 0
            || ours.SelectMany(p => p.Items($"spec/{direction.ToLowerInvariant()}"))
                .Any(r =>
                    OneOf(r, direction == "Egress" ? "to" : "from", peer => Is(peer, other))
                    && OneOf(r, "ports", p => IsPort(p, target, port, protocol))
                );
    }

    /// <summary>An absent or empty list means everything.</summary>
    private static bool OneOf(JsonNode rule, string list, Func<JsonNode, bool> matches) =>
        !rule.Items(list).Any() || rule.Items(list).Any(matches);

    private bool Governs(JsonObject policy, End pod, string direction) =>
        pod.Labels is not null
        && NamespaceOf(policy) == pod.Namespace
        && (
            policy.At("spec/policyTypes") is null
                ? direction == "Ingress" || policy.At("spec/egress") is not null
                : policy.Texts("spec/policyTypes").Contains(direction)
        )
        && Selects(policy.At("spec/podSelector"), pod.Labels);

    private string NamespaceOf(JsonObject policy) =>
        policy.Text("metadata/namespace") is { Length: > 0 } own ? own : releaseNamespace;

    private bool Is(JsonNode peer, End end)
    {
        if (peer.At("ipBlock") is { } block)
            return end.Address is { } address
                && Holds(block.Text("cidr"), address)
                && !block.Texts("except").Any(e => Holds(e, address));
        if (end.Labels is null)
            return false;
        // Of every namespace there is one label at least.
        var spaces = new JsonObject { ["kubernetes.io/metadata.name"] = end.Namespace };
        return (
                peer.At("namespaceSelector") is { } inSpaces
                    ? Selects(inSpaces, spaces)
                    : end.Namespace == releaseNamespace
            ) && (peer.At("podSelector") is not { } pods || Selects(pods, end.Labels));
    }

    private static bool Holds(string cidr, IPAddress address) => IPNetwork.Parse(cidr).Contains(address);

    private static bool IsPort(JsonNode rule, End target, int port, string protocol)
    {
        if ((rule.Text("protocol") is { Length: > 0 } own ? own : "TCP") != protocol)
            return false;
        if (rule.At("port") is null)
            return true;
        var first = rule.Number("port");
        if (first < 0)
            return target.NamedPorts.TryGetValue(rule.Text("port"), out var named) && named == port;
        return port >= first && port <= Math.Max(first, rule.Number("endPort"));
    }

    internal static bool Selects(JsonNode? selector, JsonObject labels) =>
        (
            selector.At("matchLabels") is not JsonObject wanted
            || wanted.All(w => labels[w.Key]?.ToString() == w.Value?.ToString())
        )
        && selector
            .Items("matchExpressions")
            .All(e =>
            {
                var (has, value) = (labels.ContainsKey(e.Text("key")), labels[e.Text("key")]?.ToString() ?? "");
                return e.Text("operator") switch
                {
                    "In" => has && e.Texts("values").Contains(value),
                    "NotIn" => !has || !e.Texts("values").Contains(value),
                    "Exists" => has,
                    "DoesNotExist" => !has,
                    var other => throw new InvalidOperationException($"No operator {other}."),
                };
            });
}
