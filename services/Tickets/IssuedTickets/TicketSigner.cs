using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.ObjectModel;
using System.Security.Cryptography;
using System.Text;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.IssuedTickets;

/// <summary>
/// Signs and verifies ticket codes. The secret may hold several PEM keys: the first signs, all verify, so that keys can
/// be rotated while old tickets stay good.
/// </summary>
internal sealed class TicketSigner(SecretReader secrets) : IDisposable
{
    private sealed record Key(uint Id, ECDsa Algorithm);

    private IReadOnlyList<Key>? keys;

    public async ValueTask<string> SignAsync(Ticket ticket, CancellationToken ct)
    {
        var key = (await KeysAsync(ct))[0];
        var code = new TicketCode(key.Id, ticket.Id, ticket.SessionId, ticket.Serial);
        return code.Sign(key.Algorithm);
    }

    public async ValueTask<TicketCode?> VerifyAsync(string code, CancellationToken ct)
    {
        var known = await KeysAsync(ct);
        return TicketCode.Verify(code, id => known.FirstOrDefault(k => k.Id == id)?.Algorithm);
    }

    public async ValueTask<IReadOnlyList<GetKeys.Jwk>> PublicKeysAsync(CancellationToken ct) =>
        [
            .. (await KeysAsync(ct)).Select(k =>
            {
                var (x, y) = Point(k.Algorithm);
                return new GetKeys.Jwk("EC", "P-256", "sig", "ES256", $"{k.Id:x8}", x, y);
            }),
        ];

    private async ValueTask<IReadOnlyList<Key>> KeysAsync(CancellationToken ct) =>
        keys ??= Parse(await secrets.GetAsync(SecretNames.TicketSigningKey, ct));

    private static ReadOnlyCollection<Key> Parse(string pem)
    {
        var keys = new List<Key>();
        for (var rest = pem.AsSpan(); PemEncoding.TryFind(rest, out var fields); )
        {
            var key = ECDsa.Create();
            key.ImportFromPem(rest[fields.Location]);
            if (key.KeySize != 256)
                throw new CryptographicException("Ticket keys are P-256.");
            keys.Add(new(IdOf(key), key));
            rest = rest[fields.Location.End..];
        }
        return keys.Count > 0
            ? keys.AsReadOnly()
            : throw new CryptographicException($"{SecretNames.TicketSigningKey} holds no PEM key.");
    }

    /// <summary>The first four bytes of the key's RFC 7638 thumbprint.</summary>
    private static uint IdOf(ECDsa key)
    {
        var (x, y) = Point(key);
        var canonical = $$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""";
        return BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
    }

    private static (string X, string Y) Point(ECDsa key)
    {
        var q = key.ExportParameters(includePrivateParameters: false).Q;
        return (Base64Url.EncodeToString(q.X), Base64Url.EncodeToString(q.Y));
    }

    public void Dispose()
    {
        foreach (var key in keys ?? [])
            key.Algorithm.Dispose();
    }
}
