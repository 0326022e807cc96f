using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Ticketing.EmbeddedDapr.Hosting;

/// <summary>Refuses calls that do not carry this sidecar's token; only the health checks are open.</summary>
internal sealed class ApiTokens(RequestDelegate next)
{
    public const string Header = "dapr-api-token";

    public Task InvokeAsync(HttpContext context)
    {
        if (
            SidecarApp.Of(context).Accepts(context.Request.Headers[Header])
            || context.Request.Path.Value is "/v1.0/healthz" or "/v1.0/healthz/outbound"
        )
        {
            return next(context);
        }
        if (
            context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal)
            == true
        )
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = ((int)StatusCode.Unauthenticated).ToString(
                System.Globalization.CultureInfo.InvariantCulture
            );
            context.Response.Headers["grpc-message"] = "invalid api token";
            return Task.CompletedTask;
        }
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return context.Response.WriteAsync("invalid api token");
    }
}
