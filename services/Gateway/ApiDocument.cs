using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Ticketing.ServiceDefaults;

namespace Ticketing.Gateway;

/// <summary>The whole API, and the sandbox's apart from it: made when this project was built; the origin is the installation's.</summary>
internal static class ApiDocument
{
    public const string Path = "/openapi/v1.json";
    public const string SandboxPath = "/openapi/sandbox.json";
    private const string CacheControl = "public, max-age=300";

    public static void MapApiDocument(this WebApplication app, GatewayOptions options)
    {
        Map(app, Path, "openapi.json");
        if (options.Sandbox)
            Map(app, SandboxPath, "openapi-sandbox.json");
    }

    private static void Map(WebApplication app, string path, string file)
    {
        var document = JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(AppContext.BaseDirectory, file)))!;
        document["servers"]![0]!["url"] = app.Services.GetRequiredService<IOptions<PublicOptions>>().Value.BaseUrl;
        var answer = Answer.Of(document);
        app.MapGet(path, () => answer.With(CacheControl)).AllowAnonymous();
    }
}
