using System.Globalization;
using System.Text;
using Ticketing.Web.Api;
using Ticketing.Web.Language;

namespace Ticketing.Web.Organizer;

/// <param name="Kind">As the API says it: standard, accessible or companion.</param>
internal sealed record SeatTextSeat(string Number, string Kind = SeatText.Standard);

/// <summary>A row of seats from left to right as one looks at the stage, or a table with the seats around it.</summary>
/// <param name="Places">Null: a gap.</param>
/// <param name="X">Where its first place is, in halves of a place; null: where the API sets it by itself.</param>
internal sealed record SeatTextRow(
    string Section,
    bool Table,
    string Row,
    IReadOnlyList<SeatTextSeat?> Places,
    int? X = null,
    int? Y = null
)
{
    public IEnumerable<SeatTextSeat> Seats => Places.OfType<SeatTextSeat>();

    /// <summary>In places.</summary>
    public int Width => Table ? (Places.Count + 1) / 2 : Places.Count;
}

/// <summary>
/// A seat map as text, a row of seats a line: <c>Plateia; A; 1-10 _2 13-22 23*</c>. Written by hand, by the form beside it, or
/// taken from a file (CSV) with one seat or one row a line.
/// </summary>
internal static class SeatText
{
    public const string Standard = "standard";
    public const string Accessible = "accessible";
    public const string Companion = "companion";

    /// <summary>As many as the API takes of a map; here its gaps count, too.</summary>
    private const int MaxPlaces = 60_000;
    private const int MaxRows = 200;
    private const int MaxSeatsPerRow = 500;
    private const int MaxPlacesPerRow = 600;
    private const string Gap = "_";

    /// <summary>Behind the name of a section whose rows are tables.</summary>
    private static readonly string[] TablesMarks = ["(mesas)", "(tables)"];

    /// <summary>Seats in the order they stand, by how a house numbers them.</summary>
    public static readonly IReadOnlyList<string> Schemes = ["up", "odd", "even", "middle", "letters"];

    /// <returns>The rows, or the number of the first line that cannot be read, or with which there are too many places.</returns>
    public static (IReadOnlyList<SeatTextRow> Rows, int? WrongLine, bool TooLarge) Read(string text)
    {
        var rows = new Dictionary<(string, string), (SeatTextRow Row, List<SeatTextSeat?> Places)>();
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var places = 0;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim().TrimStart('\ufeff');
            if (line.Length == 0 || IsHeading(line))
                continue;
            if (ReadLine(line) is not { } row)
                return ([], i + 1, false);
            if ((places += row.Places.Count) > MaxPlaces)
                return ([], i + 1, true);
            if (!rows.TryGetValue((row.Section, row.Row), out var known))
                rows[(row.Section, row.Row)] = known = (row, []);
            known.Places.AddRange(row.Places);
        }
        var tables = rows.Values.Where(r => r.Row.Table).Select(r => r.Row.Section).ToHashSet();
        return (
            [.. rows.Values.Select(r => r.Row with { Places = r.Places, Table = tables.Contains(r.Row.Section) })],
            null,
            false
        );
    }

    private static SeatTextRow? ReadLine(string line)
    {
        var (parts, sign) = Parts(line);
        if (parts.Count < 3 || parts.Take(2).Any(p => p.Length == 0))
            return null;
        var (section, table) = WithoutMark(parts[0]);
        var (seats, kind, at) = (parts[2], (string?)null, ((int, int)?)null);
        foreach (var part in parts.Skip(3).Where(p => p.Length > 0))
            if (KindOf(part) is { } told)
                kind = told;
            else if (sign == ',')
                seats += $" {part}";
            else if (part.Split(',') is [var x, var y] && Whole(x.Trim()) is { } left && Whole(y.Trim()) is { } deep)
                at = (left, deep);
            else
                return null;
        var places = ReadPlaces(seats);
        if (section.Length == 0 || places?.Any(p => p is not null) != true)
            return null;
        if (kind is not null)
            places = [.. places.Select(p => p is null ? null : p with { Kind = kind })];
        return new(section, table, parts[1], places, at?.Item1, at?.Item2);
    }

    /// <summary>Parted by the first of these that stands outside of quotes.</summary>
    private static (List<string> Parts, char Sign) Parts(string line)
    {
        foreach (var sign in new[] { ';', '\t' })
            if (Split(line, sign) is { Count: > 1 } parts)
                return (parts, sign);
        return (Split(line, ','), ',');
    }

    /// <summary>As spreadsheets write it: what begins with a quote goes on to the next one, of which two are one.</summary>
    private static List<string> Split(string line, char sign)
    {
        var (parts, part, quoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < line.Length; i++)
            if (line[i] == '"' && (quoted || part.Length == 0))
            {
                if (quoted && i + 1 < line.Length && line[i + 1] == '"')
                    part.Append(line[i++]);
                else
                    quoted = !quoted;
            }
            else if (line[i] == sign && !quoted)
            {
                parts.Add(part.ToString().Trim());
                part.Clear();
            }
            else if (quoted || part.Length > 0 || !char.IsWhiteSpace(line[i]))
                part.Append(line[i]);
        parts.Add(part.ToString().Trim());
        return parts;
    }

    private static (string Section, bool Table) WithoutMark(string section)
    {
        foreach (var mark in TablesMarks)
            if (section.EndsWith(mark, StringComparison.OrdinalIgnoreCase))
                return (section[..^mark.Length].TrimEnd(), true);
        return (section, false);
    }

    private static string? KindOf(string text) =>
        text.ToLowerInvariant() switch
        {
            "acessível" or "acessivel" or "pcd" or Accessible => Accessible,
            "acompanhante" or Companion => Companion,
            "normal" or "comum" or Standard => Standard,
            _ => null,
        };

    private static List<SeatTextSeat?>? ReadPlaces(string text)
    {
        var places = new List<SeatTextSeat?>();
        foreach (var part in text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.StartsWith(Gap, StringComparison.Ordinal))
            {
                var count = part.Length == 1 ? 1 : Whole(part[1..]) ?? 0;
                if (count is < 1 or > MaxPlacesPerRow)
                    return null;
                places.AddRange(Enumerable.Repeat<SeatTextSeat?>(null, count));
            }
            else
            {
                var kind = part[^1] switch
                {
                    '*' => Accessible,
                    '+' => Companion,
                    _ => Standard,
                };
                if (Numbers(kind == Standard ? part : part[..^1]) is not { } numbers)
                    return null;
                places.AddRange(numbers.Select(n => new SeatTextSeat(n, kind)));
            }
            if (places.Count > MaxPlacesPerRow)
                return null;
        }
        return places;
    }

    private static IEnumerable<string>? Numbers(string text)
    {
        if (Span(text) is { } span)
            return span;
        var digitsAndDashes = text.All(c => char.IsDigit(c) || c == '-');
        // A span that is too long is no seat's number.
        var isName = text.All(c => char.IsLetterOrDigit(c) || c is '-' or '.') && !digitsAndDashes;
        return text.Length > 0 && (isName || Whole(text) is not null) ? [text] : null;
    }

    /// <summary>Of "1-20", "20-1" or, every second one, "1-39/2".</summary>
    private static IEnumerable<string>? Span(string text)
    {
        var (ends, step) = text.Split('/') is [var both, var by] && Whole(by) is > 0 and var n ? (both, n) : (text, 1);
        if (ends.Split('-') is not [var from, var to] || Whole(from) is not { } first || Whole(to) is not { } last)
            return null;
        var count = Math.Abs(last - first) / step + 1;
        return count > MaxSeatsPerRow
            ? null
            : Enumerable
                .Range(0, count)
                .Select(i => (first + (last >= first ? step : -step) * i).ToString(CultureInfo.InvariantCulture));
    }

    private static int? Whole(string text) =>
        text.Length <= 6 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : null;

    /// <summary>The columns' names, as the first line of a file: the third of them is no seat.</summary>
    private static bool IsHeading(string line) =>
        Parts(line).Parts is [_, _, var third, ..] && Headings.Contains(third.ToLowerInvariant());

    private static readonly string[] Headings =
    [
        "lugar",
        "lugares",
        "assento",
        "assentos",
        "poltrona",
        "poltronas",
        "cadeira",
        "cadeiras",
        "número",
        "numero",
        "nº",
        "seat",
        "seats",
        "number",
    ];

    /// <summary>Rows of one section, or tables, as a house makes them.</summary>
    /// <param name="first">Name of the first row: a letter or a number; the others follow it.</param>
    /// <param name="fromRight">The first seat is the one at the right.</param>
    /// <param name="without">Numbers that there is no seat for, in every row: an aisle, a pillar.</param>
    /// <returns>Null when it makes no rows.</returns>
    public static IReadOnlyList<SeatTextRow>? Make(
        string section,
        bool tables,
        string first,
        int rows,
        int seats,
        string scheme,
        bool fromRight,
        string without
    )
    {
        if (
            section.Length == 0
            || rows is < 1 or > MaxRows
            || seats is < 1 or > MaxSeatsPerRow
            || RowNames(first) is not { } names
        )
            return null;
        var gone = without
            .Split([' ', ',', ';'], StringSplitOptions.RemoveEmptyEntries)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var numbers = InOrder(seats, scheme);
        var places = (fromRight ? numbers.Reverse() : numbers)
            .Select(n => gone.Contains(n) ? null : new SeatTextSeat(n))
            .Where(p => p is not null || !tables)
            .ToList();
        return places.TrueForAll(p => p is null)
            ? null
            : [.. names.Take(rows).Select(name => new SeatTextRow(section, tables, name, places))];
    }

    private static IEnumerable<string> InOrder(int seats, string scheme)
    {
        var up = Enumerable.Range(1, seats);
        if (scheme == "letters")
            return up.Select(Letters);
        var numbers = scheme switch
        {
            "odd" => up.Select(n => 2 * n - 1),
            "even" => up.Select(n => 2 * n),
            // 5 3 1 2 4 6: as theatres count from the middle.
            "middle" => up.Where(n => n % 2 == 1).Reverse().Concat(up.Where(n => n % 2 == 0)),
            _ => up,
        };
        return numbers.Select(n => n.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>From "A": A, B … Z, AA …; from "1": 1, 2 …; null when it is neither.</summary>
    private static IEnumerable<string>? RowNames(string first)
    {
        if (Whole(first) is { } number)
            return Enumerable.Range(number, MaxRows).Select(n => n.ToString(CultureInfo.InvariantCulture));
        if (first.Length is not (1 or 2) || !first.All(char.IsAsciiLetter))
            return null;
        var start = first.ToUpperInvariant().Aggregate(0, (n, c) => n * 26 + (c - 'A' + 1));
        return Enumerable.Range(start, MaxRows).Select(Letters);
    }

    private static string Letters(int n)
    {
        var name = "";
        for (; n > 0; n = (n - 1) / 26)
            name = (char)('A' + (n - 1) % 26) + name;
        return name;
    }

    public static string Write(IEnumerable<SeatTextRow> rows)
    {
        var text = new StringBuilder();
        var mark = TablesMarks[Languages.IsEnglish ? 1 : 0];
        foreach (var row in rows)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{Quoted(row.Section + (row.Table ? $" {mark}" : ""))}; {Quoted(row.Row)}; "
            );
            text.Append(Short(row.Places));
            if (row is { X: { } x, Y: { } y })
                text.Append(CultureInfo.InvariantCulture, $"; {x},{y}");
            text.Append('\n');
        }
        return text.ToString();
    }

    /// <summary>Where it would be read as something else.</summary>
    private static string Quoted(string name) =>
        name.StartsWith('"') || name.Contains(';', StringComparison.Ordinal)
            ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : name;

    /// <summary>Neighbours as spans.</summary>
    private static string Short(IReadOnlyList<SeatTextSeat?> places)
    {
        var parts = new List<string>();
        for (var i = 0; i < places.Count; )
        {
            var (from, to) = (i, i);
            if (places[i] is not { } seat)
            {
                while (to + 1 < places.Count && places[to + 1] is null)
                    to++;
                parts.Add(to == from ? Gap : $"{Gap}{to - from + 1}");
                i = to + 1;
                continue;
            }
            var step = Next(i) - Whole(seat.Number);
            if (step is 1 or -1 or 2 or -2)
                while (to + 1 < places.Count && Whole(places[to]!.Number) + step == Next(to))
                    to++;
            // Two are shorter by themselves.
            if (to - from < 2)
                to = from;
            parts.Add(
                (
                    to == from ? seat.Number
                    : step is 2 or -2 ? $"{seat.Number}-{places[to]!.Number}/2"
                    : $"{seat.Number}-{places[to]!.Number}"
                )
                    + seat.Kind switch
                    {
                        Accessible => "*",
                        Companion => "+",
                        _ => "",
                    }
            );
            i = to + 1;
        }
        return string.Join(' ', parts);

        int? Next(int at) =>
            at + 1 < places.Count && places[at + 1] is { } next && next.Kind == places[at]!.Kind
                ? Whole(next.Number)
                : null;
    }

    /// <summary>A map that there is, with the places of those rows alone that are not where the API sets them by itself.</summary>
    public static IReadOnlyList<SeatTextRow> Of(VenueSeatMap map)
    {
        var all = new List<SeatTextRow>();
        foreach (var section in map.Sections)
        {
            var table = section.Kind == "tables";
            var rows = section
                .Rows.Select(r => new SeatTextRow(section.Name, table, r.Name, PlacesOf(r, table)))
                .ToList();
            var before = -Place;
            for (var i = 0; i < rows.Count; i++)
            {
                var at = (section.Rows[i].Seats.Min(s => s.X), section.Rows[i].Seats.Min(s => s.Y));
                all.Add(at == ByItself(rows, i, before) ? rows[i] : rows[i] with { X = at.Item1, Y = at.Item2 });
                before = at.Item2;
            }
        }
        return all;
    }

    private static List<SeatTextSeat?> PlacesOf(VenueRow row, bool table)
    {
        var places = new List<SeatTextSeat?>();
        VenueSeat? before = null;
        foreach (var seat in row.Seats)
        {
            if (!table && before is not null)
                places.AddRange(Enumerable.Repeat<SeatTextSeat?>(null, Math.Max(0, (seat.X - before.X) / Place - 1)));
            places.Add(new(seat.Number, seat.Kind));
            before = seat;
        }
        return places;
    }

    /// <summary>In halves, as all of these.</summary>
    private const int Place = 2;
    private const int TableHeight = 3 * Place;
    private const int BetweenTables = 2;

    /// <summary>As the API does (Events' SeatGrid): rows in the middle of the longest, tables in lines.</summary>
    private static (int X, int Y) ByItself(IReadOnlyList<SeatTextRow> section, int at, int before)
    {
        var widest = section.Max(r => r.Width);
        if (!section[at].Table)
            return (widest - section[at].Width, before + Place);
        var aLine = (int)Math.Ceiling(Math.Sqrt(section.Count));
        return (at % aLine * (widest * Place + BetweenTables), at / aLine * (TableHeight + BetweenTables));
    }

    /// <summary>Where each seat of a section is, for a picture of what is not saved yet.</summary>
    public static IEnumerable<(SeatTextRow Row, SeatTextSeat Seat, int X, int Y)> Spots(
        IReadOnlyList<SeatTextRow> section
    )
    {
        var before = -Place;
        for (var i = 0; i < section.Count; i++)
        {
            var (row, (x, y)) = (section[i], ByItself(section, i, before));
            (x, y) = (row.X ?? x, row.Y ?? y);
            before = y;
            for (var n = 0; n < row.Places.Count; n++)
                if (row.Places[n] is { } seat)
                    yield return row.Table && n >= row.Width
                        ? (row, seat, x + (2 * row.Width - 1 - n) * Place, y + 2 * Place)
                        : (row, seat, x + n * Place, y);
        }
    }

    /// <summary>As the API takes it.</summary>
    public static object Layout(string name, IReadOnlyList<SeatTextRow> rows) =>
        new
        {
            name,
            sections = rows.GroupBy(r => r.Section)
                .Select(s => new
                {
                    name = s.Key,
                    kind = s.First().Table ? "tables" : "rows",
                    rows = s.Select(r => new
                    {
                        name = r.Row,
                        seats = r.Places.Select(p => p is { Kind: Standard } ? (object)p.Number : p),
                        x = r.X,
                        y = r.Y,
                    }),
                }),
        };
}
