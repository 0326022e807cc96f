using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Ticketing.Tickets.IssuedTickets;

/// <summary>
/// What the QR says: version (1 byte), key id (4), ticket id (16), session id (16), serial (4), big-endian, then the
/// ES256 signature over them (64, IEEE P1363); base64url. Says nothing about the person, verifiable offline with the
/// keys of <c>/api/v1/tickets/keys</c>.
/// </summary>
internal sealed record TicketCode(uint KeyId, Guid TicketId, Guid SessionId, int Serial)
{
    private const byte Version = 1;
    private const int ClaimBytes = 1 + 4 + 16 + 16 + 4;
    private const int SignatureBytes = 64;

    /// <summary>Characters of every code.</summary>
    public static readonly int TextLength = Base64Url.GetEncodedLength(ClaimBytes + SignatureBytes);

    public string Sign(ECDsa key)
    {
        Span<byte> code = stackalloc byte[ClaimBytes + SignatureBytes];
        code[0] = Version;
        BinaryPrimitives.WriteUInt32BigEndian(code[1..], KeyId);
        TicketId.TryWriteBytes(code[5..], bigEndian: true, out _);
        SessionId.TryWriteBytes(code[21..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(code[37..], Serial);
        key.SignData(
            code[..ClaimBytes],
            code[ClaimBytes..],
            HashAlgorithmName.SHA256,
            DSASignatureFormat.IeeeP1363FixedFieldConcatenation
        );
        return Base64Url.EncodeToString(code);
    }

    /// <summary>Null unless one of our keys signed exactly this.</summary>
    /// <param name="keyOf">The key of an id; null when unknown.</param>
    public static TicketCode? Verify(string text, Func<uint, ECDsa?> keyOf)
    {
        Span<byte> code = stackalloc byte[ClaimBytes + SignatureBytes];
        if (
            text.Length != TextLength
            // (TryDecodeFromChars throws when the text is no base64.)
            || Base64Url.DecodeFromChars(text, code, out _, out var length) != OperationStatus.Done
            || length != code.Length
            || code[0] != Version
        )
            return null;
        var claims = new TicketCode(
            BinaryPrimitives.ReadUInt32BigEndian(code[1..]),
            new Guid(code[5..21], bigEndian: true),
            new Guid(code[21..37], bigEndian: true),
            BinaryPrimitives.ReadInt32BigEndian(code[37..])
        );
        var genuine =
            keyOf(claims.KeyId)
                ?.VerifyData(
                    code[..ClaimBytes],
                    code[ClaimBytes..],
                    HashAlgorithmName.SHA256,
                    DSASignatureFormat.IeeeP1363FixedFieldConcatenation
                ) == true;
        return genuine ? claims : null;
    }
}
