namespace Ticketing.Tickets.Documents;

/// <summary>Writes words in points from the page's top left.</summary>
internal sealed class PagePen(PdfPage page)
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
        bool center = false
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
            ink
        );
    }

    /// <summary>Lines below each other; y is the top.</summary>
    public void Block(Lines lines, double x, double y, Ink ink)
    {
        foreach (var (index, text) in lines.Texts.Index())
            Line(text, x, y + lines.Size + index * lines.Leading, lines.Size, lines.Bold, ink);
    }

    /// <summary>A label, a value and a smaller second line; answers where the next thing may begin.</summary>
    public double Fact(string label, string value, string more, double x, double y, double width)
    {
        Line(label, x, y + 8, 7.5, bold: true, Grey);
        var main = Typesetting.Fit(value, width, maxLines: 2, largest: 15, smallest: 10);
        Block(main, x, y + 12, Dark);
        y += 14 + main.Height;
        foreach (var part in more.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var small = Typesetting.Wrap(part, 10, bold: false, width);
            Block(small, x, y, Grey);
            y += small.Height;
        }
        return y;
    }
}
