using System.Buffers;
using System.Globalization;
using System.Text;
using AnyAscii;

namespace Ticketing.Pdf;

/// <summary>Text broken into lines.</summary>
public sealed record Lines(IReadOnlyList<string> Texts, double Size, bool Bold)
{
    private const double Spacing = 1.25;

    public double Leading => Size * Spacing;
    public double Height => Texts.Count * Leading;
}

/// <summary>From words to glyphs and lines that fit.</summary>
public static class Typesetting
{
    /// <summary>Text in the largest size in which it takes at most so many lines; cut when none does.</summary>
    public static Lines Fit(string text, double width, int maxLines, double largest, double smallest, bool bold = true)
    {
        for (var size = largest; size > smallest; size -= 1)
            if (Wrap(text, size, bold, width) is { } lines && lines.Texts.Count <= maxLines)
                return lines;
        var all = Wrap(text, smallest, bold, width);
        if (all.Texts.Count <= maxLines)
            return all;
        var last = Cut(all.Texts[maxLines - 1] + " " + all.Texts[maxLines], smallest, bold, width);
        return all with { Texts = [.. all.Texts.Take(maxLines - 1), last] };
    }

    /// <summary>Breaks at spaces; a word longer than the line is broken inside.</summary>
    public static Lines Wrap(string text, double size, bool bold, double width)
    {
        var lines = new List<string>();
        text = Printable(text);
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        // Where each character is a glyph, widths add up: no line is measured again for each word that it gets.
        var (plain, space) = (Runs.IsPlain(text), WidthOf(" ", bold) * size);
        var (line, wide) = ("", 0.0);
        foreach (var word in words)
        {
            var longer = line.Length == 0 ? word : $"{line} {word}";
            var wider =
                !plain ? WidthOf(longer, bold) * size
                : line.Length == 0 ? PlainWidthOf(word, bold) * size
                : wide + space + PlainWidthOf(word, bold) * size;
            if (wider <= width)
            {
                (line, wide) = (longer, wider);
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
            wide = WidthOf(line, bold) * size;
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
    private static double WidthOf(string text, bool bold) =>
        Runs.IsPlain(text) ? PlainWidthOf(text, bold) : Shape(text, bold).Sum(g => g.Advance);

    private static double PlainWidthOf(string text, bool bold)
    {
        var face = FaceOf(bold);
        var width = 0.0;
        foreach (var rune in text.EnumerateRunes())
            width += face.WidthOf(face.GlyphOf(rune.Value));
        return width;
    }

    private static Typeface FaceOf(bool bold) => bold ? Typeface.Bold : Typeface.Regular;

    /// <summary>
    /// Drops what is never seen; what no face can show is written in Latin letters. What PDFs are searched for is composed.
    /// </summary>
    private static string Printable(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(Simple))
            return text;
        // Noncharacters are dropped first: normalising throws on some.
        var valid = string.Concat(text.EnumerateRunes().Where(r => !IsNone(r)));
        var shown = new StringBuilder(valid.Length);
        foreach (var rune in valid.Normalize(NormalizationForm.FormC).EnumerateRunes())
            shown.Append(
                rune.Value == NonBreakingHyphen ? "-"
                : Rune.IsWhiteSpace(rune) || Rune.IsControl(rune) ? " "
                : IsIgnorable(rune) ? ""
                : Runs.CanShow(rune) ? rune.ToString()
                : InLatin(rune)
            );
        return shown.ToString();
    }

    /// <summary>Composed, seen, and in the page's own faces: most texts are of these alone.</summary>
    private static readonly SearchValues<char> Simple = SearchValues.Create([
        .. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c),
        .. Enumerable.Range(0xA1, 0x17F - 0xA0).Where(c => c != 0xAD && c != 0x149).Select(c => (char)c),
        .. "–—‘’“”•…€−º",
    ]);

    private const char NonBreakingHyphen = '\u2011';

    /// <summary>Empty for what has no letters: nothing is better than a box.</summary>
    private static string InLatin(Rune rune) => rune.ToString().Transliterate();

    /// <summary>No character at all: not assigned (with the noncharacters), of private use, or what stands for a lost one.</summary>
    private static bool IsNone(Rune rune) =>
        rune == Rune.ReplacementChar
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse;

    /// <summary>Unicode's Default_Ignorable_Code_Point, but for the joiners, which decide how their neighbours look.</summary>
    private static readonly (int First, int Last)[] Ignorables =
    [
        (0x00AD, 0x00AD),
        (0x034F, 0x034F),
        (0x061C, 0x061C),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x200B, 0x200F),
        (0x202A, 0x202E),
        (0x2060, 0x206F),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0),
        (0xFFF0, 0xFFFB),
        (0x1BCA0, 0x1BCA3),
        (0x1D173, 0x1D17A),
        (0xE0000, 0xE0FFF),
    ];

    private static bool IsIgnorable(Rune rune) =>
        !Runs.IsJoiner(rune) && Array.Exists(Ignorables, r => rune.Value >= r.First && rune.Value <= r.Last);
}
