using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events;

/// <summary>Text for people: not blank, not too long, no control characters (line ends only where asked for).</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class TextAttribute : StringLengthAttribute
{
    public TextAttribute(int maximumLength)
        : base(maximumLength) => MinimumLength = 1;

    public bool Lines { get; init; }

    public override bool IsValid(object? value) =>
        value is null
        || base.IsValid(value)
            && value is string text
            && (MinimumLength == 0 || !string.IsNullOrWhiteSpace(text))
            && !text.Any(c => char.IsControl(c) && !(Lines && c is '\n' or '\r' or '\t'));

    public override string FormatErrorMessage(string name) =>
        $"{(MinimumLength == 0 ? "At" : "Not blank, at")} most {MaximumLength} characters, no control characters.";
}

/// <summary>An absolute http(s) address.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class WebAddressAttribute : ValidationAttribute
{
    public const int MaxLength = 2_000;

    public override bool IsValid(object? value) => value is null || IsWebAddress((string)value);

    public override string FormatErrorMessage(string name) => Message;

    public static string Message => $"An absolute http(s) address of at most {MaxLength} characters.";

    public static bool IsWebAddress(string value) =>
        value.Length <= MaxLength
        && !value.Any(char.IsControl)
        && Uri.TryCreate(value, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https";
}

/// <summary>Text as it is searched and compared: lower case, without accents, words parted by one space.</summary>
internal static class Words
{
    public static string Normalize(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in Assigned(text).Normalize(NormalizationForm.FormD).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark)
                continue;
            if (Rune.IsLetterOrDigit(rune))
                result.Append(Rune.ToLowerInvariant(rune));
            else if (result.Length > 0 && result[^1] != ' ')
                result.Append(' ');
        }
        return result.ToString().TrimEnd();
    }

    /// <summary>Normalised, for a column of this length: some scripts have more letters then.</summary>
    public static string Key(string text, int maxLength) => Normalize(text).Cut(maxLength);

    /// <summary>Without what is no character, which cannot be normalised.</summary>
    private static string Assigned(string text) =>
        string.Concat(text.EnumerateRunes().Where(r => Rune.GetUnicodeCategory(r) != UnicodeCategory.OtherNotAssigned));

    /// <summary>The words, and each in the singular: what a search looks at.</summary>
    public static string Index(string text) =>
        string.Join(' ', Normalize(text).Split(' ').SelectMany(w => new[] { w, Singular(w) }).Distinct());

    /// <summary>
    /// The singular of a normalised Portuguese word (canções, canção; musicais, musical). Wrong for some (lapis), but
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

/// <summary>The readable part of an event's address.</summary>
internal static class Slug
{
    public const int MaxLength = 80;

    /// <summary>What <see cref="Unique"/> appends.</summary>
    private const int SuffixLength = 6;
    private const string SuffixAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";

    public static string Of(string title)
    {
        var words = new string([.. Words.Normalize(title).Where(c => char.IsAsciiLetterOrDigit(c) || c == ' ')]);
        var slug = string.Join('-', words.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (slug.Length > MaxLength - SuffixLength - 1)
            slug = slug[..(MaxLength - SuffixLength - 1)].TrimEnd('-');
        // An address must not read as an id, nor be empty.
        return slug.Length == 0 ? "evento"
            : Guid.TryParse(slug, out _) ? $"evento-{slug}"
            : slug;
    }

    /// <summary>For a title that another event has already.</summary>
    public static string Unique(string slug) =>
        $"{slug}-{System.Security.Cryptography.RandomNumberGenerator.GetString(SuffixAlphabet, SuffixLength)}";

    public static bool IsSlug(string text) =>
        text.Length is > 0 and <= MaxLength
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
