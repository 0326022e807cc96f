using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Ticketing.ServiceDefaults;

namespace Ticketing.Gateway;

/// <summary>The whole API at <c>/openapi/v1.json</c>: made when this project was built; the origin is the installation's.</summary>
internal static class ApiDocument
{
    private const string CacheControl = "public, max-age=300";

    public static void MapApiDocument(this WebApplication app, GatewayOptions options)
    {
        var file = options.Sandbox ? "openapi-with-sandbox.json" : "openapi.json";
        var document = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, file)))!;
        document["servers"]![0]!["url"] = app.Services.GetRequiredService<IOptions<PublicOptions>>().Value.BaseUrl;
        var answer = Answer.Of(document);
        app.MapGet("/openapi/v1.json", () => answer.With(CacheControl)).AllowAnonymous();
    }
}
