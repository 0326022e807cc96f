using System.Security.Cryptography;
using System.Text;
using Ticketing.Contracts;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// Encrypts personal data at rest (AES-256-GCM: version, nonce, ciphertext, tag) and makes blind indexes, so that a
/// value can be found or be unique without being readable.
/// </summary>
public sealed class PersonalDataProtector(SecretReader secrets)
{
    private const byte Version = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    public async ValueTask<byte[]> EncryptAsync(string value, CancellationToken ct = default)
    {
        var plain = Encoding.UTF8.GetBytes(value);
        var result = new byte[1 + NonceBytes + plain.Length + TagBytes];
        result[0] = Version;
        RandomNumberGenerator.Fill(result.AsSpan(1, NonceBytes));
        using var aes = new AesGcm(await KeyAsync("encrypt", ct), TagBytes);
        aes.Encrypt(
            result.AsSpan(1, NonceBytes),
            plain,
            result.AsSpan(1 + NonceBytes, plain.Length),
            result.AsSpan(1 + NonceBytes + plain.Length)
        );
        return result;
    }

    /// <exception cref="CryptographicException">The data is not ours or was changed.</exception>
    public async ValueTask<string> DecryptAsync(byte[] data, CancellationToken ct = default)
    {
        if (data.Length < 1 + NonceBytes + TagBytes || data[0] != Version)
            throw new CryptographicException("Not data that this key encrypted.");
        var plain = new byte[data.Length - 1 - NonceBytes - TagBytes];
        using var aes = new AesGcm(await KeyAsync("encrypt", ct), TagBytes);
        aes.Decrypt(
            data.AsSpan(1, NonceBytes),
            data.AsSpan(1 + NonceBytes, plain.Length),
            data.AsSpan(1 + NonceBytes + plain.Length),
            plain
        );
        return Encoding.UTF8.GetString(plain);
    }

    /// <summary>The same for the same value; says nothing about it without the key.</summary>
    public async ValueTask<byte[]> BlindIndexAsync(string value, CancellationToken ct = default) =>
        HMACSHA256.HashData(await KeyAsync("blind-index", ct), Encoding.UTF8.GetBytes(value));

    private async ValueTask<byte[]> KeyAsync(string purpose, CancellationToken ct) =>
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            Convert.FromBase64String(await secrets.GetAsync(SecretNames.PersonalDataKey, ct)),
            32,
            info: Encoding.UTF8.GetBytes(purpose)
        );
}
