using System.Globalization;
using System.Text.RegularExpressions;
using Ticketing.Web.Language;

namespace Ticketing.Web.Organizer;

/// <summary>What Events finds wrong in a seat map, and where: sections and their rows by number from 0.</summary>
internal sealed partial record SeatFault(int Section, int? Row, string Where, string Words)
{
    /// <param name="field">Such as <c>sections[1].rows[3].seats</c>.</param>
    /// <returns>Null when it is of no section.</returns>
    public static SeatFault? Of(string field, IReadOnlyList<SeatTextRow> rows)
    {
        if (Place().Match(field) is not { Success: true } found)
            return null;
        var at = Number(found.Groups["section"]);
        if (rows.GroupBy(r => r.Section).ElementAtOrDefault(at) is not { } section)
            return null;
        int? row = found.Groups["row"].Success ? Number(found.Groups["row"]) : null;
        var table = section.First().Table;
        var where =
            row is { } n && section.ElementAtOrDefault(n) is { } faulty
                ? $"{section.Key}, {(table ? T("mesa", "table") : T("fila", "row"))} {faulty.Row}"
                : section.Key;
        return new(at, row, where, Sentence(found.Groups["part"].Value, table));
    }

    private static string Sentence(string part, bool table) =>
        part switch
        {
            "name" => T(
                "o nome se repete, é longo demais ou tem o sinal “·”.",
                "the name is there twice, is too long, or has the sign “·”."
            ),
            "seats" when table => T(
                "são de 1 a 40 lugares numa mesa, sem vãos, cada um com o seu número.",
                "a table has 1 to 40 seats without gaps, each with a number of its own."
            ),
            "seats" => T(
                "são de 1 a 500 lugares numa fila, cada um com o seu número.",
                "a row has 1 to 500 seats, each with a number of its own."
            ),
            "rows" => T("são de 1 a 200 filas ou mesas num setor.", "a section has 1 to 200 rows or tables."),
            _ => T(
                "está em cima de outra fila ou mesa, ou longe demais do palco.",
                "it stands on another row or table, or too far from the stage."
            ),
        };

    private static string T(string portuguese, string english) => Languages.IsEnglish ? english : portuguese;

    private static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^sections\[(?<section>\d{1,3})\](\.rows\[(?<row>\d{1,3})\])?(\.(?<part>name|seats|rows))?",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Place();
}
