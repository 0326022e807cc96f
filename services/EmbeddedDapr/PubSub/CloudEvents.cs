using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ticketing.EmbeddedDapr.Components;

namespace Ticketing.EmbeddedDapr.PubSub;

/// <summary>What a publisher hands in, with the caller's trace context.</summary>
internal readonly record struct Publication(
    string AppId,
    string PubSub,
    string Topic,
    ReadOnlyMemory<byte> Data,
    string ContentType,
    IReadOnlyDictionary<string, string> Metadata,
    string? TraceParent,
    string? TraceState
);

/// <summary>CloudEvents 1.0 envelopes as daprd writes them.</summary>
internal static class CloudEvents
{
    public const string ContentType = "application/cloudevents+json";
    private const string DefaultType = "com.dapr.event.sent";
    private const string OverridePrefix = "cloudevent.";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The bytes to store and deliver. Throws <see cref="JsonException"/> for a broken CloudEvent.</summary>
    public static byte[] Wrap(in Publication publication, TimeProvider clock)
    {
        if (Component.IsTrue(publication.Metadata.GetValueOrDefault("rawPayload")))
        {
            return publication.Data.ToArray();
        }
        var expires = Expiration(publication.Metadata, clock);
        return IsType(publication.ContentType, ContentType)
            ? PassThrough(publication, expires)
            : Envelope(publication, expires, clock);
    }

    /// <summary>The envelope around a raw message, made when it is delivered.</summary>
    public static byte[] WrapRaw(ReadOnlySpan<byte> data, string pubsub, string topic)
    {
        var buffer = new ArrayBufferWriter<byte>(data.Length * 2);
        using (var json = new Utf8JsonWriter(buffer, WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("id", Guid.CreateVersion7());
            json.WriteString("specversion", "1.0");
            json.WriteString("type", DefaultType);
            json.WriteString("source", "Dapr");
            json.WriteString("datacontenttype", "application/octet-stream");
            json.WriteString("topic", topic);
            json.WriteString("pubsubname", pubsub);
            json.WriteBase64String("data_base64", data);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] Envelope(in Publication publication, string? expires, TimeProvider clock)
    {
        var overrides = Overrides(publication.Metadata);
        var contentType = publication.ContentType.Length > 0 ? publication.ContentType : "text/plain";
        // "traceid" and "traceparent" say the same; an override of the one counts for both.
        var trace =
            overrides.GetValueOrDefault("traceparent")
            ?? overrides.GetValueOrDefault("traceid")
            ?? publication.TraceParent
            ?? NewTrace();
        var buffer = new ArrayBufferWriter<byte>(publication.Data.Length + 512);
        using var json = new Utf8JsonWriter(buffer, WriterOptions);
        json.WriteStartObject();
        json.WriteString("id", overrides.GetValueOrDefault("id") ?? Guid.CreateVersion7().ToString());
        json.WriteString("source", overrides.GetValueOrDefault("source") ?? publication.AppId);
        json.WriteString("type", overrides.GetValueOrDefault("type") ?? DefaultType);
        json.WriteString("specversion", "1.0");
        json.WriteString("datacontenttype", contentType);
        json.WriteString("time", clock.GetUtcNow().ToString(TimeFormat, CultureInfo.InvariantCulture));
        json.WriteString("topic", publication.Topic);
        json.WriteString("pubsubname", publication.PubSub);
        json.WriteString("traceid", trace);
        json.WriteString("traceparent", trace);
        json.WriteString("tracestate", overrides.GetValueOrDefault("tracestate") ?? publication.TraceState ?? "");
        if (overrides.GetValueOrDefault("subject") is { Length: > 0 } subject)
        {
            json.WriteString("subject", subject);
        }
        if (expires is not null)
        {
            json.WriteString("expiration", expires);
        }
        WriteData(json, contentType, publication.Data.Span);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteData(Utf8JsonWriter json, string contentType, ReadOnlySpan<byte> data)
    {
        if (IsType(contentType, "application/octet-stream"))
        {
            json.WriteBase64String("data_base64", data);
        }
        else if (IsJson(contentType) && IsValid(data))
        {
            json.WritePropertyName("data");
            json.WriteRawValue(data, skipInputValidation: true);
        }
        else
        {
            json.WriteString("data", Encoding.UTF8.GetString(data));
        }
    }

    private static byte[] PassThrough(in Publication publication, string? expires)
    {
        if (JsonNode.Parse(publication.Data.Span) is not JsonObject envelope)
        {
            throw new JsonException("A CloudEvent is a JSON object.");
        }
        var trace = publication.TraceParent ?? NewTrace();
        envelope["topic"] = publication.Topic;
        envelope["pubsubname"] = publication.PubSub;
        envelope["traceid"] ??= trace;
        envelope["traceparent"] ??= trace;
        envelope["tracestate"] ??= publication.TraceState ?? "";
        envelope["source"] ??= "Dapr";
        envelope["type"] ??= DefaultType;
        envelope["specversion"] ??= "1.0";
        if (expires is not null)
        {
            envelope["expiration"] = expires;
        }
        return JsonSerializer.SerializeToUtf8Bytes(envelope);
    }

    private static string? Expiration(IReadOnlyDictionary<string, string> metadata, TimeProvider clock)
    {
        if (!metadata.TryGetValue("ttlInSeconds", out var text))
        {
            return null;
        }
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds < 1)
        {
            throw new JsonException($"ttlInSeconds must be a whole number above 0, not '{text}'.");
        }
        seconds = Math.Min(seconds, (long)TimeSpan.FromDays(MaxTtlDays).TotalSeconds);
        return clock.GetUtcNow().AddSeconds(seconds).ToString("O", CultureInfo.InvariantCulture);
    }

    private const int MaxTtlDays = 36_500;

    private static Dictionary<string, string> Overrides(IReadOnlyDictionary<string, string> metadata)
    {
        var overrides = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in metadata)
        {
            if (key.StartsWith(OverridePrefix, StringComparison.OrdinalIgnoreCase) && value.Length > 0)
            {
                overrides[key[OverridePrefix.Length..]] = value;
            }
        }
        return overrides;
    }

    private static string NewTrace() => $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00";

    private static bool IsType(string contentType, string expected) =>
        contentType.AsSpan().Trim() is var text
        && text.StartsWith(expected, StringComparison.OrdinalIgnoreCase)
        && (text.Length == expected.Length || text[expected.Length] == ';');

    private static bool IsJson(string contentType)
    {
        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsValid(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = new Utf8JsonReader(data);
            if (!reader.Read())
            {
                return false;
            }
            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
