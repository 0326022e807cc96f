using System.Security.Cryptography;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events;

/// <summary>The readable part of an event's address.</summary>
internal static class Slug
{
    public const int MaxLength = 80;

    /// <summary>What <see cref="Unique"/> appends.</summary>
    private const int SuffixLength = 6;
    private const string SuffixAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";

    public static string Of(string title)
    {
        var slug = TextFolding.Fold(title).Replace(' ', '-');
        if (slug.Length > MaxLength - SuffixLength - 1)
            slug = slug[..(MaxLength - SuffixLength - 1)].TrimEnd('-');
        // An address must not read as an id, nor be empty.
        return slug.Length == 0 ? "evento"
            : Guid.TryParse(slug, out _) ? $"evento-{slug}"
            : slug;
    }

    /// <summary>For a title that another event has already.</summary>
    public static string Unique(string slug) =>
        $"{slug}-{RandomNumberGenerator.GetString(SuffixAlphabet, SuffixLength)}";

    public static bool IsSlug(string text) =>
        text.Length is > 0 and <= MaxLength
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
