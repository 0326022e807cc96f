using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace Ticketing.Web.Language;

/// <summary>
/// A workbook (XLSX) of one sheet: a row of headings that stays and filters, and rows of text, numbers and times. Text is kept as
/// text, whatever it begins with: nothing in it is a formula.
/// </summary>
internal static partial class SpreadsheetFile
{
    public const string MediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    /// <summary>Longest that a cell may be.</summary>
    private const int MaxText = 32_767;
    private const int MaxSheetName = 31;
    private const uint HeadingStyle = 1;
    private const uint TimeStyle = 2;
    private const uint TimeFormat = 164;

    /// <summary>Spreadsheets count days from here.</summary>
    private static readonly DateTime Origin = new(1899, 12, 30, 0, 0, 0, DateTimeKind.Unspecified);

    /// <param name="columns">Headings, each with how wide its column is, in characters.</param>
    /// <param name="rows">Cells: text, a number, a local time, or null.</param>
    public static byte[] Write(
        string sheet,
        IReadOnlyList<(string Heading, int Width)> columns,
        IEnumerable<IReadOnlyList<object?>> rows
    )
    {
        using var stream = new MemoryStream();
        using (var document = SpreadsheetDocument.Create(stream, SpreadsheetDocumentType.Workbook))
        {
            var book = document.AddWorkbookPart();
            book.AddNewPart<WorkbookStylesPart>().Stylesheet = Styles();
            var part = book.AddNewPart<WorksheetPart>();
            WriteRows(part, columns, rows);
            book.Workbook = new(
                new Sheets(
                    new DocumentFormat.OpenXml.Spreadsheet.Sheet
                    {
                        Id = book.GetIdOfPart(part),
                        SheetId = 1,
                        Name = NameOf(sheet),
                    }
                )
            );
        }
        return stream.ToArray();
    }

    private static void WriteRows(
        WorksheetPart part,
        IReadOnlyList<(string Heading, int Width)> columns,
        IEnumerable<IReadOnlyList<object?>> rows
    )
    {
        using var writer = OpenXmlWriter.Create(part);
        writer.WriteStartElement(new Worksheet());
        writer.WriteElement(
            new SheetViews(
                new SheetView(
                    new Pane
                    {
                        VerticalSplit = 1,
                        TopLeftCell = "A2",
                        ActivePane = PaneValues.BottomLeft,
                        State = PaneStateValues.Frozen,
                    }
                )
                {
                    WorkbookViewId = 0,
                }
            )
        );
        writer.WriteElement(
            new Columns(
                columns.Select(
                    (c, i) =>
                        new Column
                        {
                            Min = (uint)i + 1,
                            Max = (uint)i + 1,
                            Width = c.Width,
                            CustomWidth = true,
                        }
                )
            )
        );
        writer.WriteStartElement(new SheetData());
        writer.WriteElement(new Row(columns.Select(c => Text(c.Heading, HeadingStyle))));
        var count = 1;
        foreach (var row in rows)
        {
            writer.WriteElement(new Row(row.Select(CellOf)));
            count++;
        }
        writer.WriteEndElement();
        writer.WriteElement(new AutoFilter { Reference = $"A1:{(char)('A' + columns.Count - 1)}{count}" });
        writer.WriteEndElement();
    }

    private static Cell CellOf(object? value) =>
        value switch
        {
            null or "" => new Cell(),
            string text => Text(text, 0),
            DateTime local => new Cell
            {
                StyleIndex = TimeStyle,
                CellValue = new((local - Origin).TotalDays.ToString(CultureInfo.InvariantCulture)),
            },
            int number => new Cell { CellValue = new(number) },
            decimal number => new Cell { CellValue = new(number) },
            _ => throw new InvalidOperationException($"A cell cannot be a {value.GetType()}."),
        };

    /// <summary>In the cell itself and marked as text, which no spreadsheet computes.</summary>
    private static Cell Text(string text, uint style) =>
        new(new InlineString(new Text(Plain(text)) { Space = SpaceProcessingModeValues.Preserve }))
        {
            DataType = CellValues.InlineString,
            StyleIndex = style,
        };

    /// <summary>Without what XML has no place for, and with what would be read as an escape escaped.</summary>
    private static string Plain(string text)
    {
        var kept = new string([.. text.Where(c => XmlConvert.IsXmlChar(c) || char.IsSurrogate(c))]);
        kept = Escape().Replace(HalfPair().Replace(kept, ""), "_x005F_");
        return kept.Length <= MaxText ? kept : kept[..MaxText];
    }

    [GeneratedRegex("_(?=x[0-9A-Fa-f]{4}_)")]
    private static partial Regex Escape();

    [GeneratedRegex("[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]")]
    private static partial Regex HalfPair();

    private static string NameOf(string sheet)
    {
        var name = new string([.. Plain(sheet).Where(c => !@"[]:*?/\'".Contains(c, StringComparison.Ordinal))]).Trim();
        return name.Length == 0 ? "1" : name[..Math.Min(name.Length, MaxSheetName)];
    }

    private static Stylesheet Styles() =>
        new(
            new NumberingFormats(new NumberingFormat { NumberFormatId = TimeFormat, FormatCode = "yyyy-mm-dd hh:mm" }),
            new Fonts(new Font(), new Font(new Bold())),
            new Fills(
                new Fill(new PatternFill { PatternType = PatternValues.None }),
                new Fill(new PatternFill { PatternType = PatternValues.Gray125 })
            ),
            new Borders(new Border()),
            new CellFormats(
                new CellFormat(),
                new CellFormat { FontId = 1, ApplyFont = true },
                new CellFormat { NumberFormatId = TimeFormat, ApplyNumberFormat = true }
            )
        );
}
