using System.Text.RegularExpressions;

namespace Ticketing.ServiceDefaults;

/// <summary>Lines of a CSV file (RFC 4180) that a spreadsheet opens without running anything of it.</summary>
public static partial class Csv
{
    /// <summary>A cell that begins so would be a formula.</summary>
    private const string Formula = "=+-@\t\r";

    public static string Line(IEnumerable<string> cells) => string.Join(',', cells.Select(Cell)) + "\r\n";

    /// <summary>A number with its sign is no formula: a negative amount, a telephone.</summary>
    [GeneratedRegex("^[-+][0-9]+([.,][0-9]{1,4})?\\z")]
    private static partial Regex Number();

    private static string Cell(string text)
    {
        var safe =
            text.Length > 0 && Formula.Contains(text[0], StringComparison.Ordinal) && !Number().IsMatch(text)
                ? "'" + text
                : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n") >= 0
            ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : safe;
    }
}
