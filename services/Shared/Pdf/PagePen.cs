namespace Ticketing.Pdf;

/// <summary>Writes words in points from the page's top left.</summary>
public sealed class PagePen(PdfPage page)
{
    private static readonly Ink Dark = new(0x1B, 0x1E, 0x2E);
    private static readonly Ink Grey = new(0x5F, 0x65, 0x7A);

    /// <summary>One line; y is its baseline, x its left end unless told otherwise.</summary>
    public void Line(
        string text,
        double x,
        double y,
        double size,
        bool bold,
        Ink ink,
        bool right = false,
        bool center = false,
        string kind = "P"
    )
    {
        var glyphs = Typesetting.Shape(text, bold);
        var width = glyphs.Sum(g => g.Advance) * size;
        page.Text(
            glyphs,
            x
                - (
                    center ? width / 2
                    : right ? width
                    : 0
                ),
            y,
            size,
            ink,
            kind
        );
    }

    /// <summary>Lines below each other; y is the top.</summary>
    /// <param name="kind">P, or H1 for the page's title.</param>
    public void Block(Lines lines, double x, double y, Ink ink, string kind = "P")
    {
        foreach (var (index, text) in lines.Texts.Index())
            Line(text, x, y + lines.Size + index * lines.Leading, lines.Size, lines.Bold, ink, kind: kind);
    }

    /// <summary>A block; answers where the next thing may begin.</summary>
    public double Stack(Lines lines, double x, double y, Ink ink)
    {
        Block(lines, x, y, ink);
        return y + lines.Height + 2;
    }

    public static double WidthOf(string text, double size, bool bold) =>
        Typesetting.Shape(text, bold).Sum(g => g.Advance) * size;

    /// <summary>A label, a value and smaller lines; answers where the next thing may begin.</summary>
    public double Fact(string label, string value, string more, double x, double y, double width, double largest = 15)
    {
        Line(label, x, y + 8, 7.5, bold: true, Grey);
        var main = Typesetting.Fit(value, width, maxLines: 2, largest, smallest: 9);
        Block(main, x, y + 11, Dark);
        y += 13 + main.Height;
        foreach (var part in more.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var small = Typesetting.Fit(part, width, maxLines: 1, largest: 10, smallest: 8, bold: false);
            Block(small, x, y, Grey);
            y += small.Height;
        }
        return y;
    }
}
