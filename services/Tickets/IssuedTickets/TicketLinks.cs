using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.IssuedTickets;

/// <summary>
/// Links that work without a login: to a ticket's PDF until the ticket passes to somebody else, and to the offer of one for
/// whom it is offered to. Their keys are not stored.
/// </summary>
internal sealed class TicketLinks(SecretReader secrets)
{
    /// <summary>Enough of the HMAC that nobody guesses it.</summary>
    private const int KeyBytes = 16;

    public async ValueTask<string> PdfPathAsync(Guid ticketId, int serial, CancellationToken ct)
    {
        var key = KeyOf(await SecretAsync(ct), ticketId, serial);
        return $"/api/v1/tickets/{ticketId}/pdf?key={Base64Url.EncodeToString(key)}";
    }

    /// <summary>Which of the ticket's serials, up to the newest, the key was made for; null when for none.</summary>
    public async ValueTask<int?> SerialOfAsync(Guid ticketId, int newest, string key, CancellationToken ct)
    {
        if (Decode(key) is not { } given)
            return null;
        var secret = await SecretAsync(ct);
        for (var serial = newest; serial >= Ticket.FirstSerial; serial--)
            if (CryptographicOperations.FixedTimeEquals(given, KeyOf(secret, ticketId, serial)))
                return serial;
        return null;
    }

    /// <summary>Of the page (Web's) that shows the offer and asks whether to accept it.</summary>
    public async ValueTask<string> TransferPathAsync(Guid ticketId, Guid transferId, CancellationToken ct)
    {
        var key = TransferKeyOf(await SecretAsync(ct), transferId);
        return $"/transferencias/{ticketId}/{transferId}?key={Base64Url.EncodeToString(key)}";
    }

    public async ValueTask<bool> OpensTransferAsync(Guid transferId, string key, CancellationToken ct)
    {
        var right = TransferKeyOf(await SecretAsync(ct), transferId);
        return CryptographicOperations.FixedTimeEquals(Decode(key), right);
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

    private async ValueTask<byte[]> SecretAsync(CancellationToken ct) =>
        Convert.FromBase64String(await secrets.GetAsync(SecretNames.LinkKey, ct));

    private static byte[] KeyOf(byte[] secret, Guid ticketId, int serial)
    {
        var message = new byte[10 + 16 + 4];
        "ticket-pdf"u8.CopyTo(message);
        ticketId.TryWriteBytes(message.AsSpan(10), bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(26), serial);
        return HMACSHA256.HashData(secret, message)[..KeyBytes];
    }

    private static byte[] TransferKeyOf(byte[] secret, Guid transferId)
    {
        var message = new byte[8 + 16];
        "transfer"u8.CopyTo(message);
        transferId.TryWriteBytes(message.AsSpan(8), bigEndian: true, out _);
        return HMACSHA256.HashData(secret, message)[..KeyBytes];
    }
}
