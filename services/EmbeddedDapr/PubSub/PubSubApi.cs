using System.Text.Json;
using System.Text.Json.Serialization;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Ticketing.EmbeddedDapr.Components;
using Ticketing.EmbeddedDapr.Hosting;

namespace Ticketing.EmbeddedDapr.PubSub;

/// <summary>The publish API, gRPC and HTTP.</summary>
internal sealed class PubSubApi(Broker broker, TimeProvider clock)
{
    /// <summary>As SNS and SQS have it, envelope included: what is too large there is too large here.</summary>
    private const int MaxMessageBytes = 256 * 1024;

    public async Task<Empty> PublishEvent(PublishEventRequest request, ServerCallContext call)
    {
        var http = call.GetHttpContext();
        await PublishAsync(
            http,
            request.PubsubName,
            request.Topic,
            request.Data.Memory,
            request.DataContentType,
            request.Metadata.AsReadOnly(),
            call.CancellationToken
        );
        return new();
    }

    public async Task<BulkPublishResponse> BulkPublishEvent(BulkPublishRequest request, ServerCallContext call)
    {
        var http = call.GetHttpContext();
        Require(SidecarApp.Of(http), request.PubsubName, request.Topic);
        var results = await Task.WhenAll(
            request.Entries.Select(entry =>
                TryPublishAsync(
                    http,
                    request.PubsubName,
                    request.Topic,
                    entry.EntryId,
                    entry.Event.Memory,
                    entry.ContentType,
                    Merge(request.Metadata, entry.Metadata)
                )
            )
        );
        var response = new BulkPublishResponse();
        response.FailedEntries.AddRange(
            results
                .Where(r => r.Error is not null)
                .Select(r => new BulkPublishResponseFailedEntry { EntryId = r.EntryId, Error = r.Error })
        );
        return response;
    }

    public Task<BulkPublishResponse> BulkPublishEventAlpha1(BulkPublishRequest request, ServerCallContext call) =>
        BulkPublishEvent(request, call);

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var version in new[] { "v1.0", "v1.0-alpha1" })
        {
            routes.MapPost($"/{version}/publish/bulk/{{pubsub}}/{{**topic}}", BulkAsync);
        }
        foreach (var method in new[] { HttpMethods.Post, HttpMethods.Put })
        {
            routes.MapMethods("/v1.0/publish/{pubsub}/{**topic}", [method], OneAsync);
        }
    }

    private async Task OneAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        await PublishAsync(
            http,
            Route(http, "pubsub"),
            Route(http, "topic"),
            body.GetBuffer().AsMemory(0, (int)body.Length),
            http.Request.ContentType ?? "",
            QueryMetadata.Of(http.Request),
            http.RequestAborted
        );
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task BulkAsync(HttpContext http)
    {
        var (pubsub, topic) = (Route(http, "pubsub"), Route(http, "topic"));
        Require(SidecarApp.Of(http), pubsub, topic);
        var metadata = QueryMetadata.Of(http.Request);
        var entries =
            await JsonSerializer.DeserializeAsync(http.Request.Body, BulkJson.Default.EntryArray, http.RequestAborted)
            ?? [];
        var results = await Task.WhenAll(
            entries.Select(entry =>
                TryPublishAsync(
                    http,
                    pubsub,
                    topic,
                    entry.EntryId,
                    entry.Bytes(),
                    entry.ContentType ?? "application/json",
                    Merge(metadata, entry.Metadata ?? [])
                )
            )
        );
        var failed = results
            .Where(r => r.Error is not null)
            .Select(r => new BulkWire.Failure(r.EntryId, r.Error!))
            .ToArray();
        if (failed.Length == 0)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }
        http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        http.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(
            http.Response.Body,
            new("ERR_PUBSUB_PUBLISH_MESSAGE", failed),
            BulkJson.Default.Failures
        );
    }

    private async Task<(string EntryId, string? Error)> TryPublishAsync(
        HttpContext http,
        string pubsub,
        string topic,
        string entryId,
        ReadOnlyMemory<byte> data,
        string contentType,
        IReadOnlyDictionary<string, string> metadata
    )
    {
        try
        {
            await PublishAsync(http, pubsub, topic, data, contentType, metadata, http.RequestAborted);
            return (entryId, null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return (entryId, e.Message);
        }
    }

    private Task PublishAsync(
        HttpContext http,
        string pubsub,
        string topic,
        ReadOnlyMemory<byte> data,
        string contentType,
        IReadOnlyDictionary<string, string> metadata,
        CancellationToken ct
    )
    {
        var app = SidecarApp.Of(http);
        Require(app, pubsub, topic);
        var publication = new Publication(
            app.AppId,
            pubsub,
            topic,
            data,
            contentType,
            metadata,
            http.Request.Headers.TraceParent,
            http.Request.Headers.TraceState
        );
        byte[] envelope;
        try
        {
            envelope = CloudEvents.Wrap(publication, clock);
        }
        catch (JsonException e)
        {
            throw ComponentSet<object>.BadRequest(
                "ERR_PUBSUB_CLOUD_EVENTS_SER",
                $"cannot create cloudevent: {e.Message}"
            );
        }
        if (envelope.Length > MaxMessageBytes)
        {
            throw ComponentSet<object>.BadRequest(
                "ERR_PUBSUB_PUBLISH_MESSAGE",
                $"the message is larger than {MaxMessageBytes} bytes: publish a reference instead"
            );
        }
        return app.Metrics.PublishAsync(pubsub, topic, () => broker.PublishAsync(pubsub, topic, envelope, ct));
    }

    private void Require(SidecarApp app, string pubsub, string topic)
    {
        if (pubsub.Length == 0 || broker.Component(pubsub, app.AppId) is null)
        {
            throw new DaprError(
                StatusCode.InvalidArgument,
                StatusCodes.Status404NotFound,
                "ERR_PUBSUB_NOT_FOUND",
                $"pubsub '{pubsub}' is not found"
            );
        }
        if (topic.Length == 0 || topic.Contains('\0', StringComparison.Ordinal))
        {
            throw new DaprError(
                StatusCode.InvalidArgument,
                StatusCodes.Status404NotFound,
                "ERR_TOPIC_NAME_EMPTY",
                $"topic is empty in pubsub {pubsub}"
            );
        }
    }

    private static Dictionary<string, string> Merge(
        IEnumerable<KeyValuePair<string, string>> all,
        IEnumerable<KeyValuePair<string, string>> own
    )
    {
        var merged = new Dictionary<string, string>(all);
        foreach (var (key, value) in own)
        {
            merged[key] = value;
        }
        return merged;
    }

    private static string Route(HttpContext http, string name) => http.Request.RouteValues[name] as string ?? "";
}

/// <summary>The wire form of a bulk publication over HTTP.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BulkWire.Entry[]))]
[JsonSerializable(typeof(BulkWire.Failures))]
internal sealed partial class BulkJson : JsonSerializerContext;

internal static class BulkWire
{
    public sealed record Entry(
        string EntryId,
        JsonElement Event,
        string? ContentType,
        Dictionary<string, string>? Metadata
    )
    {
        /// <summary>A text stands for itself unless the content type is JSON.</summary>
        public byte[] Bytes() =>
            Event.ValueKind == JsonValueKind.String && ContentType?.Contains("json", StringComparison.Ordinal) == false
                ? System.Text.Encoding.UTF8.GetBytes(Event.GetString()!)
                : System.Text.Encoding.UTF8.GetBytes(Event.GetRawText());
    }

    public sealed record Failure(string EntryId, string Error);

    public sealed record Failures(string ErrorCode, Failure[] FailedEntries);
}
