using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Ticketing.Users.OpenId;

namespace Ticketing.Users.Mails;

/// <summary>
/// The link's token and the code of a mail, computed of its id with a key of the provider: what is not stored cannot
/// be read at rest, and a mail that is sent again says the same. Each works once, for a time, and for one password.
/// </summary>
internal sealed class Proofs(UsersDb db, ProviderKeys keys)
{
    private const int IdBytes = 16;
    private const int MacBytes = 16;
    private const int CodeModulus = 1_000_000;

    public string TokenOf(Guid id)
    {
        var token = new byte[IdBytes + MacBytes];
        id.TryWriteBytes(token);
        Macs("link", id).First().AsSpan(0, MacBytes).CopyTo(token.AsSpan(IdBytes));
        return Base64Url.EncodeToString(token);
    }

    public string CodeOf(Guid id) => CodesOf(id).First();

    private IEnumerable<string> CodesOf(Guid id) =>
        Macs("code", id)
            .Select(mac =>
                (BinaryPrimitives.ReadUInt64BigEndian(mac) % CodeModulus).ToString("D6", CultureInfo.InvariantCulture)
            );

    /// <summary>The mail that the token is of, when it is one of these and still worth something.</summary>
    public async Task<AccountMail?> ByTokenAsync(string? token, MailKind[] kinds, CancellationToken ct)
    {
        if (IdOf(token) is not { } id)
            return null;
        var found = await db
            .AccountMails.FromSql(
                $"SELECT * FROM account_mails WHERE id = {id} AND used_at IS NULL AND expires_at > now()"
            )
            .AsNoTracking()
            .SingleOrDefaultAsync(ct);
        return found is not null && kinds.Contains(found.Kind) ? found : null;
    }

    /// <summary>
    /// The person's latest such mail, when the code is its. A try counts before the code is looked at.
    /// </summary>
    public async Task<AccountMail?> ByCodeAsync(Guid person, string code, MailKind[] kinds, CancellationToken ct)
    {
        var names = kinds.Select(k => k.ToString()).ToArray();
        var found = await db
            .AccountMails.FromSql(
                $"""
                UPDATE account_mails SET tries = tries + 1
                WHERE id = (SELECT id FROM account_mails WHERE user_id = {person} AND kind = ANY({names})
                            AND used_at IS NULL AND expires_at > now() ORDER BY id DESC LIMIT 1)
                    AND tries < {AccountMail.MaxTries} AND used_at IS NULL
                RETURNING *
                """
            )
            .AsNoTracking()
            .ToListAsync(ct);
        return found is [var mail] && CodesOf(mail.Id).Any(right => Equal(code, right)) ? mail : null;
    }

    /// <summary>In the caller's transaction: true for one caller alone.</summary>
    public async Task<bool> UseAsync(AccountMail mail, CancellationToken ct) =>
        await db.Database.ExecuteSqlAsync(
            $"UPDATE account_mails SET used_at = now() WHERE id = {mail.Id} AND used_at IS NULL AND expires_at > now()",
            ct
        ) == 1;

    private Guid? IdOf(string? token)
    {
        Span<byte> bytes = stackalloc byte[IdBytes + MacBytes];
        if (
            token?.Length != Base64Url.GetEncodedLength(bytes.Length)
            || !Base64Url.TryDecodeFromChars(token, bytes, out var length)
            || length != bytes.Length
        )
            return null;
        var id = new Guid(bytes[..IdBytes]);
        foreach (var mac in Macs("link", id))
            if (CryptographicOperations.FixedTimeEquals(bytes[IdBytes..], mac.AsSpan(0, MacBytes)))
                return id;
        return null;
    }

    private static bool Equal(string given, string right) =>
        CryptographicOperations.FixedTimeEquals(
            System.Text.Encoding.UTF8.GetBytes(given),
            System.Text.Encoding.UTF8.GetBytes(right)
        );

    /// <summary>Of each key, current first: mails that are out when a key is changed stay good.</summary>
    private IEnumerable<byte[]> Macs(string what, Guid id) =>
        keys.Derive($"account-mail/{what}").Select(key => HMACSHA256.HashData(key, id.ToByteArray()));
}
