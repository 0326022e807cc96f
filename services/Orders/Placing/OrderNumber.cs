using System.Security.Cryptography;

namespace Ticketing.Orders.Placing;

/// <summary>What people read to each other: short, without letters and digits that look alike.</summary>
internal static class OrderNumber
{
    public const int Length = 8;
    private const string Alphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

    public static string New() => RandomNumberGenerator.GetString(Alphabet, Length);

    /// <summary>A number or its beginning, as it is kept; null when this is none.</summary>
    public static string? Of(string typed)
    {
        var number = string.Concat(typed.ToUpperInvariant().Where(c => !char.IsWhiteSpace(c) && c != '-'));
        return number.Length is > 0 and <= Length && number.All(Alphabet.Contains) ? number : null;
    }
}
