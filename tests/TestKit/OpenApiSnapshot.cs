using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ticketing.TestKit;

/// <summary>The API document is committed beside its service; a change of the API shows in the diff.</summary>
public static class OpenApiSnapshot
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>
    /// Compares <c>services/{service}/openapi.json</c> with what the service serves; with <c>UPDATE_SNAPSHOTS=1</c>
    /// writes it instead.
    /// </summary>
    public static async Task VerifyAsync(HttpClient http, string service)
    {
        var served = JsonNode.Parse(await http.GetStringAsync("/openapi/v1.json"))!.ToJsonString(Indented) + "\n";
        var path = Path.Combine(TestSystem.RepositoryRoot, "services", service, "openapi.json");
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
            await File.WriteAllTextAsync(path, served);
        var committed = File.Exists(path) ? await File.ReadAllTextAsync(path) : "";
        if (committed != served)
            throw new InvalidOperationException(
                $"{path} is not what the service serves; run its tests with UPDATE_SNAPSHOTS=1 and look at the diff."
            );
    }
}
