using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// Data protection (cookies, antiforgery) with AES-256-GCM (key id, nonce, ciphertext, tag) under keys derived from those of a
/// secret: nothing to store, and every replica reads what another wrote. The framework's own key ring would need a shared
/// place to keep.
/// </summary>
/// <param name="keys">Current first.</param>
/// <param name="app">Whose keys they are.</param>
public sealed class DerivedKeyProtection(
    Func<IReadOnlyList<KeyRing.Key>> keys,
    string app,
    string path = "data-protection"
) : IDataProtector
{
    private const int KeyIdBytes = sizeof(uint);
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int TextAt = KeyIdBytes + NonceBytes;

    public IDataProtector CreateProtector(string purpose) =>
        new DerivedKeyProtection(keys, app, $"{path}/{Uri.EscapeDataString(purpose)}");

    public byte[] Protect(byte[] plaintext)
    {
        var key = keys()[0];
        var result = new byte[TextAt + plaintext.Length + TagBytes];
        BinaryPrimitives.WriteUInt32BigEndian(result, key.Id);
        RandomNumberGenerator.Fill(result.AsSpan(KeyIdBytes, NonceBytes));
        using var aes = new AesGcm(key.Derive($"{app}:{path}"), TagBytes);
        aes.Encrypt(
            result.AsSpan(KeyIdBytes, NonceBytes),
            plaintext,
            result.AsSpan(TextAt, plaintext.Length),
            result.AsSpan(TextAt + plaintext.Length)
        );
        return result;
    }

    public byte[] Unprotect(byte[] protectedData)
    {
        var length = protectedData.Length - TextAt - TagBytes;
        if (length < 0)
            throw new CryptographicException("Not data that was protected here.");
        var id = BinaryPrimitives.ReadUInt32BigEndian(protectedData);
        var key =
            keys().FirstOrDefault(k => k.Id == id)
            ?? throw new CryptographicException($"The key {id:x8} is not known any more.");
        var plain = new byte[length];
        using var aes = new AesGcm(key.Derive($"{app}:{path}"), TagBytes);
        aes.Decrypt(
            protectedData.AsSpan(KeyIdBytes, NonceBytes),
            protectedData.AsSpan(TextAt, length),
            protectedData.AsSpan(TextAt + length),
            plain
        );
        return plain;
    }
}
