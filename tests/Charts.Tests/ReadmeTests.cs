using System.Text;
using System.Text.Json.Nodes;

namespace Ticketing.Charts.Tests;

/// <summary>The chart's README: its table of parameters is made from the schema and the values.</summary>
public sealed class ReadmeTests
{
    private const string Start = "<!-- parameters: generated, UPDATE_SNAPSHOTS=1 dotnet test tests/Charts.Tests -->";
    private const string End = "<!-- /parameters -->";
    private static readonly JsonNode Schema = JsonNode.Parse(
        File.ReadAllText(Path.Combine(Repository.Chart, "values.schema.json"))
    )!;
    private static readonly JsonObject Values = Yaml.Documents(
            File.ReadAllText(Path.Combine(Repository.Chart, "values.yaml"))
        )
        .Single();

    [Fact]
    public async Task The_table_of_parameters_is_true()
    {
        var path = Path.Combine(Repository.Chart, "README.md");
        var readme = await File.ReadAllTextAsync(path);
        var start = readme.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        var end = readme.IndexOf(End, StringComparison.Ordinal);
        var expected = readme[..start] + "\n\n" + Table() + "\n" + readme[end..];
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
            await File.WriteAllTextAsync(path, expected);
        Assert.Equal(expected, await File.ReadAllTextAsync(path));
    }

    [Fact]
    public void Every_parameter_is_described()
    {
        var silent = Parameters(Schema, "").Where(p => p.Description.Length == 0);
        Assert.Empty(silent.Select(p => p.Name));
    }

    private static string Table()
    {
        var table = new StringBuilder("| parameter | meaning | default |\n|---|---|---|\n");
        foreach (var (name, description) in Parameters(Schema, ""))
            table.Append(null, $"| `{name}` | {description} | {DefaultOf(name)} |\n");
        return table.ToString();
    }

    private static IEnumerable<(string Name, string Description)> Parameters(JsonNode schema, string prefix)
    {
        foreach (var (name, given) in (JsonObject)schema["properties"]!)
        {
            // Helm's own, and the services' blocks, which look like the defaults.
            if (prefix.Length == 0 && name is "global")
                continue;
            var path = prefix + name;
            var property = Resolve(given!);
            if (property["properties"] is not null)
                foreach (var inner in Parameters(property, path + "."))
                    yield return inner;
            else
                yield return (path, given.Text("description") is { Length: > 0 } d ? d : property.Text("description"));
        }
    }

    private static JsonNode Resolve(JsonNode property) =>
        property.Text("$ref") is { Length: > 0 } reference ? Schema.At(reference[2..])! : property;

    private static string DefaultOf(string name)
    {
        var value = Values.At(name.Replace('.', '/'));
        return value switch
        {
            JsonObject { Count: 0 } or JsonArray { Count: 0 } or null => "",
            JsonObject o => string.Join(", ", o.Select(p => $"`{p.Key}`")),
            JsonArray a when a.All(i => i is JsonValue) => $"`{string.Join(", ", a)}`",
            JsonArray => "see values.yaml",
            _ when value.ToString().Length == 0 => "",
            _ => $"`{value}`",
        };
    }
}
