using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Ticketing.ServiceDefaults;

namespace Ticketing.Gateway;

/// <summary>The whole API, and the sandbox's apart from it: made when this project was built; the origin is the installation's.</summary>
/// <param name="Path">Where it is served.</param>
internal sealed record ApiDocument(string Path, string FileName)
{
    public static readonly ApiDocument Public = new("/openapi/v1.json", "openapi.json");
    public static readonly ApiDocument Sandbox = new("/openapi/sandbox.json", "openapi-sandbox.json");

    private const string CacheControl = "public, max-age=300";

    public JsonNode Read() =>
        JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(AppContext.BaseDirectory, FileName)))!;

    public static void MapAll(WebApplication app, GatewayOptions options)
    {
        Public.Map(app);
        if (options.Sandbox)
            Sandbox.Map(app);
    }

    private void Map(WebApplication app)
    {
        var document = Read();
        document["servers"]![0]!["url"] = app.Services.GetRequiredService<IOptions<PublicOptions>>().Value.BaseUrl;
        var answer = Answer.Of(document);
        app.MapGet(Path, () => answer.With(CacheControl)).AllowAnonymous();
    }
}
