using System.ComponentModel.DataAnnotations;
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
    public const int MaxSeatsPerTable = 40;

    /// <summary>Seats and gaps.</summary>
    public const int MaxPlacesPerRow = 600;
    public const int MaxSeats = 60_000;
    public const int MaxNameLength = 60;
    public const int MaxNumberLength = 10;

    /// <summary>60,000 seats, each with a number of its own.</summary>
    public const int MaxBodyBytes = 2 * 1024 * 1024;

    /// <param name="Kind">rows when not given; tables: each row is a table with up to 40 seats around it, without gaps.</param>
    public sealed record LayoutSection(
        [Text(MaxNameLength)] string Name,
        [MinLength(1), MaxLength(MaxRowsPerSection)] IReadOnlyList<LayoutRow> Rows,
        SectionKind Kind = SectionKind.Rows
    );

    /// <param name="X">
    /// Of its first place, from the left, in halves of a seat's place. Not given: the row is in the middle of the section's longest;
    /// a table is beside the one before.
    /// </param>
    /// <param name="Y">From the stage, likewise. Not given: a row is behind the one before.</param>
    public sealed record LayoutRow(
        [Text(MaxNameLength)] string Name,
        RowPlaces Seats,
        [Range(0, SeatGrid.Size)] int? X = null,
        [Range(0, SeatGrid.Size)] int? Y = null
    );

    /// <exception cref="ProblemException">422: a name, number or place twice, or too many seats.</exception>
    public void Check()
    {
        CheckEach("sections", Sections);
        CheckNames("sections", Sections.Select(s => s.Name));
        for (var i = 0; i < Sections.Count; i++)
        {
            CheckEach($"sections[{i}].rows", Sections[i].Rows);
            CheckNames($"sections[{i}].rows", Sections[i].Rows.Select(r => r.Name));
            for (var j = 0; j < Sections[i].Rows.Count; j++)
                CheckRow($"sections[{i}].rows[{j}].seats", Sections[i].Rows[j].Seats, Sections[i].Kind);
        }
        if (Sections.Sum(CountOf) > MaxSeats)
            throw ProblemException.Invalid("sections", $"At most {MaxSeats} seats in a map.");
        for (var i = 0; i < Sections.Count; i++)
            SeatGrid.Check($"sections[{i}].rows", Sections[i]);
    }

    public static int CountOf(LayoutSection section) => section.Rows.Sum(r => r.Seats.Seats.Count());

    /// <summary>Null within a list passes as JSON.</summary>
    private static void CheckEach<T>(string field, IReadOnlyList<T?> items)
    {
        for (var i = 0; i < items.Count; i++)
            if (items[i] is null)
                throw ProblemException.Invalid($"{field}[{i}]", "Not null.");
    }

    private static void CheckRow(string field, RowPlaces row, SectionKind kind)
    {
        if (row.Places.Count > MaxPlacesPerRow)
            throw ProblemException.Invalid(field, $"At most {MaxPlacesPerRow} seats and gaps in a row.");
        if (kind is SectionKind.Tables && row.Places.Any(p => p is null))
            throw ProblemException.Invalid(field, "There are no gaps at a table.");
        var numbers = row.Seats.Select(s => s.Number).ToList();
        var most = kind is SectionKind.Tables ? MaxSeatsPerTable : MaxSeatsPerRow;
        if (numbers.Count == 0 || numbers.Count > most)
            throw ProblemException.Invalid(field, $"From 1 to {most} seats in a row or at a table.");
        if (numbers.Any(n => n.Contains(SeatPlace.Sign)))
            throw ProblemException.Invalid(field, SignIsTaken);
        var text = new TextAttribute(MaxNumberLength);
        if (!numbers.All(text.IsValid))
            throw ProblemException.Invalid(field, text.FormatErrorMessage(field));
        if (
            numbers.GroupBy(n => n.Trim(), StringComparer.OrdinalIgnoreCase).FirstOrDefault(n => n.Count() > 1) is
            { } twice
        )
            throw ProblemException.Invalid(field, $"'{twice.Key}' is there twice.");
    }

    /// <summary>It parts section, row and number in a seat's label.</summary>
    private static readonly string SignIsTaken = $"The sign {SeatPlace.Sign} parts section, row and seat.";

    private static void CheckNames(string list, IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (i, name) in names.Index())
        {
            if (name.Contains(SeatPlace.Sign))
                throw ProblemException.Invalid($"{list}[{i}].name", SignIsTaken);
            if (!seen.Add(name.Trim()))
                throw ProblemException.Invalid($"{list}[{i}].name", $"'{name}' is there twice.");
        }
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
            """COPY seats (id, section_id, "row", number, position, kind, x, y) FROM STDIN (FORMAT BINARY)""",
            ct
        );
        var position = 0;
        foreach (var (row, seat, x, y) in SeatGrid.Places(section))
        {
            await copy.StartRowAsync(ct);
            await copy.WriteAsync(Guid.CreateVersion7(), NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(sectionId, NpgsqlDbType.Uuid, ct);
            await copy.WriteAsync(row.Name.Trim(), NpgsqlDbType.Varchar, ct);
            await copy.WriteAsync(seat.Number.Trim(), NpgsqlDbType.Varchar, ct);
            await copy.WriteAsync(position++, NpgsqlDbType.Integer, ct);
            await copy.WriteAsync($"{seat.Kind}", NpgsqlDbType.Varchar, ct);
            await copy.WriteAsync(x, NpgsqlDbType.Integer, ct);
            await copy.WriteAsync(y, NpgsqlDbType.Integer, ct);
        }
        await copy.CompleteAsync(ct);
    }
}
