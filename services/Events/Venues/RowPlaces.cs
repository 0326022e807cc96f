using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ticketing.Contracts;

namespace Ticketing.Events.Venues;

/// <summary>
/// The places of a row from left to right as one looks at the stage, or of a table around it: how many seats (numbered from 1),
/// or a list of numbers, of seats (<c>number</c> and <c>kind</c>) and of gaps (null).
/// </summary>
/// <param name="Places">Null: a gap.</param>
[JsonConverter(typeof(RowPlacesConverter))]
public sealed record RowPlaces(IReadOnlyList<LayoutSeat?> Places)
{
    public IEnumerable<LayoutSeat> Seats => Places.OfType<LayoutSeat>();
}

public sealed record LayoutSeat(string Number, SeatKind Kind = SeatKind.Standard);

internal sealed class RowPlacesConverter : JsonConverter<RowPlaces>
{
    public override RowPlaces Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            // More than is allowed is read as one too many: the rule says no by name, and nothing large is built.
            var count = reader.TryGetInt32(out var n) ? n : throw new JsonException();
            return new([
                .. Enumerable
                    .Range(1, Math.Clamp(count, 0, SeatLayout.MaxSeatsPerRow + 1))
                    .Select(i => new LayoutSeat(i.ToString(CultureInfo.InvariantCulture))),
            ]);
        }
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException();
        var places = new List<LayoutSeat?>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            places.Add(
                reader.TokenType switch
                {
                    JsonTokenType.Null => null,
                    JsonTokenType.StartObject => ReadSeat(ref reader),
                    _ => new(ReadNumber(ref reader)),
                }
            );
        return new(places);
    }

    private static LayoutSeat ReadSeat(ref Utf8JsonReader reader)
    {
        string? number = null;
        var kind = SeatKind.Standard;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var property = reader.GetString();
            reader.Read();
            if (property == "number")
                number = ReadNumber(ref reader);
            else if (property == "kind")
                kind = ReadKind(ref reader);
            else
                throw new JsonException();
        }
        return new(number ?? throw new JsonException(), kind);
    }

    /// <summary>By hand: a converter within would say of its mistake that it is the body's.</summary>
    private static SeatKind ReadKind(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.String
            ? throw new JsonException()
            : reader.GetString() switch
            {
                "standard" => SeatKind.Standard,
                "accessible" => SeatKind.Accessible,
                "companion" => SeatKind.Companion,
                _ => throw new JsonException(),
            };

    private static string ReadNumber(ref Utf8JsonReader reader) =>
        reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString()!,
            JsonTokenType.Number when reader.TryGetInt32(out var n) => n.ToString(CultureInfo.InvariantCulture),
            _ => throw new JsonException(),
        };

    public override void Write(Utf8JsonWriter writer, RowPlaces value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.Places, options);
}
