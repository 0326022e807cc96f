using Microsoft.Extensions.Logging;
using Ticketing.EmbeddedDapr.PubSub;
using Ticketing.EmbeddedDapr.Secrets;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Ticketing.EmbeddedDapr.Components;

/// <summary>Everything that the resources folder declares and that the embedded runtime understands.</summary>
internal sealed class Resources
{
    public List<Component> Components { get; } = [];
    public List<DeclaredSubscription> Subscriptions { get; } = [];

    /// <summary>How long finished workflows are kept, by Dapr's key (<c>completed</c>, <c>anyTerminal</c> …).</summary>
    public Dictionary<string, TimeSpan> WorkflowRetention { get; } = [];

    public IEnumerable<Component> OfBlock(string block) =>
        Components.Where(c => c.Type.StartsWith(block + ".", StringComparison.Ordinal));

    public static Resources Load(string folder, string dataDirectory, ILogger logger)
    {
        var documents = Directory
            .EnumerateFiles(folder)
            .Where(f => Path.GetExtension(f) is ".yaml" or ".yml")
            .Order(StringComparer.Ordinal)
            .SelectMany(Documents)
            .ToList();
        var resources = new Resources();
        var components = documents.Where(d => Kind(d) == "Component").ToList();
        // Secret stores first: other components may refer to their secrets.
        foreach (
            var document in components.OrderBy(d => !TypeOf(d).StartsWith("secretstores.", StringComparison.Ordinal))
        )
        {
            resources.Components.Add(ReadComponent(document, resources, dataDirectory));
        }
        if (resources.Components.GroupBy(c => c.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new InvalidOperationException($"Component '{twice.Key}' is declared more than once in {folder}.");
        }
        foreach (var document in documents)
        {
            switch (Kind(document))
            {
                case "Component":
                    break;
                case "Subscription":
                    resources.Subscriptions.Add(DeclaredSubscription.Read(document));
                    break;
                case "Configuration":
                    ReadRetention(document, resources);
                    break;
                case var kind:
                    logger.LogDebug(
                        "The embedded runtime ignores {Kind} {Name}",
                        kind,
                        document.Text("metadata", "name")
                    );
                    break;
            }
        }
        return resources;
    }

    public static IEnumerable<YamlMappingNode> Documents(string file)
    {
        var yaml = new YamlStream();
        try
        {
            using var reader = File.OpenText(file);
            yaml.Load(reader);
        }
        catch (Exception e) when (e is YamlException or InvalidOperationException)
        {
            throw new InvalidOperationException($"{file}: {e.Message}", e);
        }
        return yaml
            .Documents.Select(d => d.RootNode)
            .OfType<YamlMappingNode>()
            .Where(n => n.Text("apiVersion")?.StartsWith("dapr.io/", StringComparison.Ordinal) == true);
    }

    private static string Kind(YamlMappingNode document) => document.Text("kind") ?? "";

    private static string TypeOf(YamlMappingNode document) => document.Text("spec", "type") ?? "";

    private static Component ReadComponent(YamlMappingNode document, Resources known, string dataDirectory)
    {
        var name =
            document.Text("metadata", "name")
            ?? throw new InvalidOperationException("A component has no metadata.name.");
        var metadata = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in document.Items("spec", "metadata").OfType<YamlMappingNode>())
        {
            var key =
                item.Text("name")
                ?? throw new InvalidOperationException($"Component '{name}': metadata without a name.");
            metadata[key] =
                item.Text("value")
                ?? (
                    item.Text("secretKeyRef", "name") is { } secret
                        ? Secret(secret, item.Text("secretKeyRef", "key"))
                        : ""
                );
        }
        return new(
            name,
            TypeOf(document),
            document.Text("spec", "version") ?? "v1",
            metadata,
            document.Texts("scopes")
        );

        string Secret(string secret, string? key)
        {
            var storeName =
                document.Text("auth", "secretStore")
                ?? throw new InvalidOperationException(
                    $"Component '{name}' uses a secret but names no auth.secretStore."
                );
            var store =
                known.Components.Find(c => c.Name == storeName)
                ?? throw new InvalidOperationException($"Component '{name}': there is no secret store '{storeName}'.");
            var values = SecretStore.Open(store, dataDirectory).Get(secret);
            return values?.GetValueOrDefault(key ?? secret)
                ?? throw new InvalidOperationException($"Component '{name}': '{storeName}' has no secret '{secret}'.");
        }
    }

    private static void ReadRetention(YamlMappingNode document, Resources resources)
    {
        if (document.Node("spec", "workflow", "stateRetentionPolicy") is YamlMappingNode policy)
        {
            foreach (var (key, value) in policy.Children)
            {
                resources.WorkflowRetention[((YamlScalarNode)key).Value!] = GoDuration.Parse(
                    ((YamlScalarNode)value).Value!
                );
            }
        }
    }
}
