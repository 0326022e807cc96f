using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.SignIn;

/// <summary>How often something may be tried.</summary>
/// <param name="Free">So many tries one after the other; then each has to wait, twice as long every time.</param>
/// <param name="Window">After so long without a try all is forgotten.</param>
/// <param name="LongestWait">No longer than the window.</param>
internal sealed record Limit(int Free, TimeSpan Window, TimeSpan LongestWait);

/// <summary>
/// Counts tries over all replicas. One counts before it is looked at and is taken back when it was right, so that many
/// at once guess no more often than one after the other.
/// </summary>
internal sealed class Attempts(UsersDb db)
{
    public static readonly RetentionRule Retention = new("attempts", "ends_at < now()", "It no longer counts.");
    private const double FirstWaitSeconds = 30;

    /// <summary>Keeps the power of two within what a number holds.</summary>
    private const int MaxDoublings = 20;

    /// <summary>A row of <c>attempts</c>.</summary>
    internal sealed class Tries
    {
        /// <summary>A hash: who tried is nobody's business.</summary>
        public required byte[] Key { get; init; }
        public int Count { get; init; }

        /// <summary>Long ago while tries are free: the clock of one that began earlier may be behind this one's.</summary>
        public DateTimeOffset NextAt { get; init; }
        public DateTimeOffset EndsAt { get; init; }
    }

    private sealed record Answer(bool Counted, double Wait);

    public static byte[] Key(string kind, params string[] parts) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}:{string.Join(':', parts)}"));

    /// <summary>Null when it may be tried; else how long to wait.</summary>
    public async Task<TimeSpan?> TryAsync(byte[] key, Limit limit, CancellationToken ct)
    {
        var longest = Math.Min(limit.LongestWait.TotalSeconds, limit.Window.TotalSeconds);
        var answers = await db
            .Database.SqlQuery<Answer>(
                $"""
                WITH counted AS (
                    INSERT INTO attempts AS a (key, count, next_at, ends_at) VALUES ({key}, 1, 'epoch', now() + {limit.Window})
                    ON CONFLICT (key) DO UPDATE SET
                        count = CASE WHEN a.ends_at <= now() THEN 1 ELSE a.count + 1 END,
                        next_at = CASE WHEN a.ends_at > now() AND a.count + 1 >= {limit.Free}
                            THEN now() + make_interval(secs => least({longest},
                                {FirstWaitSeconds} * power(2, least(a.count + 1 - {limit.Free}, {MaxDoublings}))))
                            ELSE 'epoch' END,
                        ends_at = now() + {limit.Window}
                    WHERE a.next_at <= now() OR a.ends_at <= now()
                    RETURNING key)
                SELECT true AS counted, 0::float8 AS wait FROM counted
                UNION ALL
                SELECT false, extract(epoch FROM next_at - clock_timestamp())::float8 FROM attempts
                WHERE key = {key} AND NOT EXISTS (SELECT FROM counted)
                """
            )
            .ToListAsync(ct);
        // No row: another try began the row at this very moment, and has used it up.
        return answers is [{ Counted: true }]
            ? null
            : TimeSpan.FromSeconds(Math.Max(1, answers.FirstOrDefault()?.Wait ?? FirstWaitSeconds));
    }

    /// <summary>True the first time.</summary>
    public async Task<bool> OnceAsync(byte[] key, TimeSpan window, CancellationToken ct) =>
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO attempts (key, count, next_at, ends_at) VALUES ({key}, 1, now(), now() + {window})
            ON CONFLICT DO NOTHING
            """,
            ct
        ) == 1;

    /// <exception cref="ProblemException">429 <c>too-many-attempts</c>.</exception>
    public async Task CountAsync(byte[] key, Limit limit, CancellationToken ct)
    {
        if (await TryAsync(key, limit, ct) is { } wait)
            throw TooMany(wait);
    }

    public static ProblemException TooMany(TimeSpan wait) =>
        new(StatusCodes.Status429TooManyRequests, "too-many-attempts", "Too many tries: wait before the next.", wait);

    /// <summary>
    /// The try was right, or not looked at: this one alone is taken back, or giving up would be forgiveness.
    /// </summary>
    public Task TakeBackAsync(params byte[][] keys) =>
        db.Database.ExecuteSqlAsync(
            $"UPDATE attempts SET count = count - 1, next_at = 'epoch' WHERE key = ANY({keys}) AND count > 0"
        );

    public Task ForgetAsync(byte[] key) => db.Database.ExecuteSqlAsync($"DELETE FROM attempts WHERE key = {key}");

    internal sealed class Mapping : IEntityTypeConfiguration<Tries>
    {
        public void Configure(EntityTypeBuilder<Tries> e)
        {
            e.ToTable("attempts");
            e.HasKey(w => w.Key);
            e.HasIndex(w => w.EndsAt);
        }
    }
}
