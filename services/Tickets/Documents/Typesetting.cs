using System.Text;

namespace Ticketing.Tickets.Documents;

/// <summary>Text broken into lines.</summary>
internal sealed record Lines(IReadOnlyList<string> Texts, double Size, bool Bold)
{
    private const double Spacing = 1.25;

    public double Leading => Size * Spacing;
    public double Height => Texts.Count * Leading;
}

/// <summary>From words to glyphs and lines that fit.</summary>
internal static class Typesetting
{
    /// <summary>Bold text in the largest size in which it takes at most so many lines; cut when none does.</summary>
    public static Lines Fit(string text, double width, int maxLines, double largest, double smallest)
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
    public static Lines Wrap(string text, double size, bool bold, double width)
    {
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

        bool Fits(string s) => s.Length <= 1 || WidthOf(s, bold) * size <= width;
    }

    /// <summary>Shortened with an ellipsis to fit one line.</summary>
    public static string Cut(string text, double size, bool bold, double width)
    {
        text = Printable(text);
        if (WidthOf(text, bold) * size <= width)
            return text;
        while (text.Length > 1 && WidthOf(text + "…", bold) * size > width)
            text = text[..^1].TrimEnd();
        return text + "…";
    }

    public static List<Glyph> Shape(string text, bool bold)
    {
        var face = FaceOf(bold);
        var glyphs = new List<Glyph>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var id = face.GlyphOf(rune.Value);
            glyphs.Add(new(face, id, rune.ToString(), face.WidthOf(id)));
        }
        return glyphs;
    }

    /// <summary>In ems.</summary>
    private static double WidthOf(string text, bool bold)
    {
        var face = FaceOf(bold);
        var width = 0.0;
        foreach (var rune in text.EnumerateRunes())
            width += face.WidthOf(face.GlyphOf(rune.Value));
        return width;
    }

    private static Typeface FaceOf(bool bold) => bold ? Typeface.Bold : Typeface.Regular;

    /// <summary>What the typeface cannot show becomes a question mark.</summary>
    private static string Printable(string text)
    {
        var shown = new StringBuilder(text.Length);
        // U+FFFE is no character: normalising throws, and a name that holds it would keep an order from its documents.
        text = text.Replace('\uFFFE', '?').Normalize(NormalizationForm.FormC);
        foreach (var rune in text.EnumerateRunes())
            shown.Append(Typeface.Regular.GlyphOf(rune.Value) != 0 || Rune.IsWhiteSpace(rune) ? rune.ToString() : "?");
        return shown.ToString();
    }
}
