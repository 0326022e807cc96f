using System.Globalization;
using System.Text;
using AnyAscii;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events;

/// <summary>
/// Text as it is searched and compared, and as addresses are made of it: in lower-case ASCII whatever its script (Łódź,
/// lodz), words parted by one space. Whoever searches writes as the keyboard allows.
/// </summary>
internal static class TextFolding
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

    /// <summary>The words, and each in the singular: what a search looks at.</summary>
    public static string Index(string text) =>
        string.Join(' ', Fold(text).Split(' ').SelectMany(w => new[] { w, Singular(w) }).Distinct());

    /// <summary>
    /// The singular of a folded Portuguese word (canções, canção; musicais, musical). Wrong for some (lapis), but
    /// wrong in the same way for what is searched and for what is found.
    /// </summary>
    public static string Singular(string word) =>
        word switch
        {
            { Length: <= 3 } => word,
            [.. var stem, 'o' or 'a', 'e', 's'] => stem + "ao",
            [.. var stem, 'a' or 'e' or 'o' or 'u', 'i', 's'] => $"{stem}{word[^3]}l",
            [.. var stem, 'n', 's'] => stem + "m",
            [.. var stem, 'r' or 'z' or 's', 'e', 's'] => stem + word[^3],
            [.., 's', 's'] => word,
            [.. var stem, 's'] => stem,
            _ => word,
        };
}
