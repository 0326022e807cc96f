using Microsoft.AspNetCore.Http.Features;

namespace Ticketing.Gateway.Edge;

/// <summary>Headers that every answer carries unless the service said otherwise (OWASP Secure Headers).</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    private const string ApiPolicy = "default-src 'none'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers.TryAdd("X-Content-Type-Options", "nosniff");
            headers.TryAdd("Referrer-Policy", "strict-origin-when-cross-origin");
            headers.TryAdd("Permissions-Policy", "camera=(self), geolocation=(), microphone=()");
            headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
            headers.TryAdd("X-Frame-Options", "DENY");
            headers.TryAdd("Content-Security-Policy", ApiPolicy);
            if (context.Request.IsHttps)
                headers.TryAdd("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
            if (context.Request.Headers.ContainsKey("Authorization"))
                headers.TryAdd("Cache-Control", "no-store");
            headers.Remove("Server");
            // Of the Gateway, whatever sidecars and services on the way said of themselves.
            headers[ClientTraces.Header] = context.Features.Get<IHttpActivityFeature>()?.Activity.Id;
            return Task.CompletedTask;
        });
        return next(context);
    }
}
