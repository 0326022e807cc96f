using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Browsing;

/// <summary>Words of folded text as a search of events compares them: also in the singular.</summary>
internal static class SearchWords
{
    /// <summary>The words, and each in the singular: what a search looks at.</summary>
    public static string Index(string text) =>
        string.Join(' ', TextFolding.Fold(text).Split(' ').SelectMany(w => new[] { w, Singular(w) }).Distinct());

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
