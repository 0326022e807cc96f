using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Ticketing.Contracts;
using Ticketing.OpenApiMerge;
using Ticketing.TestKit;

namespace Ticketing.Gateway.Tests;

/// <summary>The whole API, of the services' committed documents.</summary>
public sealed class WholeDocumentTests
{
    private const string Origin = "https://ticketing.localhost";
    private static readonly string[] Services = ["Users", "Events", "Tickets", "Products", "Orders", "Payments"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_whole_document_has_every_operation_and_the_Gateways_limits(bool sandbox)
    {
        await using var system = await new TestSystem()
            .Service(
                AppIds.Gateway,
                GatewayService.Build,
                $"Public:BaseUrl={Origin}",
                $"Gateway:Sandbox={sandbox.ToString().ToLowerInvariant()}"
            )
            .StartAsync();
        using var http = system.Client(AppIds.Gateway);
        using var answer = await http.GetAsync("/openapi/v1.json");
        var whole = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;

        Assert.StartsWith("3.1", whole["openapi"]!.ToString());
        Assert.Equal(Origin, whole["servers"]![0]!["url"]!.ToString());
        var operations = Operations(whole).ToDictionary();
        Assert.Equal(
            Services.SelectMany(s => Operations(Committed(s))).Select(o => o.Key).Order(),
            operations.Keys.Order()
        );
        Assert.All(operations.Values, o => Assert.NotNull(o["responses"]!["429"]!["headers"]!["Retry-After"]));

        // The sandbox is another company's: apart, and only where there is one.
        using var other = await http.GetAsync("/openapi/sandbox.json");
        Assert.Equal(sandbox, other.IsSuccessStatusCode);
        if (sandbox)
            Assert.Equal(
                Operations(Committed("Sandbox")).Select(o => o.Key).Order(),
                Operations(JsonNode.Parse(await other.Content.ReadAsStringAsync())!).Select(o => o.Key).Order()
            );

        using var again = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        using var known = await http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
    }

    [Fact]
    public void Schemas_that_share_only_a_name_are_kept_apart()
    {
        var document = Merge("Users", "Orders");
        var schemas = document["components"]!["schemas"]!.AsObject();
        var paths = document["paths"]!.AsObject();
        Assert.Equal(2, paths.Count);
        foreach (var (path, item) in paths)
        {
            var reference = item!["get"]!["responses"]!["200"]!["content"]!["application/json"]!["schema"]!["$ref"]!;
            var schema = schemas[reference.ToString().Split('/')[^1]]!;
            Assert.Equal($"/api/v1/{schema["properties"]!.AsObject().Single().Key}-only", path);
        }
        Assert.Single(schemas, s => s.Key.EndsWith("Money", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_operation_says_what_token_it_needs_or_that_it_needs_none() =>
        Assert.All(
            Merge("Users", "Orders")["paths"]!.AsObject(),
            path => Assert.Empty(path.Value!["get"]!["security"]!.AsArray())
        );

    [Fact]
    public void Two_services_with_one_path_have_no_document()
    {
        var refused = Assert.Throws<InvalidOperationException>(() => Merge("Users", "Users"));
        Assert.Contains("/api/v1/Users-only", refused.Message);
    }

    private static JsonObject Merge(params string[] services) =>
        DocumentMerge.Merge(services.Select(s => (s, DocumentOf(s))));

    private static JsonObject DocumentOf(string service) =>
        JsonNode
            .Parse(
                $$"""
                {
                  "paths": { "/api/v1/{{service}}-only": { "get": { "responses": { "200": { "description": "",
                    "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } } } } } },
                  "components": { "schemas": {
                    "Thing": { "type": "object", "properties": { "{{service}}": { "type": "string" } } },
                    "Money": { "type": "object" } } }
                }
                """
            )!
            .AsObject();

    private static IEnumerable<KeyValuePair<string, JsonNode>> Operations(JsonNode document) =>
        document["paths"]!
            .AsObject()
            .SelectMany(p => p.Value!.AsObject().Select(o => KeyValuePair.Create($"{o.Key} {p.Key}", o.Value!)));

    private static JsonNode Committed(string service) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(TestSystem.RepositoryRoot, "services", service, "openapi.json")))!;
}
