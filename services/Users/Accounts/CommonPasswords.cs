using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Ticketing.Users.Accounts;

/// <summary>
/// Passwords and words that are tried first, as sorted 32-bit hashes: one of fifty thousand others is refused by
/// mistake. Made by <c>common-passwords.mjs</c>, which names the sources.
/// </summary>
internal static class CommonPasswords
{
    /// <summary>Shorter words are too many to mean something.</summary>
    private const int MinWord = 5;

    /// <summary>More behind a word make it a password of its own.</summary>
    private const int MaxDecoration = 6;
    private static readonly Lazy<uint[]> Hashes = new(Load);

    /// <summary>Also when a common word is decorated with digits and signs: <c>Flamengo2024!</c>.</summary>
    public static bool Contains(string password)
    {
        var text = PasswordRules.Normalize(password).ToLowerInvariant();
        var word = text.AsSpan().TrimEnd("0123456789!@#$%&*?.-_+= ").ToString();
        return Known(text) || (word.Length >= MinWord && text.Length - word.Length <= MaxDecoration && Known(word));
    }

    private static bool Known(string text) =>
        Array.BinarySearch(
            Hashes.Value,
            BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)))
        ) >= 0;

    private static uint[] Load()
    {
        using var stream = typeof(CommonPasswords).Assembly.GetManifestResourceStream("common-passwords.bin")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var hashes = new uint[bytes.Length / sizeof(uint)];
        for (var i = 0; i < hashes.Length; i++)
            hashes[i] = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(i * sizeof(uint)));
        return hashes;
    }
}
