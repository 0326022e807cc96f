using System.Globalization;
using System.Text;

namespace Ticketing.Tickets.Documents;

/// <summary>What a document says of itself.</summary>
internal sealed record PdfFacts(string Title, string Author, string Subject, string Language);

/// <summary>A glyph of a face and the text that it stands for; distances are in ems.</summary>
internal readonly record struct Glyph(Typeface Face, ushort Id, string Text, double Advance)
{
    /// <summary>Where it is drawn, seen from the pen.</summary>
    public double Right { get; init; }
    public double Up { get; init; }

    /// <summary>Bold for a face that has no bold one.</summary>
    public bool Embolden { get; init; }
}

/// <summary>Red, green and blue.</summary>
internal readonly record struct Ink(byte Red, byte Green, byte Blue)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Red / 255.0:0.###} {Green / 255.0:0.###} {Blue / 255.0:0.###}");
}

/// <summary>
/// A PDF of one page, written for what a ticket needs: text of embedded faces (only the glyphs used), rectangles and
/// dashes, tagged for screen readers. Points from the top left.
/// </summary>
internal sealed class PdfPage(double width, double height)
{
    /// <summary>The glyphs of a face that the page uses, by their place in the embedded font.</summary>
    private sealed class Font(Typeface face)
    {
        private readonly Dictionary<(ushort, string), int> places = [];

        public Typeface Face => face;
        public List<ushort> Glyphs { get; } = [0];
        public List<string> Texts { get; } = [""];

        public int PlaceOf(Glyph glyph)
        {
            if (!places.TryGetValue((glyph.Id, glyph.Text), out var place))
            {
                places[(glyph.Id, glyph.Text)] = place = Glyphs.Count;
                Glyphs.Add(glyph.Id);
                Texts.Add(glyph.Text);
            }
            return place;
        }
    }

    /// <summary>Of the outline that makes a glyph bolder, in ems.</summary>
    private const double Stroke = 0.03;

    /// <summary>Points that nobody sees.</summary>
    private const double Near = 0.01;

    private readonly StringBuilder content = new(16_384);
    private readonly List<Font> fonts = [];

    /// <summary>What is tagged, in reading order: the kind, and what stands for a picture.</summary>
    private readonly List<(string Kind, string? Instead)> tagged = [];

    public void Box(double x, double y, double boxWidth, double boxHeight, Ink ink) =>
        Write(
            $"/Artifact BMC {ink} rg {x:0.##} {height - y - boxHeight:0.##} {boxWidth:0.##} {boxHeight:0.##} re f EMC\n"
        );

    public void Dashes(double from, double to, double y, Ink ink) =>
        Write(
            $"/Artifact BMC q {ink} RG 0.8 w [2.4 0.8] 0 d {from:0.##} {height - y:0.##} m {to:0.##} {height - y:0.##} l S Q EMC\n"
        );

    /// <param name="y">Of the baseline.</param>
    public void Text(IReadOnlyList<Glyph> glyphs, double x, double y, double size, Ink ink)
    {
        Write($"/P <</MCID {tagged.Count}>> BDC BT {ink} rg ");
        tagged.Add(("P", null));
        for (var i = 0; i < glyphs.Count; )
        {
            var first = glyphs[i];
            var font = FontOf(first.Face);
            var at = x + first.Right * size;
            if (first.Embolden)
                Write($"2 Tr {size * Stroke:0.###} w {ink} RG ");
            Write($"/F{font} {size:0.##} Tf 1 0 0 1 {at:0.##} {height - y + first.Up * size:0.##} Tm <");
            // The viewer goes on by the glyph's own width; where that is not the place, a new text begins.
            do
            {
                content.Append(fonts[font].PlaceOf(glyphs[i]).ToString("X4", CultureInfo.InvariantCulture));
                at += first.Face.WidthOf(glyphs[i].Id) * size;
                x += glyphs[i].Advance * size;
                i++;
            } while (
                i < glyphs.Count
                && glyphs[i].Face == first.Face
                && glyphs[i].Embolden == first.Embolden
                && glyphs[i].Up == first.Up
                && Math.Abs(x + glyphs[i].Right * size - at) < Near
            );
            content.Append(first.Embolden ? "> Tj 0 Tr " : "> Tj ");
        }
        content.Append("ET EMC\n");
    }

    /// <summary>A square of dark modules as one path of runs, so that no viewer shows seams between them.</summary>
    public void Modules(Func<int, int, bool> isDark, int side, double x, double y, double size, Ink ink, string instead)
    {
        Write($"/Figure <</MCID {tagged.Count}>> BDC q {ink} rg ");
        tagged.Add(("Figure", instead));
        Write($"{size / side:0.#####} 0 0 {size / side:0.#####} {x:0.##} {height - y - size:0.##} cm\n");
        for (var row = 0; row < side; row++)
        for (var column = 0; column < side; column++)
        {
            var first = column;
            while (column < side && isDark(row, column))
                column++;
            if (column > first)
                content
                    .Append(first)
                    .Append(' ')
                    .Append(side - 1 - row)
                    .Append(' ')
                    .Append(column - first)
                    .Append(" 1 re\n");
        }
        content.Append("f Q EMC\n");
    }

    public byte[] Save(PdfFacts facts)
    {
        var file = new PdfObjects();
        var (catalog, pages, page, info) = (file.Reserve(), file.Reserve(), file.Reserve(), file.Reserve());
        var resources = string.Join(' ', fonts.Select((font, i) => $"/F{i} {Embed(file, font)} 0 R"));
        var drawing = file.AddStream("", Encoding.ASCII.GetBytes(content.ToString()));
        var structure = Structure(file, page);
        file.Put(
            catalog,
            $"<</Type/Catalog/Pages {pages} 0 R/Lang{PdfObjects.Text(facts.Language)}/MarkInfo<</Marked true>>"
                + $"/StructTreeRoot {structure} 0 R/ViewerPreferences<</DisplayDocTitle true>>>>"
        );
        file.Put(pages, $"<</Type/Pages/Count 1/Kids[{page} 0 R]>>");
        file.Put(
            page,
            FormattableString.Invariant(
                $"<</Type/Page/Parent {pages} 0 R/MediaBox[0 0 {width:0.##} {height:0.##}]/Contents {drawing} 0 R"
            ) + $"/StructParents 0/Tabs/S/Resources<</Font<<{resources}>>>>>>"
        );
        file.Put(
            info,
            $"<</Title{PdfObjects.Text(facts.Title)}/Author{PdfObjects.Text(facts.Author)}"
                + $"/Subject{PdfObjects.Text(facts.Subject)}/Creator(Ticketing)>>"
        );
        return file.Save(catalog, info);
    }

    /// <summary>What is read aloud, in the order in which it was drawn.</summary>
    private int Structure(PdfObjects file, int page)
    {
        var (root, document) = (file.Reserve(), file.Reserve());
        var elements = tagged
            .Select(
                (tag, i) =>
                    file.Add(
                        $"<</Type/StructElem/S/{tag.Kind}/P {document} 0 R/Pg {page} 0 R/K {i}"
                            + (tag.Instead is { } text ? $"/Alt{PdfObjects.Text(text)}>>" : ">>")
                    )
            )
            .Select(id => $"{id} 0 R")
            .ToList();
        var all = string.Join(' ', elements);
        file.Put(document, $"<</Type/StructElem/S/Document/P {root} 0 R/K[{all}]>>");
        file.Put(root, $"<</Type/StructTreeRoot/K {document} 0 R/ParentTreeNextKey 1/ParentTree<</Nums[0[{all}]]>>>>");
        return root;
    }

    private static int Embed(PdfObjects file, Font font)
    {
        var (face, name) = (font.Face, "TICKET+" + font.Face.Name);
        var characters = string.Concat(
            font.Texts.Select((text, i) => (text, i))
                .Skip(1)
                .Select(c =>
                    $"<{c.i:X4}> <{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(c.text.Length > 0 ? c.text : Unsaid))}>\n"
                )
                .Chunk(MaxMappings)
                .Select(c => $"{c.Length} beginbfchar\n{string.Concat(c)}endbfchar\n")
        );
        var toUnicode = file.AddStream(
            "",
            Encoding.ASCII.GetBytes(
                "/CIDInit/ProcSet findresource begin 12 dict begin begincmap\n"
                    + "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
                    + "/CMapName/Adobe-Identity-UCS def/CMapType 2 def\n"
                    + $"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{characters}"
                    + "endcmap CMapName currentdict/CMap defineresource pop end end"
            )
        );
        // The subset adds what its glyphs are composed of, so widths come after it.
        var program = face.Subset(font.Glyphs);
        var programId = file.AddStream($"/Length1 {program.Length}", program);
        var box = string.Join(' ', face.Box.Select(v => Thousandths(v, face)));
        var descriptor = file.Add(
            $"<</Type/FontDescriptor/FontName/{name}/Flags 4/FontBBox[{box}]/ItalicAngle 0/StemV 80"
                + $"/Ascent {Thousandths(face.Ascent, face)}/Descent {Thousandths(face.Descent, face)}"
                + $"/CapHeight {Thousandths(face.Ascent, face)}/FontFile2 {programId} 0 R>>"
        );
        var widths = string.Join(' ', font.Glyphs.Select(g => (int)Math.Round(face.WidthOf(g) * 1000)));
        var descendant = file.Add(
            $"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDToGIDMap/Identity/DW 0/W[0[{widths}]]"
                + $"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor {descriptor} 0 R>>"
        );
        return file.Add(
            $"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/DescendantFonts[{descendant} 0 R]"
                + $"/ToUnicode {toUnicode} 0 R>>"
        );
    }

    /// <summary>What a glyph stands for whose text another one tells: nothing that is seen.</summary>
    private const string Unsaid = "\u200B";

    /// <summary>Of one block of a character map, by the format's rules.</summary>
    private const int MaxMappings = 100;

    private static int Thousandths(int units, Typeface face) => (int)Math.Round(units * 1000.0 / face.UnitsPerEm);

    private int FontOf(Typeface face)
    {
        var index = fonts.FindIndex(f => f.Face == face);
        if (index >= 0)
            return index;
        fonts.Add(new(face));
        return fonts.Count - 1;
    }

    private void Write(FormattableString text) => content.Append(text.ToString(CultureInfo.InvariantCulture));
}
