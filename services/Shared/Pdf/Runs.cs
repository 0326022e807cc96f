using System.Globalization;
using System.Text;

namespace Ticketing.Pdf;

/// <summary>A stretch of text in one face and one direction; without a fallback the page's own face has all of it.</summary>
public sealed record Run(string Text, Typeface? Fallback, bool RightToLeft);

/// <summary>
/// Which face shows what of a text, and in which order: Unicode's bidirectional algorithm as far as one line without
/// embeddings needs it.
/// </summary>
public static class Runs
{
    private enum Kind
    {
        Left,
        Right,
        Number,
        Neutral,
    }

    private sealed record Element(string Text, Typeface? Face, Kind Kind);

    /// <summary>No character before it is one.</summary>
    private const int FirstMark = 0x300;
    private const int ZeroWidthNonJoiner = 0x200C;
    private const int ZeroWidthJoiner = 0x200D;

    /// <summary>Hebrew to the Arabic extensions, their presentation forms, and the scripts written like them.</summary>
    private static readonly (int First, int Last)[] RightToLeft =
    [
        (0x0590, 0x08FF),
        (0xFB1D, 0xFDFF),
        (0xFE70, 0xFEFF),
        (0x10800, 0x10FFF),
        (0x1E800, 0x1EFFF),
    ];

    /// <summary>The page's own face shows all of it, a character a glyph.</summary>
    public static bool IsPlain(string text)
    {
        foreach (var rune in text.EnumerateRunes())
            if (Typeface.Regular.GlyphOf(rune.Value) == 0 || (rune.Value >= FirstMark && IsMark(rune)))
                return false;
        return true;
    }

    public static bool CanShow(Rune rune) =>
        IsJoiner(rune)
        || Typeface.Regular.GlyphOf(rune.Value) != 0
        || Typeface.Fallback.Any(f => f.Value.GlyphOf(rune.Value) != 0);

    /// <summary>From left to right.</summary>
    public static List<Run> Of(string text)
    {
        var elements = ElementsOf(text);
        var levels = LevelsOf(elements);
        var runs = new List<(Run Run, int Level)>();
        for (var i = 0; i < elements.Count; )
        {
            var start = i;
            while (i < elements.Count && elements[i].Face == elements[start].Face && levels[i] == levels[start])
                i++;
            var run = string.Concat(elements.Skip(start).Take(i - start).Select(e => e.Text));
            runs.Add((new(run, elements[start].Face, levels[start] % 2 == 1), levels[start]));
        }
        for (var level = levels.DefaultIfEmpty(0).Max(); level > 0; level--)
        for (var i = 0; i < runs.Count; i++)
        {
            var start = i;
            while (i < runs.Count && runs[i].Level >= level)
                i++;
            if (i > start)
                runs.Reverse(start, i - start);
        }
        return [.. runs.Select(r => r.Run)];
    }

    private static List<Element> ElementsOf(string text)
    {
        var elements = new List<Element>();
        var starts = StringInfo.ParseCombiningCharacters(text);
        for (var i = 0; i < starts.Length; i++)
        {
            var element = text[starts[i]..(i + 1 < starts.Length ? starts[i + 1] : text.Length)];
            elements.Add(new(element, FaceOf(element), KindOf(element.EnumerateRunes().First())));
        }
        return elements;
    }

    /// <summary>Odd ones go from right to left. The line goes as its first letter does.</summary>
    private static int[] LevelsOf(List<Element> elements)
    {
        var kinds = elements.Select(e => e.Kind).ToArray();
        var line = Array.Find(kinds, k => k is Kind.Left or Kind.Right) == Kind.Right ? 1 : 0;
        // A number goes with the letters before it.
        var letters = line == 1 ? Kind.Right : Kind.Left;
        foreach (var (i, kind) in kinds.Index())
            if (kind is Kind.Left or Kind.Right)
                letters = kind;
            else if (kind == Kind.Number && letters == Kind.Left)
                kinds[i] = Kind.Left;
        var levels = new int[kinds.Length];
        var before = line;
        foreach (var (i, kind) in kinds.Index())
        {
            levels[i] = kind switch
            {
                Kind.Right => 1,
                Kind.Number => 2,
                Kind.Left => line * 2,
                // Between two of one direction they go along; else as the line.
                _ when After(i) is var after && after == before => after == 1 ? 1 : line * 2,
                _ => line,
            };
            if (kind != Kind.Neutral)
                before = DirectionOf(kind);
        }
        return levels;

        int After(int place) =>
            Array.FindIndex(kinds, place, k => k != Kind.Neutral) is >= 0 and var next
                ? DirectionOf(kinds[next])
                : line;

        static int DirectionOf(Kind kind) => kind == Kind.Left ? 0 : 1;
    }

    private static Kind KindOf(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber ? Kind.Number
        : Array.Exists(RightToLeft, r => rune.Value >= r.First && rune.Value <= r.Last) ? Kind.Right
        : Rune.IsLetter(rune) ? Kind.Left
        : Kind.Neutral;

    private static Typeface? FaceOf(string element)
    {
        if (IsPlain(element))
            return null;
        var runes = element.EnumerateRunes().Where(r => !IsJoiner(r)).ToList();
        return Typeface.Fallback.FirstOrDefault(f => runes.TrueForAll(r => f.Value.GlyphOf(r.Value) != 0))?.Value
            ?? Typeface.Fallback.FirstOrDefault(f => runes.Exists(r => f.Value.GlyphOf(r.Value) != 0))?.Value;
    }

    /// <summary>Not seen, but it decides how its neighbours look.</summary>
    public static bool IsJoiner(Rune rune) => rune.Value is ZeroWidthJoiner or ZeroWidthNonJoiner;

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;
}
