using System.Globalization;
using System.Text.Json;

namespace Ticketing.EmbeddedDapr.PubSub;

/// <summary>The attributes of an envelope that delivery looks at.</summary>
internal readonly record struct EventFacts(
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
    public static EventFacts Read(ReadOnlySpan<byte> envelope)
    {
        var reader = new Utf8JsonReader(envelope);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A CloudEvent is a JSON object.");
        }
        EventFacts facts = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan.Length > MaxName ? "" : reader.GetString()!;
            reader.Read();
            var text = reader.TokenType == JsonTokenType.String && IsFact(name) ? reader.GetString() : null;
            facts = (name, text) switch
            {
                (_, null) => facts,
                ("id", _) => facts with { Id = text },
                ("type", _) => facts with { Type = text },
                ("source", _) => facts with { Source = text },
                ("subject", _) => facts with { Subject = text },
                ("traceparent", _) => facts with { TraceParent = text },
                ("tracestate", _) => facts with { TraceState = text },
                ("expiration", _) => facts with { Expires = Time(text) },
                _ => facts,
            };
            reader.Skip();
        }
        return facts;
    }

    private const int MaxName = 16;

    private static bool IsFact(string name) =>
        name is "id" or "type" or "source" or "subject" or "traceparent" or "tracestate" or "expiration";

    private static DateTimeOffset? Time(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;
}
