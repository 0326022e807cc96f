using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Gateway.Tests;

/// <summary>The whole API, of the services' committed documents; left in artifacts/openapi.json for .spectral.yaml.</summary>
public sealed class WholeDocumentTests
{
    private static readonly string[] Services =
    [
        AppIds.Users,
        AppIds.Events,
        AppIds.Tickets,
        AppIds.Products,
        AppIds.Orders,
        AppIds.Payments,
    ];

    [Fact]
    public async Task The_whole_document_has_every_operation_and_the_Gateways_limits()
    {
        await using var system = new TestSystem();
        foreach (var appId in Services)
            system.Stub(appId, new PeerStub { Handle = _ => Task.FromResult(Results.Json(Committed(appId))) });
        await system
            .Service(AppIds.Gateway, GatewayService.Build, "Public:BaseUrl=https://ticketing.localhost")
            .StartAsync();
        using var http = system.Client(AppIds.Gateway);
        var whole = await http.GetStringAsync("/openapi/v1.json");
        await File.WriteAllTextAsync(Path.Combine(TestSystem.RepositoryRoot, "artifacts", "openapi.json"), whole);

        var operations = Operations(JsonNode.Parse(whole)!).ToDictionary();
        Assert.Equal(
            Services.SelectMany(s => Operations(Committed(s)!)).Select(o => o.Key).Order(),
            operations.Keys.Order()
        );
        Assert.All(operations.Values, o => Assert.NotNull(o["responses"]!["429"]!["headers"]!["Retry-After"]));
    }

    private static IEnumerable<KeyValuePair<string, JsonNode>> Operations(JsonNode document) =>
        document["paths"]!
            .AsObject()
            .SelectMany(p => p.Value!.AsObject().Select(o => KeyValuePair.Create($"{o.Key} {p.Key}", o.Value!)));

    private static JsonNode? Committed(string appId) =>
        JsonNode.Parse(
            File.ReadAllText(
                Path.Combine(
                    TestSystem.RepositoryRoot,
                    "services",
                    char.ToUpperInvariant(appId[0]) + appId[1..],
                    "openapi.json"
                )
            )
        );
}
