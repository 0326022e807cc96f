using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.IssuedTickets;

/// <summary>
/// Links that work without a login: to a ticket's PDF until the ticket passes to somebody else, to those of an order, and to
/// the offer of one for whom it is offered to. Their keys are not stored. The first key of the secret makes links, all open
/// them.
/// </summary>
internal sealed class TicketLinks(SecretReader secrets)
{
    /// <summary>Enough of the HMAC that nobody guesses it.</summary>
    private const int KeyBytes = 16;

    private KeyRing? ring;

    public async ValueTask<string> PdfPathAsync(Guid ticketId, int serial, CancellationToken ct)
    {
        var key = KeyOf((await KeysAsync(ct)).Current.Master, ticketId, serial);
        return $"/api/v1/tickets/{ticketId}/pdf?key={Base64Url.EncodeToString(key)}";
    }

    /// <summary>All tickets of an order as they were issued, in one document.</summary>
    public async ValueTask<string> OrderPdfPathAsync(Guid orderId, CancellationToken ct)
    {
        var key = OrderKeyOf((await KeysAsync(ct)).Current.Master, orderId);
        return $"/api/v1/tickets/pdf?orderId={orderId}&key={Base64Url.EncodeToString(key)}";
    }

    public ValueTask<bool> OpensOrderAsync(Guid orderId, string key, CancellationToken ct) =>
        OpensAsync(key, secret => OrderKeyOf(secret, orderId), ct);

    /// <summary>Which of the ticket's serials, up to the newest, the key was made for; null when for none.</summary>
    public async ValueTask<int?> SerialOfAsync(Guid ticketId, int newest, string key, CancellationToken ct)
    {
        if (Decode(key) is not { } given)
            return null;
        foreach (var (_, secret) in (await KeysAsync(ct)).All)
            for (var serial = newest; serial >= Ticket.FirstSerial; serial--)
                if (CryptographicOperations.FixedTimeEquals(given, KeyOf(secret, ticketId, serial)))
                    return serial;
        return null;
    }

    /// <summary>Of the page (Web's) that shows the offer and asks whether to accept it.</summary>
    public async ValueTask<string> TransferPathAsync(Guid ticketId, Guid transferId, CancellationToken ct)
    {
        var key = TransferKeyOf((await KeysAsync(ct)).Current.Master, transferId);
        return $"/transferencias/{ticketId}/{transferId}?key={Base64Url.EncodeToString(key)}";
    }

    public ValueTask<bool> OpensTransferAsync(Guid transferId, string key, CancellationToken ct) =>
        OpensAsync(key, secret => TransferKeyOf(secret, transferId), ct);

    private async ValueTask<bool> OpensAsync(string key, Func<byte[], byte[]> keyOf, CancellationToken ct)
    {
        var given = Decode(key);
        return (await KeysAsync(ct)).All.Any(k => CryptographicOperations.FixedTimeEquals(given, keyOf(k.Master)));
    }

    /// <summary>Null: no key of ours.</summary>
    private static byte[]? Decode(string key)
    {
        var given = new byte[KeyBytes];
        return
            key.Length == Base64Url.GetEncodedLength(KeyBytes)
            && Base64Url.DecodeFromChars(key, given, out _, out _) == OperationStatus.Done
            ? given
            : null;
    }

    private async ValueTask<KeyRing> KeysAsync(CancellationToken ct) =>
        ring ??= await KeyRing.ReadAsync(secrets, SecretNames.LinkKey, ct);

    private static byte[] KeyOf(byte[] secret, Guid ticketId, int serial)
    {
        var message = new byte[10 + 16 + 4];
        "ticket-pdf"u8.CopyTo(message);
        ticketId.TryWriteBytes(message.AsSpan(10), bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(26), serial);
        return HMACSHA256.HashData(secret, message)[..KeyBytes];
    }

    private static byte[] TransferKeyOf(byte[] secret, Guid transferId) => KeyOf(secret, "transfer"u8, transferId);

    private static byte[] OrderKeyOf(byte[] secret, Guid orderId) => KeyOf(secret, "order-pdf"u8, orderId);

    private static byte[] KeyOf(byte[] secret, ReadOnlySpan<byte> purpose, Guid id)
    {
        byte[] message = [.. purpose, .. id.ToByteArray(bigEndian: true)];
        return HMACSHA256.HashData(secret, message)[..KeyBytes];
    }
}
