using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Ticketing.EmbeddedDapr.Components;
using Ticketing.EmbeddedDapr.Hosting;

namespace Ticketing.EmbeddedDapr.Bindings;

/// <summary>The output bindings API, gRPC and HTTP.</summary>
internal sealed class BindingsApi(Resources resources, string dataDirectory, TimeProvider clock)
{
    private readonly ComponentSet<OutputBinding> _bindings = new(
        resources.OfBlock("bindings"),
        c => OutputBinding.Open(c, dataDirectory, clock),
        name => Failed(name, $"couldn't find output binding {name}")
    );

    public async Task<InvokeBindingResponse> InvokeBinding(InvokeBindingRequest request, ServerCallContext call)
    {
        var result = await InvokeAsync(
            SidecarApp.Of(call.GetHttpContext()),
            request.Name,
            request.Operation,
            request.Data.Memory,
            request.Metadata.AsReadOnly(),
            call.CancellationToken
        );
        var response = new InvokeBindingResponse { Data = UnsafeByteOperations.UnsafeWrap(result.Data) };
        response.Metadata.Add(result.Metadata);
        return response;
    }

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods("/v1.0/bindings/{name}", [HttpMethods.Post, HttpMethods.Put], InvokeAsync);

    private async Task InvokeAsync(HttpContext http)
    {
        var request =
            await JsonSerializer.DeserializeAsync(http.Request.Body, BindingJson.Default.Request, http.RequestAborted)
            ?? throw new JsonException("the body is null");
        var result = await InvokeAsync(
            SidecarApp.Of(http),
            (string)http.Request.RouteValues["name"]!,
            request.Operation,
            request.Data is { } data ? Encoding.UTF8.GetBytes(data.GetRawText()) : [],
            request.Metadata ?? [],
            http.RequestAborted
        );
        if (result.Data.Length == 0)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }
        await http.Response.Body.WriteAsync(result.Data, http.RequestAborted);
    }

    private async Task<BindingResult> InvokeAsync(
        SidecarApp app,
        string name,
        string operation,
        ReadOnlyMemory<byte> data,
        IReadOnlyDictionary<string, string> metadata,
        CancellationToken ct
    )
    {
        var binding = _bindings.Get(name, app);
        try
        {
            return await app.Metrics.BindingAsync(
                name,
                operation,
                () => binding.InvokeAsync(operation, data, metadata, ct)
            );
        }
        catch (Exception e) when (e is BindingException or IOException or UnauthorizedAccessException)
        {
            throw Failed(name, e.Message);
        }
    }

    private static DaprError Failed(string name, string reason) =>
        new(
            StatusCode.Internal,
            StatusCodes.Status500InternalServerError,
            "ERR_INVOKE_OUTPUT_BINDING",
            $"error invoking output binding {name}: {reason}"
        );
}

/// <summary>The wire form over HTTP.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true
)]
[JsonSerializable(typeof(BindingWire.Request))]
internal sealed partial class BindingJson : JsonSerializerContext;

internal static class BindingWire
{
    public sealed record Request(
        string Operation,
        JsonElement? Data = null,
        Dictionary<string, string>? Metadata = null
    );
}
