using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Ticketing.Contracts;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// Where an encrypted value stands: <c>table.column</c> and its row. It is readable there alone; what is copied to another
/// person's row, or to another column, is refused.
/// </summary>
public readonly record struct Place(string Column, Guid Row);

/// <summary>
/// Encrypts personal data at rest (AES-256-GCM: version, key id, nonce, ciphertext, tag) and makes blind indexes, so that a
/// value can be found or be unique without being readable. Keys are changed as <see cref="KeyRing"/> says.
/// </summary>
public sealed class PersonalDataProtector(SecretReader secrets)
{
    private const byte Version = 2;
    private const int HeadBytes = 1 + sizeof(uint);

    private KeyRing? ring;

    public async ValueTask<byte[]> EncryptAsync(string value, Place place, CancellationToken ct = default)
    {
        var key = (await KeysAsync(ct)).Current;
        var head = new byte[HeadBytes];
        head[0] = Version;
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(1), key.Id);
        return Sealed.Seal(key.Derive("encrypt"), Encoding.UTF8.GetBytes(value), head, Of(place));
    }

    /// <exception cref="CryptographicException">
    /// The data is not ours, was changed, is of another place, or its key is not known any more.
    /// </exception>
    public async ValueTask<string> DecryptAsync(byte[] data, Place place, CancellationToken ct = default)
    {
        if (data.Length < HeadBytes || data[0] != Version)
            throw new CryptographicException("Not data that was encrypted here.");
        var id = KeyOf(data);
        var key =
            (await KeysAsync(ct)).Find(id)
            ?? throw new CryptographicException($"The key {id:x8} is not known any more.");
        return Encoding.UTF8.GetString(Sealed.Open(key.Derive("encrypt"), data.AsSpan(HeadBytes), Of(place)));
    }

    /// <summary>
    /// The same for the same value; says nothing about it without the key. One for each key, current first: a row that another
    /// key indexed is found by that key's.
    /// </summary>
    public async ValueTask<IReadOnlyList<byte[]>> BlindIndexesAsync(string value, CancellationToken ct = default) =>
        [
            .. (await KeysAsync(ct)).All.Select(key =>
                HMACSHA256.HashData(key.Derive("blind-index"), Encoding.UTF8.GetBytes(value))
            ),
        ];

    /// <summary>Which key the data was encrypted with.</summary>
    internal static uint KeyOf(byte[] data) => BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(1));

    internal async ValueTask<KeyRing> KeysAsync(CancellationToken ct) =>
        ring ??= await KeyRing.ReadAsync(secrets, SecretNames.PersonalDataKey, ct);

    private static byte[] Of(Place place) => [.. Encoding.UTF8.GetBytes(place.Column), 0, .. place.Row.ToByteArray()];
}
