using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ticketing.Charts.Tests;

/// <summary>
/// The fields of custom resources, as their definitions list them: nothing else is allowed, what is marked * must be
/// there. (The API server would drop an unknown field without a word.)
/// </summary>
internal sealed partial class Crds
{
    private sealed record Field(string Type, bool Required, HashSet<string>? Values)
    {
        public Dictionary<string, Field> Children { get; } = [];
    }

    private readonly Dictionary<string, Field> kinds = [];

    public static Crds Known { get; } = Read("crds-dapr-1.18.3.txt", "crds-others.txt");

    private static Crds Read(params string[] files)
    {
        var crds = new Crds();
        foreach (var file in files)
            crds.Add(File.ReadAllLines(Repository.PathOf("tests", "Charts.Tests", file)));
        return crds;
    }

    private void Add(string[] lines)
    {
        var (group, kind) = ("", "");
        var path = new Stack<(int Depth, Field Field)>();
        foreach (var line in lines)
        {
            if (Header().Match(line) is { Success: true } header)
                (group, kind) = (header.Groups[1].Value, header.Groups[2].Value);
            else if (line.StartsWith("-- ", StringComparison.Ordinal))
            {
                var root = new Field("object", true, null);
                kinds[$"{group}/{line[3..]} {kind}"] = root;
                path.Clear();
                path.Push((0, root));
            }
            else if (Property().Match(line) is { Success: true } p)
            {
                var depth = p.Groups[1].Length;
                while (path.Peek().Depth >= depth)
                    path.Pop();
                var values = p.Groups[5].Success
                    ? Quoted().Matches(p.Groups[5].Value).Select(m => m.Groups[1].Value).ToHashSet()
                    : null;
                var field = new Field(p.Groups[4].Value, p.Groups[3].Success, values);
                path.Peek().Field.Children[p.Groups[2].Value] = field;
                path.Push((depth, field));
            }
        }
    }

    /// <summary>Null: not one of these kinds.</summary>
    public IReadOnlyList<string>? Problems(JsonObject manifest)
    {
        if (!kinds.TryGetValue($"{manifest.Text("apiVersion")} {manifest.Kind()}", out var root))
            return null;
        var problems = new List<string>();
        var body = new JsonObject(
            manifest
                .Where(p => p.Key is not ("apiVersion" or "kind" or "metadata"))
                .Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))
        );
        Check(body, root, $"{manifest.Kind()} {manifest.Name()}", problems);
        return problems;
    }

    private static void Check(JsonNode? node, Field field, string path, List<string> problems)
    {
        if (!Fits(node, field.Type))
            problems.Add($"{path} is no {field.Type}");
        else if (node is JsonArray list)
            foreach (var (item, i) in list.Select((item, i) => (item, i)))
                Check(item, Of(field, field.Type["array of ".Length..]), $"{path}[{i}]", problems);
        else if (node is JsonObject o && field.Children.Count > 0)
            CheckObject(o, field, path, problems);
        else if (field.Values is { } values && !values.Contains(node!.ToString()))
            problems.Add($"{path}: {node} is not one of {string.Join(", ", values)}");
    }

    private static void CheckObject(JsonObject o, Field field, string path, List<string> problems)
    {
        var any = field.Children.GetValueOrDefault("<name>");
        foreach (var (name, value) in o)
            if ((field.Children.GetValueOrDefault(name) ?? any) is { } known)
                Check(value, known, $"{path}/{name}", problems);
            else
                problems.Add($"{path}: unknown field {name}");
        problems.AddRange(
            field
                .Children.Where(c => c.Value.Required && !o.ContainsKey(c.Key))
                .Select(c => $"{path}: {c.Key} is missing")
        );
    }

    private static Field Of(Field field, string type)
    {
        var item = new Field(type, false, field.Values);
        foreach (var (name, child) in field.Children)
            item.Children[name] = child;
        return item;
    }

    private static bool Fits(JsonNode? node, string type) =>
        type switch
        {
            "any" => true,
            "object" => node is JsonObject,
            "string" => node?.GetValueKind() == JsonValueKind.String,
            "integer" => node?.GetValueKind() == JsonValueKind.Number,
            "boolean" => node?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
            _ => node is JsonArray,
        };

    [GeneratedRegex(@"^(\S+\.\S+) (\w+) \[\(")]
    private static partial Regex Header();

    [GeneratedRegex(@"^( +)([\w<>]+)(\*)?: ((?:array of )?\w+)(?: enum=\[(.*?)\])?")]
    private static partial Regex Property();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex Quoted();
}
