using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Ticketing.Users.OpenId;

/// <summary>
/// Data protection (login cookie, antiforgery) with AES-256-GCM (key id, nonce, ciphertext, tag) under keys derived from the provider's: nothing to
/// store, and every replica reads what another wrote. The framework's own key ring would need a shared place to keep.
/// </summary>
internal sealed class DerivedKeyProtection(ProviderKeys keys, string path = "data-protection") : IDataProtector
{
    private const int KeyIdBytes = sizeof(uint);
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int TextAt = KeyIdBytes + NonceBytes;

    public IDataProtector CreateProtector(string purpose) =>
        new DerivedKeyProtection(keys, $"{path}/{Uri.EscapeDataString(purpose)}");

    public byte[] Protect(byte[] plaintext)
    {
        var key = keys.Masters[0];
        var result = new byte[TextAt + plaintext.Length + TagBytes];
        BinaryPrimitives.WriteUInt32BigEndian(result, key.Id);
        RandomNumberGenerator.Fill(result.AsSpan(KeyIdBytes, NonceBytes));
        using var aes = new AesGcm(key.Derive($"users:{path}"), TagBytes);
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
            keys.Masters.FirstOrDefault(k => k.Id == id)
            ?? throw new CryptographicException($"The key {id:x8} is not known any more.");
        var plain = new byte[length];
        using var aes = new AesGcm(key.Derive($"users:{path}"), TagBytes);
        aes.Decrypt(
            protectedData.AsSpan(KeyIdBytes, NonceBytes),
            protectedData.AsSpan(TextAt, length),
            protectedData.AsSpan(TextAt + length),
            plain
        );
        return plain;
    }
}
