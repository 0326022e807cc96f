using System.Text.Json.Nodes;

namespace Ticketing.Charts.Tests;

/// <summary>What the chart makes of one file of values; mistakes can be planted in it.</summary>
internal sealed class Installation(string environment, bool onAws, List<JsonObject> manifests)
{
    /// <summary>The file's name: an environment, or a corner case as ci/name.</summary>
    public string Environment => environment;
    public bool OnAws => onAws;
    public List<JsonObject> Manifests => manifests;

    public static async Task<Installation> OfAsync(string environment)
    {
        var manifests = Yaml.Documents(await Helm.TemplateAsync(environment));
        var onAws = manifests.Any(m => m.Text("spec/type") == "secretstores.aws.secretmanager");
        return new(environment, onAws, manifests);
    }

    public Installation Copy() => new(environment, onAws, [.. manifests.Select(m => m.DeepClone().AsObject())]);

    public IEnumerable<JsonObject> All(string kind) => manifests.Where(m => m.Kind() == kind);

    public JsonObject? Find(string kind, string name) => All(kind).FirstOrDefault(m => m.Name() == name);

    public JsonObject The(string kind, string name) =>
        Find(kind, name) ?? throw new InvalidOperationException($"No {kind} {name}.");

    public IEnumerable<JsonObject> Deployments => All("Deployment");

    public IReadOnlySet<string> AppIds => Deployments.Select(d => PodOf(d).Annotation("dapr.io/app-id")).ToHashSet();

    public static JsonNode PodOf(JsonNode workload) => workload.At("spec/template")!;

    public static JsonNode AppOf(JsonNode workload) => workload.Items("spec/template/spec/containers").Single();

    /// <summary>What the sidecars find in their environment.</summary>
    public static Dictionary<string, string> SidecarEnvironment(JsonNode deployment) =>
        PodOf(deployment)
            .Annotation("dapr.io/env")
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(p => p.Split('=', 2))
            .ToDictionary(p => p[0], p => p.Length == 2 ? p[1] : "");

    /// <summary>A component's metadata: literal values, else the name that they are taken from.</summary>
    public static Dictionary<string, string> MetadataOf(JsonNode component) =>
        component
            .Items("spec/metadata")
            .ToDictionary(m => m.Text("name"), m => m.Text("value") is { Length: > 0 } v ? v : m.Text("envRef"));
}
