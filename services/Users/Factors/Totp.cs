using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ticketing.Users.Factors;

/// <summary>Codes of an authenticator app (RFC 6238): SHA-1, six digits, thirty seconds, as all of them know.</summary>
internal static class Totp
{
    private const int SecretBytes = 20;
    private const int StepSeconds = 30;
    private const int Modulus = 1_000_000;

    /// <summary>A phone's clock may be this many steps off, either way.</summary>
    private const int Drift = 1;
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>In base 32, as apps take it.</summary>
    public static string NewSecret() => Encode(RandomNumberGenerator.GetBytes(SecretBytes));

    public static string UriOf(string secret, string account) =>
        $"otpauth://totp/Ticketing:{Uri.EscapeDataString(account)}?secret={secret}&issuer=Ticketing";

    /// <summary>The step whose code this is; null when it is none of now.</summary>
    public static long? StepOf(string secret, string code, DateTimeOffset now)
    {
        var current = now.ToUnixTimeSeconds() / StepSeconds;
        for (var step = current - Drift; step <= current + Drift; step++)
            if (
                CryptographicOperations.FixedTimeEquals(
                    Encoding.UTF8.GetBytes(code),
                    Encoding.UTF8.GetBytes(CodeAt(secret, step))
                )
            )
                return step;
        return null;
    }

    public static string CodeAt(string secret, DateTimeOffset at) =>
        CodeAt(secret, at.ToUnixTimeSeconds() / StepSeconds);

    private static string CodeAt(string secret, long step)
    {
        var counter = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // What the apps know; an HMAC does not suffer from SHA-1's collisions.
        var hash = HMACSHA1.HashData(Decode(secret), counter);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(hash[^1] & 0xf)) & int.MaxValue;
        return (number % Modulus).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>Whole groups of five bytes only, so it needs no padding.</summary>
    private static string Encode(byte[] data)
    {
        var text = new StringBuilder();
        for (var bit = 0; bit < data.Length * 8; bit += 5)
        {
            var pair = data[bit / 8] << 8 | (bit / 8 + 1 < data.Length ? data[bit / 8 + 1] : 0);
            text.Append(Base32[pair >> (11 - bit % 8) & 31]);
        }
        return text.ToString();
    }

    private static byte[] Decode(string text)
    {
        var data = new byte[text.Length * 5 / 8];
        for (var i = 0; i < text.Length * 5; i++)
            if ((Base32.IndexOf(text[i / 5], StringComparison.Ordinal) >> (4 - i % 5) & 1) == 1)
                data[i / 8] |= (byte)(128 >> (i % 8));
        return data;
    }
}
