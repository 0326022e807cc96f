using System.Globalization;
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
                var ends = StringInfo.ParseCombiningCharacters(line);
                if (ends.Length <= 1)
                    break;
                var fitting = ends.Length - 1;
                while (fitting > 1 && !Fits(line[..ends[fitting]]))
                    fitting--;
                lines.Add(line[..ends[fitting]]);
                line = line[ends[fitting]..];
            }
        }
        lines.Add(line);
        return new(lines, size, bold);

        bool Fits(string s) => WidthOf(s, bold) * size <= width;
    }

    /// <summary>Shortened with an ellipsis to fit one line.</summary>
    public static string Cut(string text, double size, bool bold, double width)
    {
        text = Printable(text);
        if (WidthOf(text, bold) * size <= width)
            return text;
        while (
            WidthOf(text + "…", bold) * size > width && StringInfo.ParseCombiningCharacters(text) is [_, .., var last]
        )
            text = text[..last].TrimEnd();
        return text + "…";
    }

    /// <summary>In the order in which they are drawn, from left to right.</summary>
    public static List<Glyph> Shape(string text, bool bold)
    {
        if (Runs.IsPlain(text))
            return Plain(text, bold);
        var glyphs = new List<Glyph>();
        foreach (var run in Runs.Of(text))
        {
            if (run.Fallback is null)
                glyphs.AddRange(Plain(run.RightToLeft ? Mirrored(run.Text) : run.Text, bold));
            else if (bold && run.Fallback == Typeface.Fallback[0].Value)
                glyphs.AddRange(Typeface.FallbackBold.Value.Shape(run.Text, run.RightToLeft, embolden: false));
            else
                glyphs.AddRange(run.Fallback.Shape(run.Text, run.RightToLeft, embolden: bold));
        }
        return glyphs;
    }

    private static List<Glyph> Plain(string text, bool bold)
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

    /// <summary>Spaces and punctuation between words that go from right to left.</summary>
    private static string Mirrored(string text)
    {
        const string pairs = "()[]{}<>«»‹›";
        return string.Concat(
            text.Reverse().Select(c => pairs.IndexOf(c, StringComparison.Ordinal) is >= 0 and var i ? pairs[i ^ 1] : c)
        );
    }

    /// <summary>In ems.</summary>
    private static double WidthOf(string text, bool bold)
    {
        if (!Runs.IsPlain(text))
            return Shape(text, bold).Sum(g => g.Advance);
        var face = FaceOf(bold);
        var width = 0.0;
        foreach (var rune in text.EnumerateRunes())
            width += face.WidthOf(face.GlyphOf(rune.Value));
        return width;
    }

    private static Typeface FaceOf(bool bold) => bold ? Typeface.Bold : Typeface.Regular;

    /// <summary>
    /// Drops what is never seen; what no face can show becomes a question mark. What PDFs are searched for is composed.
    /// </summary>
    private static string Printable(string text)
    {
        var shown = new StringBuilder(text.Length);
        // U+FFFE is no character: normalising throws, and a name that holds it would keep an order from its documents.
        foreach (var rune in text.Replace('\uFFFE', '?').Normalize(NormalizationForm.FormC).EnumerateRunes())
            shown.Append(
                rune.Value == NonBreakingHyphen ? "-"
                : Rune.IsWhiteSpace(rune) || Rune.IsControl(rune) ? " "
                : IsNeverSeen(rune) ? ""
                : Runs.CanShow(rune) ? rune.ToString()
                : Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark ? ""
                : "?"
            );
        return shown.ToString();
    }

    private const int NonBreakingHyphen = 0x2011;

    private static bool IsNeverSeen(Rune rune) =>
        rune.Value is >= 0xFE00 and <= 0xFE0F or >= 0xE0000 and <= 0xE0FFF
        || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format && !Runs.IsJoiner(rune);
}
