using System.Text.Json;
using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Ticketing.EmbeddedDapr.Components;
using Ticketing.EmbeddedDapr.Hosting;

namespace Ticketing.EmbeddedDapr.Secrets;

/// <summary>The secrets API, gRPC and HTTP.</summary>
internal sealed class SecretsApi(Resources resources, string dataDirectory)
{
    private readonly ComponentSet<SecretStore> _stores = new(
        resources.OfBlock("secretstores"),
        c => SecretStore.Open(c, dataDirectory),
        name =>
            new(
                StatusCode.InvalidArgument,
                StatusCodes.Status401Unauthorized,
                "ERR_SECRET_STORE_NOT_FOUND",
                $"failed finding secret store with key {name}"
            )
    );

    public Task<GetSecretResponse> GetSecret(GetSecretRequest request, ServerCallContext call)
    {
        var response = new GetSecretResponse();
        response.Data.Add(Find(request.StoreName, request.Key, SidecarApp.Of(call.GetHttpContext())).ToDictionary());
        return Task.FromResult(response);
    }

    public Task<GetBulkSecretResponse> GetBulkSecret(GetBulkSecretRequest request, ServerCallContext call)
    {
        var response = new GetBulkSecretResponse();
        var app = SidecarApp.Of(call.GetHttpContext());
        foreach (var (name, values) in All(request.StoreName, app))
        {
            response.Data[name] = new SecretResponse { Secrets = { values.ToDictionary() } };
        }
        return Task.FromResult(response);
    }

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(
            "/v1.0/secrets/{store}/bulk",
            (HttpContext http) => Write(http, All(Route(http, "store"), SidecarApp.Of(http)))
        );
        routes.MapGet(
            "/v1.0/secrets/{store}/{**key}",
            (HttpContext http) => Write(http, Find(Route(http, "store"), Route(http, "key"), SidecarApp.Of(http)))
        );
    }

    private IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> All(string store, SidecarApp app)
    {
        var found = _stores.Get(store, app);
        return app.Metrics.Secret(store, "bulk_get", found.All);
    }

    private IReadOnlyDictionary<string, string> Find(string store, string key, SidecarApp app)
    {
        var found = _stores.Get(store, app);
        return app.Metrics.Secret(
            store,
            "get",
            () =>
                found.Get(key)
                ?? throw new DaprError(
                    StatusCode.Internal,
                    StatusCodes.Status500InternalServerError,
                    "ERR_SECRET_GET",
                    $"failed getting secret with key {key} from secret store {store}: secret not found"
                )
        );
    }

    private static string Route(HttpContext http, string name) => (string)http.Request.RouteValues[name]!;

    private static Task Write<T>(HttpContext http, T value)
    {
        http.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(http.Response.Body, value);
    }
}
