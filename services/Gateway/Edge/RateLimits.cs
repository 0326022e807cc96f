using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Ticketing.ServiceDefaults;

namespace Ticketing.Gateway.Edge;

/// <summary>Token buckets by person, by network address, and a small one for guessing passwords.</summary>
internal sealed class RateLimits : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private const int TricklesPerWindow = 60;
    private static readonly string[] Logins =
    [
        "connect/token",
        "api/v1/users",
        "api/v1/users/password-reset",
        "account/login",
        "account/passkey",
        "account/second",
        "account/forgot",
        "account/reset",
        "cadastro",
    ];

    private readonly RateLimitOptions options;

    public RateLimits(IOptions<GatewayOptions> gateway)
    {
        options = gateway.Value.RateLimits;
        Limiter = PartitionedRateLimiter.Create<HttpContext, string>(Partition);
    }

    public PartitionedRateLimiter<HttpContext> Limiter { get; }

    /// <summary>Name and size of the policy that a request falls under, for RateLimit-Policy.</summary>
    public (string Name, int Quota) PolicyOf(HttpContext context) =>
        IsLogin(context.Request) ? ("logins", options.LoginsPerMinute)
        : context.User.Identity is { IsAuthenticated: true } ? ("account", options.PerAccountPerMinute)
        : ("client", options.PerClientPerMinute);

    public static int WindowSeconds => (int)Window.TotalSeconds;

    private RateLimitPartition<string> Partition(HttpContext context)
    {
        var (name, quota) = PolicyOf(context);
        var who =
            name == "account"
                ? context.User.FindFirst("sub")?.Value ?? ""
                : ClientNetwork.Of(context.Connection.RemoteIpAddress);
        return RateLimitPartition.GetTokenBucketLimiter(
            $"{name} {who}",
            _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = quota,
                TokensPerPeriod = Math.Max(1, quota / TricklesPerWindow),
                ReplenishmentPeriod = quota < TricklesPerWindow ? Window / quota : Window / TricklesPerWindow,
                QueueLimit = 0,
            }
        );
    }

    /// <summary>However the path is written: routes do not mind its case nor a slash at the end.</summary>
    private static bool IsLogin(HttpRequest request) =>
        HttpMethods.IsPost(request.Method)
        && Logins.Contains(
            string.Join('/', request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries)),
            StringComparer.OrdinalIgnoreCase
        );

    public void Dispose() => Limiter.Dispose();
}
