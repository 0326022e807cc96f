using System.Globalization;
using System.Text.Json;

namespace Ticketing.EmbeddedDapr.PubSub;

/// <summary>The attributes of an envelope that delivery looks at.</summary>
internal readonly record struct EventAttributes(
    string? Id,
    string? Type,
    string? Source,
    string? Subject,
    string? TraceParent,
    string? TraceState,
    DateTimeOffset? Expires
)
{
    /// <summary>Reads the top level only. Throws <see cref="JsonException"/> for what is no JSON object.</summary>
    public static EventAttributes Read(ReadOnlySpan<byte> envelope)
    {
        var reader = new Utf8JsonReader(envelope);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A CloudEvent is a JSON object.");
        }
        EventAttributes attributes = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan.Length > MaxName ? "" : reader.GetString()!;
            reader.Read();
            var text = reader.TokenType == JsonTokenType.String && IsFact(name) ? reader.GetString() : null;
            attributes = (name, text) switch
            {
                (_, null) => attributes,
                ("id", _) => attributes with { Id = text },
                ("type", _) => attributes with { Type = text },
                ("source", _) => attributes with { Source = text },
                ("subject", _) => attributes with { Subject = text },
                ("traceparent", _) => attributes with { TraceParent = text },
                ("tracestate", _) => attributes with { TraceState = text },
                ("expiration", _) => attributes with { Expires = Time(text) },
                _ => attributes,
            };
            reader.Skip();
        }
        return attributes;
    }

    private const int MaxName = 16;

    private static bool IsFact(string name) =>
        name is "id" or "type" or "source" or "subject" or "traceparent" or "tracestate" or "expiration";

    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;
}
