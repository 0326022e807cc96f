using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Ticketing.TestKit;

/// <summary>The API document is committed beside its service; a change of the API shows in the diff.</summary>
public static class OpenApiSnapshot
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>
    /// Compares <c>services/{service}/openapi.json</c> with what the service's code says; with <c>UPDATE_SNAPSHOTS=1</c>
    /// writes it instead.
    /// </summary>
    public static async Task VerifyAsync(TestSystem system, string appId)
    {
        var provider = system.Services(appId).GetRequiredKeyedService<IOpenApiDocumentProvider>("v1");
        var document = await provider.GetOpenApiDocumentAsync();
        var said = JsonNode.Parse(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1))!;
        var text = said.ToJsonString(Indented) + "\n";
        var path = Path.Combine(
            TestSystem.RepositoryRoot,
            "services",
            char.ToUpperInvariant(appId[0]) + appId[1..],
            "openapi.json"
        );
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
            await File.WriteAllTextAsync(path, text);
        var committed = File.Exists(path) ? await File.ReadAllTextAsync(path) : "";
        if (committed != text)
            throw new InvalidOperationException(
                $"{path} is not what the code says; run the service's tests with UPDATE_SNAPSHOTS=1 and look at the diff."
            );
    }
}
