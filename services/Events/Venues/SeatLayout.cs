using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using NpgsqlTypes;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Venues;

/// <summary>A seat map as an organizer writes it.</summary>
public sealed record SeatLayout(
    [Text(SeatMap.MaxNameLength)] string Name,
    [MinLength(1), MaxLength(SeatLayout.MaxSections)] IReadOnlyList<SeatLayout.LayoutSection> Sections
)
{
    public const int MaxSections = 100;
    public const int MaxRowsPerSection = 200;
    public const int MaxSeatsPerRow = 500;
    public const int MaxSeats = 60_000;
    public const int MaxNameLength = 60;
    public const int MaxNumberLength = 10;

    /// <summary>60,000 seats, each with a number of its own.</summary>
    public const int MaxBodyBytes = 2 * 1024 * 1024;

    public sealed record LayoutSection(
        [Text(MaxNameLength)] string Name,
        [MinLength(1), MaxLength(MaxRowsPerSection)] IReadOnlyList<LayoutRow> Rows
    );

    public sealed record LayoutRow([Text(MaxNameLength)] string Name, SeatNumbers Seats);

    /// <exception cref="ProblemException">422: a name or number twice, or too many seats.</exception>
    public void Check()
    {
        CheckEach("sections", Sections);
        CheckDistinct("sections", Sections.Select(s => s.Name));
        RefuseSign("sections", Sections.Select(s => s.Name));
        for (var i = 0; i < Sections.Count; i++)
        {
            CheckEach($"sections[{i}].rows", Sections[i].Rows);
            CheckDistinct($"sections[{i}].rows", Sections[i].Rows.Select(r => r.Name));
            RefuseSign($"sections[{i}].rows", Sections[i].Rows.Select(r => r.Name));
            for (var j = 0; j < Sections[i].Rows.Count; j++)
                CheckNumbers($"sections[{i}].rows[{j}].seats", Sections[i].Rows[j].Seats.Numbers);
        }
        if (Sections.Sum(CountOf) > MaxSeats)
            throw ProblemException.Invalid("sections", $"At most {MaxSeats} seats in a map.");
    }

    public static int CountOf(LayoutSection section) => section.Rows.Sum(r => r.Seats.Numbers.Count);

    /// <summary>Null within a list passes as JSON.</summary>
    private static void CheckEach<T>(string field, IReadOnlyList<T?> items)
    {
        for (var i = 0; i < items.Count; i++)
            if (items[i] is null)
                throw ProblemException.Invalid($"{field}[{i}]", "Not null.");
    }

    private static void CheckNumbers(string field, IReadOnlyList<string> numbers)
    {
        if (numbers.Count is 0 or > MaxSeatsPerRow)
            throw ProblemException.Invalid(field, $"From 1 to {MaxSeatsPerRow} seats in a row.");
        RefuseSign(field, numbers);
        var text = new TextAttribute(MaxNumberLength);
        if (!numbers.All(text.IsValid))
            throw ProblemException.Invalid(field, text.FormatErrorMessage(field));
        CheckDistinct(field, numbers);
    }

    /// <summary>It parts section, row and number in a seat's label.</summary>
    private static void RefuseSign(string field, IEnumerable<string> names)
    {
        if (names.Any(n => n.Contains(SeatPlace.Sign)))
            throw ProblemException.Invalid(field, $"The sign {SeatPlace.Sign} parts section, row and seat.");
    }

    private static void CheckDistinct(string field, IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names)
            if (!seen.Add(name.Trim()))
                throw ProblemException.Invalid(field, $"'{name}' is there twice.");
    }

    /// <summary>Writes the seats of a section in bulk, within the transaction of the connection.</summary>
    public static async Task InsertSeatsAsync(
        NpgsqlConnection connection,
        Guid sectionId,
        LayoutSection section,
        CancellationToken ct
    )
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            """COPY seats (id, section_id, "row", number, position) FROM STDIN (FORMAT BINARY)""",
            ct
        );
        var position = 0;
        foreach (var row in section.Rows)
        foreach (var number in row.Seats.Numbers)
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(Guid.CreateVersion7(), NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(sectionId, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(row.Name.Trim(), NpgsqlDbType.Varchar, ct);
            await copy.WriteAsync(number.Trim(), NpgsqlDbType.Varchar, ct);
            await copy.WriteAsync(position++, NpgsqlDbType.Integer, ct);
        }
        await copy.CompleteAsync(ct);
    }
}

/// <summary>The seats of a row: how many (numbered from 1), or their numbers.</summary>
[JsonConverter(typeof(SeatNumbersConverter))]
public sealed record SeatNumbers(IReadOnlyList<string> Numbers);

internal sealed class SeatNumbersConverter : JsonConverter<SeatNumbers>
{
    public override SeatNumbers Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            // More than is allowed is read as one too many: the rule says no by name, and nothing large is built.
            var count = reader.TryGetInt32(out var n) ? n : throw new JsonException();
            return new([
                .. Enumerable
                    .Range(1, Math.Clamp(count, 0, SeatLayout.MaxSeatsPerRow + 1))
                    .Select(i => i.ToString(CultureInfo.InvariantCulture)),
            ]);
        }
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException();
        var numbers = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            numbers.Add(
                reader.TokenType switch
                {
                    JsonTokenType.String => reader.GetString()!,
                    JsonTokenType.Number when reader.TryGetInt32(out var n) => n.ToString(CultureInfo.InvariantCulture),
                    _ => throw new JsonException(),
                }
            );
        return new(numbers);
    }

    public override void Write(Utf8JsonWriter writer, SeatNumbers value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.Numbers, options);
}
