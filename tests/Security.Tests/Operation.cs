using System.Text.Json.Nodes;
using Ticketing.TestKit;

namespace Ticketing.Security.Tests;

/// <summary>An operation of a service's committed API document.</summary>
internal sealed record Operation(string Method, string Path, JsonNode Node)
{
    private static readonly EnumerationOptions Depth = new() { RecurseSubdirectories = true, MaxRecursionDepth = 1 };

    public static IReadOnlyList<Operation> All { get; } =
    [
        .. Directory
            .EnumerateFiles(System.IO.Path.Combine(TestSystem.RepositoryRoot, "services"), "openapi.json", Depth)
            .Order(StringComparer.Ordinal)
            .SelectMany(file => In(JsonNode.Parse(File.ReadAllText(file))!)),
    ];

    public string Route => $"{Method} {Path}";

    public string Id => $"{Node["operationId"]}";

    public bool HasBody => Node["requestBody"] is not null;

    /// <summary>Of what it takes.</summary>
    public string? MediaType => Node["requestBody"]?["content"]?.AsObject().First().Key;

    public IEnumerable<(string Name, string In, bool Required)> Parameters =>
        (Node["parameters"]?.AsArray() ?? []).Select(p =>
            ($"{p!["name"]}", $"{p["in"]}", p["required"]?.GetValue<bool>() ?? false)
        );

    /// <summary>Does the document say that this may be answered?</summary>
    public bool Documents(int status) => Node["responses"]![$"{status}"] is not null;

    public static IEnumerable<Operation> In(JsonNode document) =>
        document["paths"]!
            .AsObject()
            .SelectMany(path =>
                path.Value!.AsObject()
                    .Select(operation => new Operation(operation.Key.ToUpperInvariant(), path.Key, operation.Value!))
            );
}
