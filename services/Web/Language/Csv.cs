using System.Text.RegularExpressions;

namespace Ticketing.Web.Language;

/// <summary>Lines of a CSV file (RFC 4180) that a spreadsheet opens without running anything of it.</summary>
internal static partial class Csv
{
    /// <summary>A cell that begins so would be a formula.</summary>
    private const string Formula = "=+-@\t\r";

    public static string Line(IEnumerable<string> cells) => string.Join(',', cells.Select(Cell)) + "\r\n";

    /// <summary>A negative amount is no formula.</summary>
    [GeneratedRegex("^-[0-9]+,[0-9]{2}$")]
    private static partial Regex Amount();

    private static string Cell(string text)
    {
        var safe =
            text.Length > 0 && Formula.Contains(text[0], StringComparison.Ordinal) && !Amount().IsMatch(text)
                ? "'" + text
                : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n") >= 0
            ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : safe;
    }
}
