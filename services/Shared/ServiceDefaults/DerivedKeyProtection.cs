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

    public IDataProtector CreateProtector(string purpose) =>
        new DerivedKeyProtection(keys, app, $"{path}/{Uri.EscapeDataString(purpose)}");

    public byte[] Protect(byte[] plaintext)
    {
        var key = keys()[0];
        var id = new byte[KeyIdBytes];
        BinaryPrimitives.WriteUInt32BigEndian(id, key.Id);
        return Sealed.Seal(key.Derive($"{app}:{path}"), plaintext, id);
    }

    public byte[] Unprotect(byte[] protectedData)
    {
        if (protectedData.Length < KeyIdBytes)
            throw new CryptographicException("Not data that was protected here.");
        var id = BinaryPrimitives.ReadUInt32BigEndian(protectedData);
        var key =
            keys().FirstOrDefault(k => k.Id == id)
            ?? throw new CryptographicException($"The key {id:x8} is not known any more.");
        return Sealed.Open(key.Derive($"{app}:{path}"), protectedData.AsSpan(KeyIdBytes));
    }
}
