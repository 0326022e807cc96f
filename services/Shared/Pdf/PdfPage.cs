using System.Globalization;
using System.Text;

namespace Ticketing.Pdf;

/// <summary>A glyph of a face and the text that it stands for; distances are in ems.</summary>
public readonly record struct Glyph(Typeface Face, ushort Id, string Text, double Advance)
{
    /// <summary>Where it is drawn, seen from the pen.</summary>
    public double Right { get; init; }
    public double Up { get; init; }

    /// <summary>Bold for a face that has no bold one.</summary>
    public bool Embolden { get; init; }
}

/// <summary>Red, green and blue.</summary>
public readonly record struct Ink(byte Red, byte Green, byte Blue)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Red / 255.0:0.###} {Green / 255.0:0.###} {Blue / 255.0:0.###}");
}

/// <summary>A page of a <see cref="PdfFile"/>: points from the top left.</summary>
public sealed class PdfPage(PdfFile file, double width, double height)
{
    /// <summary>Of the outline that makes a glyph bolder, in ems.</summary>
    private const double Stroke = 0.03;

    /// <summary>Points that nobody sees.</summary>
    private const double Near = 0.01;

    private readonly StringBuilder content = new(16_384);

    /// <summary>What is tagged, in reading order: the kind; what stands for a picture, and where it is.</summary>
    private readonly List<(string Kind, string? Instead, string? Box)> tagged = [];

    public void Box(double x, double y, double boxWidth, double boxHeight, Ink ink) =>
        Write(
            $"/Artifact BMC {ink} rg {x:0.##} {height - y - boxHeight:0.##} {boxWidth:0.##} {boxHeight:0.##} re f EMC\n"
        );

    public void Dashes(double from, double to, double y, Ink ink) =>
        Write(
            $"/Artifact BMC q {ink} RG 0.8 w [2.4 0.8] 0 d {from:0.##} {height - y:0.##} m {to:0.##} {height - y:0.##} l S Q EMC\n"
        );

    /// <param name="y">Of the baseline.</param>
    /// <param name="kind">P, or H1 for the page's title.</param>
    public void Text(IReadOnlyList<Glyph> glyphs, double x, double y, double size, Ink ink, string kind = "P")
    {
        content.Append('/').Append(kind);
        Write($" <</MCID {tagged.Count}>> BDC BT {ink} rg ");
        tagged.Add((kind, null, null));
        for (var i = 0; i < glyphs.Count; )
        {
            var first = glyphs[i];
            var font = file.FontOf(first.Face);
            var at = x + first.Right * size;
            if (first.Embolden)
                Write($"2 Tr {size * Stroke:0.###} w {ink} RG ");
            Write($"/F{font} {size:0.##} Tf 1 0 0 1 {at:0.##} {height - y + first.Up * size:0.##} Tm <");
            // The viewer goes on by the glyph's own width; where that is not the place, a new text begins.
            do
            {
                content.Append(file.FontAt(font).PlaceOf(glyphs[i]).ToString("X4", CultureInfo.InvariantCulture));
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
        tagged.Add(("Figure", instead, BoxOf(x, y, size, size)));
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

    /// <summary>Fills the box: what is too wide or too high of the picture is cut off on both sides.</summary>
    public void Image(Picture picture, double x, double y, double boxWidth, double boxHeight, string instead)
    {
        var scale = Math.Max(boxWidth / picture.Width, boxHeight / picture.Height);
        var (w, h) = (picture.Width * scale, picture.Height * scale);
        Write($"/Figure <</MCID {tagged.Count}>> BDC q ");
        tagged.Add(("Figure", instead, BoxOf(x, y, boxWidth, boxHeight)));
        Write($"{x:0.##} {height - y - boxHeight:0.##} {boxWidth:0.##} {boxHeight:0.##} re W n ");
        var (left, top) = (x - (w - boxWidth) / 2, y - (h - boxHeight) / 2);
        Write($"{w:0.##} 0 0 {h:0.##} {left:0.##} {height - top - h:0.##} cm /I{file.PictureOf(picture)} Do Q EMC\n");
    }

    private string BoxOf(double x, double y, double w, double h) =>
        string.Create(CultureInfo.InvariantCulture, $"{x:0.##} {height - y - h:0.##} {x + w:0.##} {height - y:0.##}");

    internal int Write(PdfObjects objects, int tree, int index, string resources)
    {
        var drawing = objects.AddStream("", Encoding.ASCII.GetBytes(content.ToString()));
        return objects.Add(
            FormattableString.Invariant(
                $"<</Type/Page/Parent {tree} 0 R/MediaBox[0 0 {width:0.##} {height:0.##}]/Contents {drawing} 0 R"
            ) + $"/StructParents {index}/Tabs/S{resources}>>"
        );
    }

    /// <summary>The page's elements of the document's structure.</summary>
    internal List<int> Tags(PdfObjects objects, int document, int page) =>
        [
            .. tagged.Select(
                (tag, i) =>
                    objects.Add(
                        $"<</Type/StructElem/S/{tag.Kind}/P {document} 0 R/Pg {page} 0 R/K {i}"
                            + (tag.Instead is { } text ? $"/Alt{PdfObjects.Text(text)}" : "")
                            + (tag.Box is { } box ? $"/A<</O/Layout/Placement/Block/BBox[{box}]>>" : "")
                            + ">>"
                    )
            ),
        ];

    private void Write(FormattableString text) => content.Append(text.ToString(CultureInfo.InvariantCulture));
}
