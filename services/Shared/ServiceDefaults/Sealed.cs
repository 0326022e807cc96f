using System.Security.Cryptography;

namespace Ticketing.ServiceDefaults;

/// <summary>AES-256-GCM as it lies in stores: whatever stands before, then nonce, ciphertext, tag.</summary>
internal static class Sealed
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <param name="before">Stands before it, readable and not guarded.</param>
    /// <param name="bound">What it is bound to; must be the same again when it is opened.</param>
    public static byte[] Seal(
        byte[] key,
        ReadOnlySpan<byte> text,
        ReadOnlySpan<byte> before = default,
        ReadOnlySpan<byte> bound = default
    )
    {
        var result = new byte[before.Length + NonceBytes + text.Length + TagBytes];
        before.CopyTo(result);
        var nonce = result.AsSpan(before.Length, NonceBytes);
        var rest = result.AsSpan(before.Length + NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, text, rest[..text.Length], rest[text.Length..], bound);
        return result;
    }

    /// <param name="data">Without what stands before.</param>
    /// <exception cref="CryptographicException">It is too short, was changed, or is under another key or bound to something else.</exception>
    public static byte[] Open(byte[] key, ReadOnlySpan<byte> data, ReadOnlySpan<byte> bound = default)
    {
        if (data.Length < NonceBytes + TagBytes)
            throw new CryptographicException("Too short to be encrypted.");
        var text = new byte[data.Length - NonceBytes - TagBytes];
        var rest = data[NonceBytes..];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(data[..NonceBytes], rest[..text.Length], rest[text.Length..], text, bound);
        return text;
    }
}
