using System.Security.Cryptography;

namespace Ticketing.Orders.Placing;

/// <summary>What people read to each other: short, without letters and digits that look alike.</summary>
internal static class OrderNumber
{
    public const int Length = 8;
    private const string Alphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

    public static string New() => RandomNumberGenerator.GetString(Alphabet, Length);
}
