using System.Globalization;
using System.Threading.RateLimiting;
using Ticketing.ServiceDefaults;

namespace Ticketing.Gateway.Edge;

/// <summary>Says what is left on every answer (draft-ietf-httpapi-ratelimit-headers), and 429 when nothing is.</summary>
internal sealed class RateLimitMiddleware(RequestDelegate next, RateLimits limits)
{
    private static readonly string[] Exempt = ["/healthz", "/api/v1/payments/webhooks", "/dapr"];

    public async Task InvokeAsync(HttpContext context)
    {
        if (Exempt.Any(p => context.Request.Path.StartsWithSegments(p)))
        {
            await next(context);
            return;
        }
        using var lease = await limits.Limiter.AcquireAsync(context, 1, context.RequestAborted);
        var (name, quota) = limits.PolicyOf(context);
        var left = limits.Limiter.GetStatistics(context)?.CurrentAvailablePermits ?? 0;
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers["RateLimit-Policy"] = string.Create(
                CultureInfo.InvariantCulture,
                $"\"{name}\";q={quota};w={RateLimits.WindowSeconds}"
            );
            headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{name}\";r={left}");
            return Task.CompletedTask;
        });
        if (!lease.IsAcquired)
            throw new ProblemException(
                StatusCodes.Status429TooManyRequests,
                "rate-limited",
                $"More than {quota} requests in {RateLimits.WindowSeconds} seconds.",
                lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1)
            );
        await next(context);
    }
}
