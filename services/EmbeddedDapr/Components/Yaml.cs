using YamlDotNet.RepresentationModel;

namespace Ticketing.EmbeddedDapr.Components;

/// <summary>Reading a YAML tree by path; what is missing is null or empty.</summary>
internal static class Yaml
{
    public static YamlNode? Node(this YamlMappingNode node, params ReadOnlySpan<string> path)
    {
        YamlNode? found = node;
        foreach (var name in path)
        {
            found = found is YamlMappingNode map && map.Children.TryGetValue(name, out var child) ? child : null;
        }
        return found;
    }

    public static string? Text(this YamlMappingNode node, params ReadOnlySpan<string> path) =>
        (node.Node(path) as YamlScalarNode)?.Value;

    public static IEnumerable<YamlNode> Items(this YamlMappingNode node, params ReadOnlySpan<string> path) =>
        (node.Node(path) as YamlSequenceNode)?.Children ?? [];

    public static List<string> Texts(this YamlMappingNode node, params ReadOnlySpan<string> path) =>
        [.. node.Items(path).OfType<YamlScalarNode>().Select(s => s.Value!)];
}
