using System.Text;
using PdfSharp.Drawing;

namespace Ticketing.Tickets.Documents;

/// <summary>Draws words and shapes in points from the page's top left.</summary>
internal sealed class PagePen(XGraphics g)
{
    private const double LineSpacing = 1.25;

    private static readonly XColor Ink = XColor.FromArgb(0x1B, 0x1E, 0x2E);
    private static readonly XColor Grey = XColor.FromArgb(0x5F, 0x65, 0x7A);

    /// <summary>Text broken into lines.</summary>
    internal sealed record Lines(IReadOnlyList<string> Texts, double Size, bool Bold)
    {
        public double Height => Texts.Count * Size * LineSpacing;
    }

    public void Box(double x, double y, double width, double height, XColor color) =>
        g.DrawRectangle(new XSolidBrush(color), x, y, width, height);

    public void Dashes(double from, double to, double y, XColor color) =>
        g.DrawLine(new XPen(color, 0.8) { DashStyle = XDashStyle.Dash }, from, y, to, y);

    /// <summary>One line; y is its baseline, x its left end unless told otherwise.</summary>
    public void Line(
        string text,
        double x,
        double y,
        double size,
        bool bold,
        XColor color,
        bool right = false,
        bool center = false
    )
    {
        var font = FontOf(size, bold);
        var width = right || center ? g.MeasureString(text, font).Width : 0;
        g.DrawString(text, font, new XSolidBrush(color), x - (center ? width / 2 : width), y);
    }

    /// <summary>Lines below each other; y is the top.</summary>
    public void Block(Lines lines, double x, double y, XColor color)
    {
        foreach (var (index, text) in lines.Texts.Index())
            Line(text, x, y + lines.Size + index * lines.Size * LineSpacing, lines.Size, lines.Bold, color);
    }

    /// <summary>A label, a value and a smaller second line; answers where the next thing may begin.</summary>
    public double Fact(string label, string value, string more, double x, double y, double width)
    {
        Line(label, x, y + 8, 7.5, bold: true, Grey);
        var main = Fit(value, width, maxLines: 2, largest: 15, smallest: 10);
        Block(main, x, y + 12, Ink);
        y += 14 + main.Height;
        foreach (var part in more.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var small = Wrap(part, 10, bold: false, width);
            Block(small, x, y, Grey);
            y += small.Height;
        }
        return y;
    }

    /// <summary>Bold text in the largest size in which it takes at most so many lines; cut when none does.</summary>
    public Lines Fit(string text, double width, int maxLines, double largest, double smallest)
    {
        for (var size = largest; size > smallest; size -= 1)
            if (Wrap(text, size, bold: true, width) is { } lines && lines.Texts.Count <= maxLines)
                return lines;
        var all = Wrap(text, smallest, bold: true, width);
        if (all.Texts.Count <= maxLines)
            return all;
        var last = Cut(all.Texts[maxLines - 1] + " " + all.Texts[maxLines], smallest, true, width);
        return all with { Texts = [.. all.Texts.Take(maxLines - 1), last] };
    }

    /// <summary>Breaks at spaces; a word longer than the line is broken inside.</summary>
    public Lines Wrap(string text, double size, bool bold, double width)
    {
        var font = FontOf(size, bold);
        var lines = new List<string>();
        var line = "";
        foreach (var word in Printable(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var longer = line.Length == 0 ? word : $"{line} {word}";
            if (Fits(longer))
            {
                line = longer;
                continue;
            }
            if (line.Length > 0)
                lines.Add(line);
            for (line = word; !Fits(line); )
            {
                var fitting = line.Length - 1;
                while (fitting > 1 && !Fits(line[..fitting]))
                    fitting--;
                lines.Add(line[..fitting]);
                line = line[fitting..];
            }
        }
        lines.Add(line);
        return new(lines, size, bold);

        bool Fits(string s) => s.Length <= 1 || g.MeasureString(s, font).Width <= width;
    }

    /// <summary>Shortened with an ellipsis to fit one line.</summary>
    public string Cut(string text, double size, bool bold, double width)
    {
        var font = FontOf(size, bold);
        text = Printable(text);
        if (g.MeasureString(text, font).Width <= width)
            return text;
        while (text.Length > 1 && g.MeasureString(text + "…", font).Width > width)
            text = text[..^1].TrimEnd();
        return text + "…";
    }

    /// <summary>What the typeface cannot show becomes a question mark.</summary>
    private static string Printable(string text)
    {
        var shown = new StringBuilder(text.Length);
        // U+FFFE is no character: normalising throws, and a name that holds it would keep an order from its documents.
        text = text.Replace('\uFFFE', '?').Normalize(NormalizationForm.FormC);
        foreach (var rune in text.EnumerateRunes())
            shown.Append(
                rune.Value
                    is < 0x250 // Latin
                        or (>= 0x370 and < 0x530) // Greek, Cyrillic
                        or (>= 0x1E00 and < 0x1F00) // Latin with more accents
                        or (>= 0x2010 and < 0x2040) // dashes, quotes
                        or 0x20AC
                        or 0x2122
                    ? (char)rune.Value
                    : '?'
            );
        return shown.ToString();
    }

    /// <summary>A square of modules. One path, so that no viewer shows seams between them.</summary>
    public void Modules(bool[,] modules, double x, double y, double size, XColor color)
    {
        var n = modules.GetLength(0);
        var side = size / n;
        var path = new XGraphicsPath { FillMode = XFillMode.Winding };
        for (var row = 0; row < n; row++)
        {
            for (var column = 0; column < n; column++)
            {
                var first = column;
                while (column < n && modules[row, column])
                    column++;
                if (column > first)
                    path.AddRectangle(x + first * side, y + row * side, (column - first) * side, side);
            }
        }
        g.DrawPath(new XSolidBrush(color), path);
    }

    private static XFont FontOf(double size, bool bold) =>
        new(OpenSans.Family, size, bold ? XFontStyleEx.Bold : XFontStyleEx.Regular);
}
