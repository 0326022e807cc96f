using System.Security.Cryptography;

namespace Ticketing.Tickets.IssuedTickets;

/// <summary>What people read to each other: eight characters, none of which looks or sounds like another.</summary>
internal static class TicketNumber
{
    private const string Alphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
    public const int Length = 8;

    /// <summary>What somebody typed, as numbers are kept.</summary>
    public static string Of(string typed) =>
        string.Concat(typed.ToUpperInvariant().Where(c => !char.IsWhiteSpace(c) && !IsHyphen(c)));

    private static bool IsHyphen(char c) => c is '-' or '.' or (>= '\u2010' and <= '\u2015') or '\u2212';

    public static string Draw() => RandomNumberGenerator.GetString(Alphabet, Length);
}
