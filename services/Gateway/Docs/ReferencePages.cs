using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ticketing.Gateway.Docs;

/// <summary>
/// Every operation of an OpenAPI document on a page of its own, and the list of them: plain HTML, which needs no script,
/// reads on a phone and aloud, and has an address for each thing.
/// </summary>
internal sealed partial class ReferencePages
{
    private const string Schemas = "#/components/schemas/";

    private readonly JsonNode _document;
    private readonly string _path;
    private readonly Dictionary<string, (string Title, string Body)> _operations = [];

    /// <param name="document">An OpenAPI 3.1 document.</param>
    /// <param name="path">Of the list; an operation's page is beneath it, under its <c>operationId</c>.</param>
    /// <param name="file">Where the document itself is.</param>
    /// <param name="title">Of the list.</param>
    public ReferencePages(JsonNode document, string path, string file, string title)
    {
        (_document, _path) = (document, path);
        var operations = document["paths"]!
            .AsObject()
            .SelectMany(p => p.Value!.AsObject().Select(o => new Operation(p.Key, o.Key.ToUpperInvariant(), o.Value!)))
            .ToLookup(o => $"{o.Node["tags"]![0]}");
        foreach (var operation in operations.SelectMany(o => o))
            _operations[operation.Id] = (operation.Title, Page(operation, title));
        List = Overview(operations, file, title);
    }

    private sealed record Operation(string Path, string Method, JsonNode Node)
    {
        public string Id => $"{Node["operationId"]}";
        public string Title => $"{Node["summary"]}".TrimEnd('.');
    }

    /// <summary>The body of the page that lists all operations.</summary>
    public string List { get; }

    /// <summary>Null when there is no such operation.</summary>
    public (string Title, string Body)? Find(string operationId) =>
        _operations.TryGetValue(operationId, out var page) ? page : null;

    private string Overview(ILookup<string, Operation> operations, string file, string title)
    {
        var html = new StringWriter(CultureInfo.InvariantCulture);
        html.Write(
            $"""
            <h1>{Text(title)}</h1>
            {Prose($"{_document["info"]!["description"]}")}
            <p>The same for tools: <a href="{file}">OpenAPI 3.1</a>.</p>
            """
        );
        foreach (var tag in _document["tags"]!.AsArray().Where(t => operations.Contains($"{t!["name"]}")))
        {
            html.Write($"\n<section id=\"{tag!["name"]}\"><h2><a href=\"#{tag["name"]}\">{tag["name"]}</a></h2>");
            html.Write(Prose($"{tag["description"]}") + "<ul class=\"operations\">");
            foreach (var operation in operations[$"{tag["name"]}"])
                html.Write(
                    $"\n<li><a href=\"{_path}/{operation.Id}\">{Text(operation.Title)}</a> {Call(operation)}</li>"
                );
            html.Write("</ul></section>");
        }
        return html.ToString();
    }

    private string Page(Operation operation, string title)
    {
        var shapes = new Shapes(_document);
        var node = operation.Node;
        var tag = $"{node["tags"]![0]}";
        var html = new StringWriter(CultureInfo.InvariantCulture);
        html.Write(
            $"""
            <p><a href="{_path}">{Text(title)}</a> › <a href="{_path}#{tag}">{tag}</a></p>
            <h1>{Text(operation.Title)}</h1>
            <p>{Call(operation)}</p>
            {Prose($"{node["description"]}")}
            <p>{(node["security"]!.AsArray().Count > 0
                ? "With an <a href=\"/docs/authentication\">access token</a>."
                : "Without an access token.")}</p>
            """
        );
        if (node["parameters"] is JsonArray { Count: > 0 } parameters)
        {
            html.Write("\n<h2>Parameters</h2><dl>");
            foreach (var parameter in parameters)
                html.Write(
                    Entry(
                        $"{parameter!["name"]}",
                        $"{parameter["in"]}, {shapes.Type(parameter["schema"]!)}{Required(parameter["required"])}",
                        $"{parameter["description"]}"
                    )
                );
            html.Write("</dl>");
        }
        if (node["requestBody"] is { } body)
        {
            var (media, schema) = Content(body)!.Value;
            html.Write($"\n<h2>Body</h2><p><code>{media}</code>: {shapes.Type(schema)}</p>");
        }
        html.Write("\n<h2>Answers</h2><dl>");
        foreach (var (status, answer) in node["responses"]!.AsObject().OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            var content = Content(answer!);
            var problem = content?.Media == "application/problem+json";
            html.Write(
                Entry(
                    status,
                    content is { } c && !problem ? $"<code>{c.Media}</code>: {shapes.Type(c.Schema)}" : "",
                    $"{answer!["description"]}",
                    problem
                )
            );
        }
        html.Write("</dl>");
        if (shapes.Any)
            html.Write("\n<h2>Shapes</h2>");
        while (shapes.Next() is var (name, shape))
        {
            html.Write($"\n<section id=\"{name}\"><h3>{name}</h3>{Prose($"{shape["description"]}")}");
            if (shape["properties"] is not JsonObject { Count: > 0 } properties)
                html.Write($"<p>{shapes.Type(shape)}</p>");
            else
            {
                var required = shape["required"]?.AsArray().Select(r => $"{r}").ToHashSet() ?? [];
                html.Write("<dl>");
                foreach (var (property, value) in properties)
                    html.Write(
                        Entry(
                            property,
                            shapes.Type(value!) + (required.Contains(property) ? ", required" : ""),
                            Shapes.Meaning(value!)
                        )
                    );
                html.Write("</dl>");
            }
            html.Write("</section>");
        }
        return html.ToString();
    }

    private static string Call(Operation operation) => $"<code><b>{operation.Method}</b> {Text(operation.Path)}</code>";

    private static string Required(JsonNode? required) => required?.GetValue<bool>() == true ? ", required" : "";

    private static string Entry(string name, string type, string meaning, bool problem = false) =>
        $"\n<dt><code>{Text(name)}</code> {type}</dt><dd>{(problem ? Linked(Inline(meaning)) : Inline(meaning))}</dd>";

    private static (string Media, JsonNode Schema)? Content(JsonNode of) =>
        of["content"]?.AsObject().FirstOrDefault() is { Key: { } media, Value: { } value }
            ? (media, value["schema"] ?? new JsonObject())
            : null;

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Paragraphs, and code between backticks: what our descriptions have of Markdown.</summary>
    private static string Prose(string text) =>
        string.Concat(
            text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(p => $"<p>{Inline(p)}</p>")
        );

    private static string Inline(string text) => Code().Replace(Text(text), "<code>$1</code>");

    /// <summary>Codes of problems lead to what they mean.</summary>
    private static string Linked(string html) =>
        Words()
            .Replace(
                html,
                word =>
                    KnownProblems.All.Any(p => p.Code == word.Value)
                        ? $"<a href=\"/docs/errors#{word.Value}\">{word.Value}</a>"
                        : word.Value
            );

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    /// <summary>A word that something follows which a code is followed by in our descriptions.</summary>
    [GeneratedRegex("(?<![\\w-])[a-z]+(?:-[a-z]+)*(?=[:,.])")]
    private static partial Regex Words();

    /// <summary>What a page has named of the document's schemas, each told once.</summary>
    private sealed class Shapes(JsonNode document)
    {
        private readonly HashSet<string> _named = [];
        private readonly Queue<string> _waiting = [];

        public bool Any => _waiting.Count > 0;

        public (string Name, JsonNode Schema)? Next() =>
            _waiting.TryDequeue(out var name) ? (name, document["components"]!["schemas"]![name]!) : null;

        public static string Meaning(JsonNode schema) =>
            $"{schema["description"] ?? Either(schema).Select(s => s["description"]).FirstOrDefault(d => d is not null)}";

        /// <summary>HTML: <c>string, uuid</c>, <c>list of OrderLineView, at most 20</c>, <c>pending, paid or null</c>.</summary>
        public string Type(JsonNode schema)
        {
            if ($"{schema["$ref"]}" is { Length: > 0 } reference)
            {
                var name = reference[Schemas.Length..];
                if (_named.Add(name))
                    _waiting.Enqueue(name);
                return $"<a href=\"#{name}\">{name}</a>";
            }
            if (schema["oneOf"] is not null)
                return string.Join(" or ", Either(schema).Select(Type));
            if (schema["enum"] is JsonArray values)
                return string.Join(" | ", values.Select(v => $"<code>{Text(v?.ToString() ?? "null")}</code>"));
            var types = schema["type"] is JsonArray several ? several.Select(t => $"{t}") : [$"{schema["type"]}"];
            var text = string.Join(" or ", types.OrderBy(t => t == "null").Select(t => Of(t, schema)));
            return text + Limits(schema);
        }

        private string Of(string type, JsonNode schema) =>
            type switch
            {
                "array" => $"list of {Type(schema["items"] ?? new JsonObject())}",
                "object" when schema["additionalProperties"] is JsonObject values => $"map of {Type(values)}",
                "object" when schema["properties"] is JsonObject properties =>
                    $"{{ {string.Join("; ", properties.Select(p => $"{p.Key}: {Type(p.Value!)}"))} }}",
                "" => "anything",
                _ => type,
            };

        private static IEnumerable<JsonNode> Either(JsonNode schema) =>
            (schema["oneOf"]?.AsArray() ?? []).OrderBy(s => $"{s!["type"]}" == "null").Select(s => s!);

        private static string Limits(JsonNode schema)
        {
            var html = new StringWriter(CultureInfo.InvariantCulture);
            if (schema["format"] is { } format && $"{format}" is not ("int32" or "int64"))
                html.Write($", {format}");
            Range(schema["minLength"], schema["maxLength"], " characters");
            Range(schema["minItems"], schema["maxItems"], " items");
            Range(schema["minimum"], schema["maximum"], "");
            if (schema["pattern"] is { } pattern)
                html.Write($", <code>{Text($"{pattern}")}</code>");
            if (schema["default"] is { } given)
                html.Write($", <code>{Text($"{given}")}</code> when not given");
            return html.ToString();

            void Range(JsonNode? least, JsonNode? most, string unit)
            {
                if (least is not null || most is not null)
                    html.Write(
                        most is null ? $", at least {least}{unit}"
                        : least is null ? $", at most {most}{unit}"
                        : $", {least} to {most}{unit}"
                    );
            }
        }
    }
}
