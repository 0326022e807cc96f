using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.Options;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.SignIn;

/// <summary>
/// How many wrong passwords an account and a client address may see in a window, over all replicas. An attempt counts
/// before its password is looked at and is taken back when it was right, so that many at once guess no more often
/// than one after the other.
/// </summary>
internal sealed class SignInAttempts(UsersDb db, IOptions<UsersOptions> options)
{
    /// <summary>A row of <c>sign_in_attempts</c>.</summary>
    internal sealed class Window
    {
        /// <summary>A hash: who tried is nobody's business.</summary>
        public required byte[] Key { get; init; }
        public int Count { get; init; }
        public DateTimeOffset EndsAt { get; init; }
    }

    private sealed record Counted(int Count, double SecondsLeft);

    /// <exception cref="ProblemException">429 <c>too-many-attempts</c>.</exception>
    public async Task CountAsync(byte[] account, byte[] client, CancellationToken ct)
    {
        await CountAsync(client, options.Value.ClientAttempts, ct);
        await CountAsync(account, options.Value.AccountAttempts, ct);
    }

    /// <summary>The password was right: the account's wrong ones are forgotten.</summary>
    public async Task ForgiveAsync(byte[] account, byte[] client)
    {
        await db.Database.ExecuteSqlAsync($"DELETE FROM sign_in_attempts WHERE key = {account}");
        await TakeBackAsync(client);
    }

    /// <summary>The password was not looked at. This attempt alone is taken back, or giving up would be forgiveness.</summary>
    public async Task TakeBackAsync(params byte[][] keys)
    {
        foreach (var key in keys)
            await db.Database.ExecuteSqlAsync(
                $"UPDATE sign_in_attempts SET count = count - 1 WHERE key = {key} AND count > 0"
            );
    }

    /// <summary>Deletes what no longer counts.</summary>
    public static Task<int> PruneAsync(UsersDb db, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"DELETE FROM sign_in_attempts WHERE ends_at < now()", ct);

    public static byte[] AccountKey(string address) => Key("account", address);

    /// <summary>The address that the Gateway saw: it sets X-Forwarded-For anew, the hops behind it only append.</summary>
    public static byte[] ClientKey(HttpContext http)
    {
        var forwarded = http.Request.Headers["X-Forwarded-For"].ToString().Split(',')[0].Trim();
        if (!IPAddress.TryParse(forwarded, out var address))
            address = http.Connection.RemoteIpAddress;
        return Key("client", ClientNetwork.Of(address));
    }

    private static byte[] Key(string kind, string value) => SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}:{value}"));

    private async Task CountAsync(byte[] key, int limit, CancellationToken ct)
    {
        var window = TimeSpan.FromSeconds(options.Value.AttemptWindowSeconds);
        var rows = await db
            .Database.SqlQuery<Counted>(
                $"""
                INSERT INTO sign_in_attempts AS a (key, count, ends_at) VALUES ({key}, 1, now() + {window})
                ON CONFLICT (key) DO UPDATE SET
                    count = CASE WHEN a.ends_at <= now() THEN 1 ELSE least(a.count, {limit}) + 1 END,
                    ends_at = CASE WHEN a.ends_at <= now() THEN now() + {window} ELSE a.ends_at END
                RETURNING count, extract(epoch FROM ends_at - now())::float8 AS seconds_left
                """
            )
            .ToListAsync(ct);
        if (rows[0].Count > limit)
            throw new ProblemException(
                429,
                "too-many-attempts",
                "Too many wrong passwords: wait before the next try.",
                TimeSpan.FromSeconds(rows[0].SecondsLeft)
            );
    }

    internal sealed class Mapping : IEntityTypeConfiguration<Window>
    {
        public void Configure(EntityTypeBuilder<Window> e)
        {
            e.ToTable("sign_in_attempts");
            e.HasKey(w => w.Key);
            e.HasIndex(w => w.EndsAt);
        }
    }
}
