using System.Text;

namespace Ticketing.Pdf;

/// <summary>What a document says of itself.</summary>
public sealed record PdfFacts(string Title, string Author, string Subject, string Language);

/// <summary>
/// A PDF written for what tickets need: pages of text in embedded faces (only the glyphs used, shared by all pages),
/// rectangles, dashes and pictures, tagged for screen readers as PDF/UA asks.
/// </summary>
public sealed class PdfFile
{
    /// <summary>The glyphs of a face that the pages use, by their place in the embedded font.</summary>
    internal sealed class Font(Typeface face)
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

    private readonly List<Font> fonts = [];
    private readonly List<PdfPage> pages = [];
    private readonly List<Picture> pictures = [];

    /// <summary>In points.</summary>
    public PdfPage AddPage(double width, double height)
    {
        var page = new PdfPage(this, width, height);
        pages.Add(page);
        return page;
    }

    internal int FontOf(Typeface face) => Place(fonts, fonts.FindIndex(f => f.Face == face), () => new(face));

    internal Font FontAt(int index) => fonts[index];

    internal int PictureOf(Picture picture) => Place(pictures, pictures.IndexOf(picture), () => picture);

    private static int Place<T>(List<T> all, int index, Func<T> make)
    {
        if (index >= 0)
            return index;
        all.Add(make());
        return all.Count - 1;
    }

    public byte[] Save(PdfFacts facts)
    {
        var file = new PdfObjects();
        var (catalog, tree, info) = (file.Reserve(), file.Reserve(), file.Reserve());
        var fontNames = string.Join(' ', fonts.Select((font, i) => $"/F{i} {Embed(file, font)} 0 R"));
        var pictureNames = string.Join(' ', pictures.Select((picture, i) => $"/I{i} {Embed(file, picture)} 0 R"));
        var resources = $"/Resources<</Font<<{fontNames}>>/XObject<<{pictureNames}>>>>";
        var ids = pages.Select((page, i) => page.Write(file, tree, i, resources)).ToList();
        file.Put(
            catalog,
            $"<</Type/Catalog/Pages {tree} 0 R/Lang{PdfObjects.Text(facts.Language)}/MarkInfo<</Marked true>>"
                + $"/StructTreeRoot {Structure(file, ids)} 0 R/ViewerPreferences<</DisplayDocTitle true>>"
                + $"/Metadata {Metadata(file, facts)} 0 R>>"
        );
        file.Put(tree, $"<</Type/Pages/Count {ids.Count}/Kids[{References(ids)}]>>");
        file.Put(
            info,
            $"<</Title{PdfObjects.Text(facts.Title)}/Author{PdfObjects.Text(facts.Author)}"
                + $"/Subject{PdfObjects.Text(facts.Subject)}/Creator(Ticketing)>>"
        );
        return file.Save(catalog, info);
    }

    private static string References(IEnumerable<int> ids) => string.Join(' ', ids.Select(id => $"{id} 0 R"));

    /// <summary>What is read aloud, page by page, in the order in which it was drawn.</summary>
    private int Structure(PdfObjects file, List<int> pageIds)
    {
        var (root, document) = (file.Reserve(), file.Reserve());
        var byPage = pages.Select((page, i) => page.Tags(file, document, pageIds[i])).ToList();
        file.Put(document, $"<</Type/StructElem/S/Document/P {root} 0 R/K[{References(byPage.SelectMany(e => e))}]>>");
        var places = string.Concat(byPage.Select((elements, i) => $"{i}[{References(elements)}]"));
        file.Put(
            root,
            $"<</Type/StructTreeRoot/K {document} 0 R/ParentTreeNextKey {pages.Count}/ParentTree<</Nums[{places}]>>>>"
        );
        return root;
    }

    /// <summary>XMP: where PDF/UA looks for the title and for its own mark.</summary>
    private static int Metadata(PdfObjects file, PdfFacts facts)
    {
        var xmp = $"""
            <?xpacket begin="{'\uFEFF'}" id="W5M0MpCehiHzreSzNTczkc9d"?>
            <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
            <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
              xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
            <pdfuaid:part>1</pdfuaid:part>
            <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{Escape(facts.Title)}</rdf:li></rdf:Alt></dc:title>
            <dc:creator><rdf:Seq><rdf:li>{Escape(facts.Author)}</rdf:li></rdf:Seq></dc:creator>
            <dc:language><rdf:Bag><rdf:li>{facts.Language}</rdf:li></rdf:Bag></dc:language>
            </rdf:Description></rdf:RDF></x:xmpmeta>
            <?xpacket end="r"?>
            """;
        // Not packed: what reads metadata alone need not unpack.
        return file.AddRaw("/Type/Metadata/Subtype/XML", Encoding.UTF8.GetBytes(xmp));

        static string Escape(string text) =>
            System.Security.SecurityElement.Escape(
                string.Concat(text.EnumerateRunes().Where(r => !Rune.IsControl(r) && r.Value is not (0xFFFE or 0xFFFF)))
            );
    }

    private static int Embed(PdfObjects file, Picture picture) =>
        file.AddRaw(
            $"/Type/XObject/Subtype/Image/Width {picture.Width}/Height {picture.Height}/BitsPerComponent 8"
                + $"/ColorSpace/{(picture.IsGrey ? "DeviceGray" : "DeviceRGB")}/Filter/DCTDecode",
            picture.Jpeg
        );

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
}
