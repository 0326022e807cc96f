using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using DocumentFormat.OpenXml.Validation;
using Ticketing.Web.Language;
using Ticketing.Web.Organizer;
using Csv = Ticketing.ServiceDefaults.Csv;

namespace Ticketing.Web.Tests;

/// <summary>What is written and read without a browser: files, prices, seat maps as text.</summary>
public sealed class WritingTests
{
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+55 21", "'+55 21")]
    [InlineData("-2", "-2")]
    [InlineData("-1234,56", "\"-1234,56\"")]
    [InlineData("+5511987654321", "+5511987654321")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("+1\n", "\"'+1\n\"")]
    [InlineData("@a", "'@a")]
    [InlineData("\tx", "'\tx")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("a,\"b\"", "\"a,\"\"b\"\"\"")]
    [InlineData("Zoé", "Zoé")]
    [InlineData("", "")]
    public void A_cell_of_a_file_is_never_a_formula(string cell, string written) =>
        Assert.Equal(written + "\r\n", Csv.Line([cell]));

    [Fact]
    public void A_workbook_is_valid_and_nothing_in_it_is_a_formula()
    {
        string[] hostile = ["=1+1", "+55 21", "@SUM(A1)", "-2", "\t=1", "_x003D_1", "a\u0001\ud800b", "<b>&", " Zoé "];
        var at = new DateTime(2030, 5, 4, 20, 30, 0, DateTimeKind.Unspecified);

        var file = SpreadsheetFile.Write(
            "Entrada: [1]/2",
            [("Nome", 20), ("Em", 18)],
            hostile.Select(name => (IReadOnlyList<object?>)[name, at]).Append([null, 7])
        );

        using var document = SpreadsheetDocument.Open(new MemoryStream(file), isEditable: false);
        Assert.Empty(new OpenXmlValidator().Validate(document));
        var sheet = document.WorkbookPart!.WorksheetParts.Single().Worksheet!;
        Assert.Empty(sheet.Descendants<CellFormula>());
        var cells = sheet.Descendants<Row>().Skip(1).Select(r => r.Elements<Cell>().ToList()).ToList();
        Assert.All(cells.SkipLast(1), r => Assert.Equal(CellValues.InlineString, r[0].DataType!.Value));
        Assert.Equal(
            ["=1+1", "+55 21", "@SUM(A1)", "-2", "\t=1", "_x005F_x003D_1", "ab", "<b>&", " Zoé "],
            cells.SkipLast(1).Select(r => r[0].InnerText)
        );
        // Half past eight in the evening, as spreadsheets count.
        Assert.StartsWith("47607.854166", cells[0][1].InnerText, StringComparison.Ordinal);
        Assert.Equal("Entrada 12", document.WorkbookPart.Workbook!.Descendants<Sheet>().Single().Name!.Value);
    }

    [Theory]
    [InlineData("80", 8000L)]
    [InlineData("80,5", 8050L)]
    [InlineData("80.50", 8050L)]
    [InlineData("1.234,50", 123450L)]
    [InlineData("1,234.50", 123450L)]
    [InlineData("1.234", 123400L)]
    [InlineData(" R$ 12.345.678 ", 1234567800L)]
    [InlineData("0", 0L)]
    [InlineData(",50", null)]
    [InlineData("-1", null)]
    [InlineData("dez", null)]
    [InlineData("", null)]
    [InlineData("99999999999999999999", null)]
    [InlineData("80,1234", null)]
    [InlineData("EUR 12,50", 1250L, "EUR")]
    [InlineData("R$ 12,50", null, "EUR")]
    [InlineData("5000", 5000L, "JPY")]
    [InlineData("JPY 5,000", 5000L, "JPY")]
    [InlineData("1.234.567", 1234567L, "JPY")]
    [InlineData("80,00", null, "JPY")]
    [InlineData("1.234", 1234L, "KWD")]
    [InlineData("1,5", 1500L, "KWD")]
    [InlineData("1,234.5", 1234500L, "KWD")]
    [InlineData("1.234.567,8", 123456780L)]
    [InlineData("80,0,0", null)]
    [InlineData("9.9.9.9", null)]
    [InlineData("1.2.3", null)]
    [InlineData("0,001", null)]
    [InlineData("0,500", null)]
    [InlineData("0.500,00", null)]
    [InlineData("1234,567", null)]
    [InlineData("1234.567,00", null)]
    [InlineData("1.23,45", null)]
    [InlineData("1.234,567", null)]
    [InlineData("1,234,56", null)]
    [InlineData("1.234.56", null)]
    [InlineData("1..234", null)]
    [InlineData("1.,234", null)]
    [InlineData("80,", null)]
    [InlineData("80,-5", null)]
    [InlineData("8R$ 0", null)]
    [InlineData("8\u00a00", null)]
    [InlineData("R$ R$ 80", null)]
    [InlineData("80\n", 8000L)]
    [InlineData("٨٠", null)]
    [InlineData("1,234.567", null, "JPY")]
    [InlineData("1.234.567", null, "KWD")]
    public void A_price_is_read_as_people_write_it(string text, long? amount, string currency = "BRL")
    {
        var price = FormFields.Money(text, currency);

        Assert.Equal(amount, price?.Amount);
        if (price is { } read)
            Assert.Equal(read, FormFields.Money(FormFields.Of(read), currency));
    }

    [Theory]
    [InlineData("2030-05-04T20:00", "America/Sao_Paulo", "2030-05-04T23:00:00+00:00")]
    [InlineData("2030-05-04T20:00", "Asia/Kathmandu", "2030-05-04T14:15:00+00:00")]
    // The clocks there skip this hour.
    [InlineData("2030-03-31T02:30", "Europe/Berlin", null)]
    [InlineData("2030-05-04T20:00", "Nada/Nada", null)]
    [InlineData("ontem", "America/Sao_Paulo", null)]
    [InlineData("2100-12-31T23:59", "America/Sao_Paulo", "2101-01-01T02:59:00+00:00")]
    [InlineData("9999-12-31T22:00", "America/Sao_Paulo", null)]
    [InlineData("0001-01-01T00:00", "Asia/Kathmandu", null)]
    public void A_time_is_of_the_venues_clocks(string text, string zone, string? moment) =>
        Assert.Equal(
            moment is null
                ? null
                : DateTimeOffset.Parse(moment, global::System.Globalization.CultureInfo.InvariantCulture),
            FormFields.Moment(text, zone)
        );

    /// <summary>A text, and how it is written again; null: it cannot be read. Of the page's script, too.</summary>
    public static readonly TheoryData<string, string?> Texts = new()
    {
        { "Plateia; A; 1-10 13-22", "Plateia; A; 1-10 13-22\n" },
        { "setor;fila;lugar\nP;A;1\nP;A;2\nP;A;3\nP;B;9", "P; A; 1-3\nP; B; 9\n" },
        { "\"P\",A,\"1\"", "P; A; 1\n" },
        { "Setor;Fila;Poltrona\nP;A;1\nSetor;Fila;Nº\nP;A;2\nsection,row,NUMBER", "P; A; 1 2\n" },
        { "\"Plateia, superior\",A,1-10", "Plateia, superior; A; 1-10\n" },
        { "\"Plateia; superior\" , \"A\",\"1-10 , 12\"", "\"Plateia; superior\"; A; 1-10 12\n" },
        {
            "\"Plateia; superior\"; A; 1-10 12\n\"\"\"Zona\"\"\"; \"\"\"\"; 1",
            "\"Plateia; superior\"; A; 1-10 12\n\"\"\"Zona\"\"\"; \"\"\"\"; 1\n"
        },
        { "A 12\" alta; A; 1", "A 12\" alta; A; 1\n" },
        { "\"P; A; 1", null },
        { "\"\"; A; 1", null },
        { "P\tA\t1 2 5", "P; A; 1 2 5\n" },
        { "P; A; 11-3/2 2-12/2 14", "P; A; 11-3/2 2-14/2\n" },
        { "P; A; 1A 1B", "P; A; 1A 1B\n" },
        { "P; A; 1-4 _ _ 7-10 11* 12+", "P; A; 1-4 _2 7-10 11* 12+\n" },
        { "P; A; _3 1-3* 4", "P; A; _3 1-3* 4\n" },
        { "setor;fila;lugar;tipo\nP;A;1;acessível\nP;A;2;acompanhante\nP;A;3;", "P; A; 1* 2+ 3\n" },
        { "P,A,1,2,PCD", "P; A; 1* 2*\n" },
        { "Salão (tables); 1; 1-6; 4,10\nSalão; 2; 1 2", "Salão (mesas); 1; 1-6; 4,10\nSalão (mesas); 2; 1 2\n" },
        { "P; A; _", null },
        { "P; A; 1 _601", null },
        { "P; A; 1; trono", null },
        { "P; A; *", null },
        { "(mesas); A; 1", null },
        { "P; A", null },
        { "P; A; <b>", null },
        { "P; A; 1-501", null },
        { "P; A; 1-99999999999", null },
        { "", "" },
        { "P; A; 1; 3, 4\nP; A; 20-15\nP; A; 007 a.b-c", "P; A; 1 20-15 007 a.b-c; 3,4\n" },
        { "P; A; 1; 3,4,5", null },
        { "P; A; 1-9/0", null },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_seat_map_is_read_and_written_as_text(string text, string? again)
    {
        global::System.Globalization.CultureInfo.CurrentUICulture = new("pt-BR");
        var (rows, wrong, _) = SeatText.Read(text);
        Assert.Equal(again is null, wrong is not null);
        if (again is not null)
            Assert.Equal(again, SeatText.Write(rows));
    }

    [Theory]
    [InlineData(120, false)]
    [InlineData(121, true)]
    public void A_map_that_is_too_large_is_told_from_one_that_is_not_understood(int lines, bool tooLarge)
    {
        var text = string.Concat(Enumerable.Range(1, lines).Select(i => $"P; {i}; 1-500\n"));
        Assert.Equal((tooLarge ? 121 : null, tooLarge), Read(text));
        Assert.Equal((1, false), Read("P; A"));

        static (int?, bool) Read(string text)
        {
            var (_, wrong, tooLarge) = SeatText.Read(text);
            return (wrong, tooLarge);
        }
    }

    [Fact]
    public void Rows_are_named_on_from_the_first()
    {
        static string[] Seats(string scheme, int count, bool fromRight = false, string without = "") =>
            [
                .. SeatText
                    .Make("P", false, "A", 1, count, scheme, fromRight, without)![0]
                    .Places.Select(p => p?.Number ?? "_"),
            ];
        var rows = SeatText.Make("P", false, "y", 4, 3, "up", true, "")!;
        Assert.Equal(["Y", "Z", "AA", "AB"], rows.Select(r => r.Row));
        Assert.Equal(["3", "2", "1"], rows[0].Seats.Select(s => s.Number));
        Assert.Equal(["1", "3", "5"], Seats("odd", 3));
        Assert.Equal(["6", "4", "2"], Seats("even", 3, fromRight: true));
        Assert.Equal(["3", "1", "2", "4"], Seats("middle", 4));
        Assert.Equal(["A", "B", "_", "D"], Seats("letters", 4, without: "c"));
        Assert.Equal(5, SeatText.Make("P", true, "1", 1, 6, "up", false, "6")![0].Places.Count);
        Assert.Null(SeatText.Make("", false, "A", 1, 1, "up", false, ""));
        Assert.Null(SeatText.Make("P", false, "A", 1, 1, "up", false, "1"));
        Assert.Null(SeatText.Make("P", false, "AAA", 1, 1, "up", false, ""));
    }
}
