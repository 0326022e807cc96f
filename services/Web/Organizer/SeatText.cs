using System.Globalization;
using System.Text;
using Ticketing.Web.Api;

namespace Ticketing.Web.Organizer;

/// <summary>A row of seats with their numbers, from left to right as one looks at the stage.</summary>
internal sealed record SeatTextRow(string Section, string Row, IReadOnlyList<string> Seats);

/// <summary>
/// A seat map as text, a row of seats a line: <c>Plateia; A; 1-10 13-22</c>. Written by hand, by the form beside it, or taken
/// from a file (CSV) with one seat or one row a line.
/// </summary>
internal static class SeatText
{
    /// <summary>As many as a map may have, and one more: then the API says no by its own rule.</summary>
    private const int MaxSeats = 60_001;
    private const int MaxRows = 200;
    private const int MaxSeatsPerRow = 500;

    /// <summary>Seats in the order they stand, by how a house numbers them.</summary>
    public static readonly IReadOnlyList<string> Schemes = ["up", "down", "odd", "even", "middle"];

    /// <returns>The rows, or the number of the first line that cannot be read.</returns>
    public static (IReadOnlyList<SeatTextRow> Rows, int? WrongLine) Read(string text)
    {
        var rows = new Dictionary<(string, string), List<string>>();
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var seats = 0;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim().TrimStart('\ufeff');
            if (line.Length == 0 || IsHeading(line))
                continue;
            if (ReadLine(line) is not { } row || (seats += row.Seats.Count) > MaxSeats)
                return ([], i + 1);
            if (!rows.TryGetValue((row.Section, row.Row), out var known))
                rows[(row.Section, row.Row)] = known = [];
            known.AddRange(row.Seats);
        }
        return ([.. rows.Select(r => new SeatTextRow(r.Key.Item1, r.Key.Item2, r.Value))], null);
    }

    private static SeatTextRow? ReadLine(string line)
    {
        var sign =
            line.Contains(';', StringComparison.Ordinal) ? ';'
            : line.Contains('\t', StringComparison.Ordinal) ? '\t'
            : ',';
        var parts = line.Split(sign, 3).Select(p => p.Trim().Trim('"').Trim()).ToArray();
        if (parts.Length < 3 || parts.Take(2).Any(p => p.Length == 0))
            return null;
        var seats = new List<string>();
        foreach (var part in parts[2].Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            if (Span(part) is { } span)
                seats.AddRange(span);
            // A span that is too long is no seat's number.
            else if (
                part.All(c => char.IsLetterOrDigit(c) || c is '-' or '.') && !part.All(c => char.IsDigit(c) || c == '-')
            )
                seats.Add(part);
            else if (Whole(part) is not null)
                seats.Add(part);
            else
                return null;
            if (seats.Count > MaxSeatsPerRow)
                return null;
        }
        return seats.Count == 0 ? null : new(parts[0], parts[1], seats);
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

    /// <summary>The columns' names, as the first line of a file: the last of them is no seat.</summary>
    private static bool IsHeading(string line) =>
        line.Split([';', '\t', ','])[^1].Trim().Trim('"').ToLowerInvariant()
            is "lugar"
                or "lugares"
                or "assento"
                or "assentos"
                or "seat"
                or "seats";

    /// <summary>Rows of one section as a house makes them.</summary>
    /// <param name="first">Name of the first row: a letter or a number; the others follow it.</param>
    /// <param name="without">Numbers that are left out, in every row: an aisle, a pillar.</param>
    /// <returns>Null when it makes no rows.</returns>
    public static IReadOnlyList<SeatTextRow>? Make(
        string section,
        string first,
        int rows,
        int seats,
        string scheme,
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
        var gone = without.Split([' ', ',', ';'], StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        var numbers = Numbers(seats, scheme)
            .Select(n => n.ToString(CultureInfo.InvariantCulture))
            .Where(n => !gone.Contains(n))
            .ToList();
        return numbers.Count == 0
            ? null
            : [.. names.Take(rows).Select(name => new SeatTextRow(section, name, numbers))];
    }

    private static IEnumerable<int> Numbers(int seats, string scheme)
    {
        var up = Enumerable.Range(1, seats);
        return scheme switch
        {
            "down" => up.Reverse(),
            "odd" => up.Select(n => 2 * n - 1),
            "even" => up.Select(n => 2 * n),
            // 5 3 1 2 4 6: as theatres count from the middle.
            "middle" => up.Where(n => n % 2 == 1).Reverse().Concat(up.Where(n => n % 2 == 0)),
            _ => up,
        };
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
        foreach (var row in rows)
            text.Append(CultureInfo.InvariantCulture, $"{row.Section}; {row.Row}; {Short(row.Seats)}\n");
        return text.ToString();
    }

    public static string Write(VenueSeatMap map) =>
        Write(
            map.Sections.SelectMany(s =>
                s.Rows.Select(r => new SeatTextRow(s.Name, r.Name, [.. r.Seats.Select(x => x.Number)]))
            )
        );

    /// <summary>Neighbours as spans.</summary>
    private static string Short(IReadOnlyList<string> seats)
    {
        var parts = new List<string>();
        for (var i = 0; i < seats.Count; )
        {
            var (from, to) = (i, i);
            var step = i + 1 < seats.Count && Whole(seats[i]) is { } a && Whole(seats[i + 1]) is { } b ? b - a : 0;
            if (step is 1 or -1 or 2 or -2)
                while (to + 1 < seats.Count && Whole(seats[to]) + step == Whole(seats[to + 1]))
                    to++;
            // Two are shorter by themselves.
            if (to - from < 2)
                to = from;
            parts.Add(
                to == from ? seats[from]
                : step is 2 or -2 ? $"{seats[from]}-{seats[to]}/2"
                : $"{seats[from]}-{seats[to]}"
            );
            i = to + 1;
        }
        return string.Join(' ', parts);
    }

    /// <summary>As the API takes it.</summary>
    public static object Layout(string name, IReadOnlyList<SeatTextRow> rows) =>
        new
        {
            name,
            sections = rows.GroupBy(r => r.Section)
                .Select(s => new { name = s.Key, rows = s.Select(r => new { name = r.Row, seats = r.Seats }) }),
        };
}
