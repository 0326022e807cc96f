using System.Threading.RateLimiting;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.CheckIns;

/// <summary>
/// How many numbers a person types a minute: more than a door needs, too few to find one out (of 30^8). Each replica counts
/// for itself; the Gateway's own limit comes on top.
/// </summary>
internal sealed class TypedNumbers : IDisposable
{
    public const int PerMinute = 30;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<Guid> limiter = PartitionedRateLimiter.Create<Guid, Guid>(person =>
        RateLimitPartition.GetTokenBucketLimiter(
            person,
            _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = PerMinute,
                TokensPerPeriod = 1,
                ReplenishmentPeriod = Window / PerMinute,
                QueueLimit = 0,
            }
        )
    );

    /// <exception cref="ProblemException">429.</exception>
    public void Count(Guid person)
    {
        using var lease = limiter.AttemptAcquire(person);
        if (!lease.IsAcquired)
            throw new ProblemException(
                429,
                "too-many-numbers",
                $"At most {PerMinute} numbers a minute are typed: scan the codes.",
                Window / PerMinute
            );
    }

    public void Dispose() => limiter.Dispose();
}
