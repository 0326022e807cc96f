using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// Data protection (cookies, antiforgery) with AES-256-GCM under keys derived from a secret: nothing to store, and every
/// replica reads what another wrote. The framework's own key ring would need a shared place to keep.
/// </summary>
/// <param name="derive">32 bytes for the purpose that it is given.</param>
public sealed class DerivedKeyProtection(Func<string, byte[]> derive, string path = "data-protection") : IDataProtector
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    public IDataProtector CreateProtector(string purpose) =>
        new DerivedKeyProtection(derive, $"{path}/{Uri.EscapeDataString(purpose)}");

    public byte[] Protect(byte[] plaintext)
    {
        var result = new byte[NonceBytes + plaintext.Length + TagBytes];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(derive(path), TagBytes);
        aes.Encrypt(
            result.AsSpan(0, NonceBytes),
            plaintext,
            result.AsSpan(NonceBytes, plaintext.Length),
            result.AsSpan(NonceBytes + plaintext.Length)
        );
        return result;
    }

    public byte[] Unprotect(byte[] protectedData)
    {
        var length = protectedData.Length - NonceBytes - TagBytes;
        if (length < 0)
            throw new CryptographicException("Not data that this key protected.");
        var plain = new byte[length];
        using var aes = new AesGcm(derive(path), TagBytes);
        aes.Decrypt(
            protectedData.AsSpan(0, NonceBytes),
            protectedData.AsSpan(NonceBytes, length),
            protectedData.AsSpan(NonceBytes + length),
            plain
        );
        return plain;
    }
}
