using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Ticketing.Charts.Tests;

/// <summary>YAML as JSON, and short ways through it.</summary>
internal static class Yaml
{
    public static List<JsonObject> Documents(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(d => ToJson(d.RootNode)).OfType<JsonObject>()];
    }

    private static JsonNode? ToJson(YamlNode node) =>
        node switch
        {
            YamlMappingNode map => new JsonObject(
                map.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value!, ToJson(c.Value)))
            ),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
            YamlScalarNode { Style: ScalarStyle.Plain } plain => Plain(plain.Value!),
            YamlScalarNode scalar => JsonValue.Create(scalar.Value),
            _ => throw new InvalidOperationException($"{node.NodeType} at {node.Start}"),
        };

    private static JsonValue? Plain(string text) =>
        text switch
        {
            "" or "~" or "null" => null,
            "true" => JsonValue.Create(true),
            "false" => JsonValue.Create(false),
            _ when long.TryParse(text, CultureInfo.InvariantCulture, out var n) => JsonValue.Create(n),
            _ => JsonValue.Create(text),
        };

    /// <summary>The node at a path of names, with '/' between them; null when it is not there.</summary>
    public static JsonNode? At(this JsonNode? node, string path)
    {
        foreach (var name in path.Split('/'))
            node = node is JsonObject o && o.TryGetPropertyValue(name, out var next) ? next : null;
        return node;
    }

    public static string Text(this JsonNode? node, string path) => node.At(path) is JsonValue v ? v.ToString() : "";

    public static int Number(this JsonNode? node, string path) =>
        int.TryParse(node.Text(path), CultureInfo.InvariantCulture, out var n) ? n : -1;

    public static IEnumerable<JsonNode> Items(this JsonNode? node, string path) =>
        (node.At(path) as JsonArray)?.OfType<JsonNode>() ?? [];

    public static IEnumerable<string> Texts(this JsonNode? node, string path) =>
        node.Items(path).Select(i => i.ToString());

    public static string Kind(this JsonNode node) => node.Text("kind");

    public static string Name(this JsonNode node) => node.Text("metadata/name");

    /// <summary>An annotation: its name has slashes of its own.</summary>
    public static string Annotation(this JsonNode node, string name) =>
        node.At("metadata/annotations") is JsonObject a && a[name] is { } value ? value.ToString() : "";
}
