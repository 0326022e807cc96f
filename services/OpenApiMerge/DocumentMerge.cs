using System.Text.Json.Nodes;

namespace Ticketing.OpenApiMerge;

/// <summary>
/// Makes one OpenAPI document of the services' own. Paths are disjoint by design; schemas of the same name but another
/// shape get the service's name in front.
/// </summary>
internal static class DocumentMerge
{
    private const string SchemaPrefix = "#/components/schemas/";

    public static JsonObject Merge(IEnumerable<(string Service, JsonObject Document)> documents)
    {
        var paths = new JsonObject();
        var schemas = new JsonObject();
        var security = new JsonObject();
        var tags = new JsonObject();
        foreach (var (service, document) in documents)
        {
            var own = (JsonObject)document.DeepClone();
            var renamed = RenameClashes(service, own, schemas);
            foreach (var (name, schema) in Members(own, "schemas"))
                schemas[renamed.GetValueOrDefault(name, name)] ??= Rewrite(schema!.DeepClone(), renamed);
            foreach (var (name, scheme) in Members(own, "securitySchemes"))
                security[name] ??= scheme!.DeepClone();
            foreach (var tag in own["tags"]?.AsArray() ?? [])
                tags[tag!["name"]!.ToString()] ??= tag.DeepClone();
            foreach (var (path, item) in own["paths"]?.AsObject() ?? [])
            {
                if (paths.ContainsKey(path))
                    throw new InvalidOperationException($"{service} describes {path}, which another service has.");
                paths[path] = Rewrite(item!.DeepClone(), renamed);
                foreach (var (_, operation) in paths[path]!.AsObject())
                {
                    // Said, not left out: open to everybody.
                    operation!["security"] ??= new JsonArray();
                    Refuse(operation, path);
                    Limit(operation);
                }
            }
        }
        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "Ticketing",
                ["version"] = "v1",
                ["description"] =
                    "Sells tickets for live events. Money is in minor units, time is RFC 3339 UTC, ids are UUIDs, "
                    + "refusals are problem+json (RFC 9457) with stable types.",
            },
            ["servers"] = new JsonArray(
                new JsonObject
                {
                    // Each installation's own: the Gateway fills it in.
                    ["url"] = "/",
                    ["description"] = "The public origin.",
                    ["x-internal"] = false,
                }
            ),
            ["tags"] = new JsonArray([.. Sorted(tags).Select(t => t.Value!.DeepClone())]),
            ["paths"] = Sorted(paths),
            ["components"] = new JsonObject
            {
                ["schemas"] = Sorted(schemas),
                ["securitySchemes"] = security,
                ["headers"] = new JsonObject
                {
                    ["RateLimit"] = Header("What is left of the quota.", "\"account\";r=119"),
                    ["RateLimit-Policy"] = Header("The quota and its window, in seconds.", "\"account\";q=120;w=60"),
                    ["Retry-After"] = Header("Seconds until the next try.", "1"),
                },
            },
        };
    }

    /// <summary>What the Gateway answers before any service, or in its place.</summary>
    private static void Refuse(JsonNode operation, string path)
    {
        if (operation["responses"] is not JsonObject responses)
            return;
        // Another company's bearer is not the Gateway's to judge.
        if (!path.StartsWith("/sandbox/", StringComparison.Ordinal))
            responses["401"] ??= Problem("An access token is not needed here, but this one does not hold.");
        responses["429"] ??= Problem("More requests than the limit allows.");
        responses["503"] ??= Problem("The service is not answering; try again after `Retry-After` seconds.");
    }

    private static JsonObject Problem(string description) =>
        new()
        {
            ["description"] = description,
            ["content"] = new JsonObject
            {
                ["application/problem+json"] = new JsonObject
                {
                    ["schema"] = new JsonObject { ["$ref"] = SchemaPrefix + "ProblemDetails" },
                },
            },
        };

    /// <summary>What the Gateway adds to every answer of a service: its limits.</summary>
    private static void Limit(JsonNode operation)
    {
        if (operation["responses"] is not JsonObject responses)
            return;
        foreach (var (status, response) in responses)
        {
            response!["headers"] ??= new JsonObject();
            if (status is "429" or "503")
                response["headers"]!["Retry-After"] = HeaderReference("Retry-After");
            response["headers"]!["RateLimit"] = HeaderReference("RateLimit");
            response["headers"]!["RateLimit-Policy"] = HeaderReference("RateLimit-Policy");
        }
    }

    private static JsonObject HeaderReference(string name) => new() { ["$ref"] = "#/components/headers/" + name };

    private static JsonObject Header(string description, string example) =>
        new()
        {
            ["description"] = description,
            ["schema"] = new JsonObject { ["type"] = "string", ["maxLength"] = 100 },
            ["example"] = example,
        };

    private static Dictionary<string, string> RenameClashes(string service, JsonObject own, JsonObject taken) =>
        Members(own, "schemas")
            .Where(s => taken[s.Key] is { } other && !JsonNode.DeepEquals(other, s.Value))
            .ToDictionary(s => s.Key, s => service + s.Key);

    private static JsonObject Members(JsonObject document, string kind) =>
        document["components"]?[kind]?.AsObject() ?? [];

    private static JsonNode Rewrite(JsonNode node, Dictionary<string, string> renamed)
    {
        if (node is JsonArray array)
            foreach (var item in array.Where(i => i is not null))
                Rewrite(item!, renamed);
        if (node is not JsonObject members)
            return node;
        foreach (var (name, value) in members.ToList())
        {
            if (
                name == "$ref"
                && value!.ToString() is var target
                && target.StartsWith(SchemaPrefix, StringComparison.Ordinal)
                && renamed.TryGetValue(target[SchemaPrefix.Length..], out var to)
            )
                members[name] = SchemaPrefix + to;
            else if (value is not null)
                Rewrite(value, renamed);
        }
        return node;
    }

    private static JsonObject Sorted(JsonObject members) =>
        new(
            members
                .OrderBy(m => m.Key, StringComparer.Ordinal)
                .Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone()))
        );
}
