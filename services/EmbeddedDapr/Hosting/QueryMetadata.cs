using Microsoft.AspNetCore.Http;

namespace Ticketing.EmbeddedDapr.Hosting;

/// <summary>Request metadata over HTTP: query parameters named <c>metadata.x</c>.</summary>
internal static class QueryMetadata
{
    private const string Prefix = "metadata.";

    public static Dictionary<string, string> Of(HttpRequest request)
    {
        var metadata = new Dictionary<string, string>();
        foreach (var (key, value) in request.Query)
        {
            if (key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            {
                metadata[key[Prefix.Length..]] = value.ToString();
            }
        }
        return metadata;
    }
}
