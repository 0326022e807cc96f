using System.Collections.ObjectModel;
using System.Security.Cryptography;
using System.Text;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// The keys that a secret holds, base64, one a line: the first is current and makes what is new; all are known and read what
/// is old. So a key is changed without anything becoming unreadable (charts/ticketing/rotate-keys.md).
/// </summary>
public sealed class KeyRing
{
    private const int KeyBytes = 32;

    /// <param name="Id">Made of the key, so that nobody has to number them; says nothing about it.</param>
    public sealed record Key(uint Id, byte[] Master)
    {
        /// <summary>32 bytes for one purpose alone.</summary>
        public byte[] Derive(string purpose) =>
            HKDF.DeriveKey(HashAlgorithmName.SHA256, Master, 32, info: Encoding.UTF8.GetBytes(purpose));
    }

    private KeyRing(ReadOnlyCollection<Key> keys) => All = keys;

    /// <summary>Current first.</summary>
    public IReadOnlyList<Key> All { get; }

    public Key Current => All[0];

    public Key? Find(uint id) => All.FirstOrDefault(k => k.Id == id);

    public static async ValueTask<KeyRing> ReadAsync(SecretReader secrets, string name, CancellationToken ct)
    {
        var lines = (await secrets.GetAsync(name, ct)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var keys = lines.Select(line => Of(Convert.FromBase64String(line), name)).ToList();
        if (keys.Count == 0)
            throw new CryptographicException($"The secret {name} holds no key.");
        return keys.DistinctBy(k => k.Id).Count() == keys.Count
            ? new(keys.AsReadOnly())
            : throw new CryptographicException($"The secret {name} holds a key twice.");
    }

    private static Key Of(byte[] master, string name)
    {
        if (master.Length != KeyBytes)
            throw new CryptographicException($"A key of the secret {name} is not {KeyBytes} bytes long.");
        var id = HKDF.DeriveKey(HashAlgorithmName.SHA256, master, 4, info: "key-id"u8.ToArray());
        return new(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(id), master);
    }
}
