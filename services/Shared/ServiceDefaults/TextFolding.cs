using System.Globalization;
using System.Text;
using AnyAscii;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// Text as it is searched and compared, and as addresses are made of it: in lower-case ASCII whatever its script (Łódź,
/// lodz), words parted by one space; empty where there is neither letter nor digit. Whoever searches writes as the keyboard
/// allows. What is stored and what is asked for go through here alike, so that each is found as it is written.
/// </summary>
public static class TextFolding
{
    public static string Fold(string text)
    {
        var words = new StringBuilder(text.Length);
        // Composed first: what is one letter to its readers is one in the table.
        foreach (var rune in Valid(text).Normalize(NormalizationForm.FormKC).EnumerateRunes())
            words.Append(IsPartOfWord(rune) ? rune.ToString() : " ");
        var ascii = words.ToString().Transliterate().Where(c => c == ' ' || char.IsAsciiLetterOrDigit(c));
        var folded = string.Concat(ascii).ToLowerInvariant();
        return string.Join(' ', folded.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Marks are vowels in some scripts.</summary>
    private static bool IsPartOfWord(Rune rune) =>
        Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.LetterNumber;

    /// <summary>Folded, for a column of this length: some scripts have more letters then.</summary>
    public static string Key(string text, int maxLength) => Fold(text).Cut(maxLength);

    /// <summary>Without half characters and what is none, which cannot be normalised.</summary>
    private static string Valid(string text) =>
        string.Concat(text.EnumerateRunes().Where(r => Rune.GetUnicodeCategory(r) != UnicodeCategory.OtherNotAssigned));
}
