using System.Security.Cryptography;

namespace Ticketing.Tickets.IssuedTickets;

/// <summary>What people read to each other: eight characters, none of which looks or sounds like another.</summary>
internal static class TicketNumber
{
    private const string Alphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
    public const int Length = 8;

    public static string Draw() => RandomNumberGenerator.GetString(Alphabet, Length);
}
