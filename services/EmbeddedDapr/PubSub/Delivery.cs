using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Ticketing.EmbeddedDapr.Hosting;
using Ticketing.EmbeddedDapr.Invocation;

namespace Ticketing.EmbeddedDapr.PubSub;

internal enum DeliveryResult
{
    Done,

    /// <summary>The app does not want it, it has expired, or no route takes it.</summary>
    Drop,
    Retry,

    /// <summary>Nobody listens at the app's address: this was no attempt.</summary>
    Unreachable,
}

/// <summary>Hands one event to an app and reads the answer as daprd does.</summary>
internal sealed class Delivery(TimeProvider clock, ILogger<Delivery> logger) : IDisposable
{
    /// <summary>An app that has not answered by then is asked again.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);
    private static readonly MediaTypeHeaderValue ContentType = new(CloudEvents.ContentType);

    private readonly HttpMessageInvoker _client = AppClient.Create(TimeSpan.Zero);

    public async Task<DeliveryResult> DeliverAsync(
        SidecarApp app,
        SubscriptionSpec spec,
        byte[] stored,
        CancellationToken stopping
    )
    {
        var envelope = spec.RawPayload ? CloudEvents.WrapRaw(stored, spec.PubSub, spec.Topic) : stored;
        EventAttributes attributes;
        try
        {
            attributes = EventAttributes.Read(envelope);
        }
        catch (JsonException)
        {
            logger.LogError("A message on {Topic} for {AppId} is no CloudEvent", spec.Topic, app.AppId);
            return DeliveryResult.Drop;
        }
        if (attributes.Expires < clock.GetUtcNow())
        {
            logger.LogWarning("Event {Id} on {Topic} for {AppId} has expired", attributes.Id, spec.Topic, app.AppId);
            return DeliveryResult.Drop;
        }
        if (spec.RouteOf(attributes) is not { } route)
        {
            return DeliveryResult.Drop;
        }
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        timeout.CancelAfter(Timeout);
        try
        {
            using var request = Request(app, route, envelope, attributes);
            using var response = await _client.SendAsync(request, timeout.Token);
            var result = await ReadAsync(response, timeout.Token);
            if (result != DeliveryResult.Done)
            {
                logger.LogWarning(
                    "{AppId} answered {Status} to event {Id} on {Topic}: {Result}",
                    app.AppId,
                    (int)response.StatusCode,
                    attributes.Id,
                    spec.Topic,
                    result
                );
            }
            return result;
        }
        catch (HttpRequestException e)
            when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            return DeliveryResult.Unreachable;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            stopping.ThrowIfCancellationRequested();
            logger.LogWarning(
                "Event {Id} on {Topic} did not reach {AppId}: {Reason}",
                attributes.Id,
                spec.Topic,
                app.AppId,
                e.Message
            );
            return DeliveryResult.Retry;
        }
    }

    public void Dispose() => _client.Dispose();

    private static HttpRequestMessage Request(
        SidecarApp app,
        string route,
        byte[] envelope,
        in EventAttributes attributes
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(app.AppAddress, "/" + route.TrimStart('/')))
        {
            Content = new ByteArrayContent(envelope) { Headers = { ContentType = ContentType } },
        };
        request.Headers.TryAddWithoutValidation(ApiTokens.Header, app.AppApiToken);
        if (attributes.TraceParent is { Length: > 0 } parent)
        {
            request.Headers.TryAddWithoutValidation("traceparent", parent);
        }
        if (attributes.TraceState is { Length: > 0 } state)
        {
            request.Headers.TryAddWithoutValidation("tracestate", state);
        }
        return request;
    }

    private static async Task<DeliveryResult> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        if (!response.IsSuccessStatusCode)
        {
            return response.StatusCode == HttpStatusCode.NotFound ? DeliveryResult.Drop : DeliveryResult.Retry;
        }
        var body = await response.Content.ReadAsByteArrayAsync(ct);
        return StatusOf(body) switch
        {
            null or "" or "SUCCESS" => DeliveryResult.Done,
            "DROP" => DeliveryResult.Drop,
            _ => DeliveryResult.Retry,
        };
    }

    private static string? StatusOf(byte[] body)
    {
        if (body.Length == 0)
        {
            return null;
        }
        try
        {
            using var json = JsonDocument.Parse(body);
            return
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("status", out var status)
                && status.ValueKind == JsonValueKind.String
                ? status.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
