using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Ticketing.EmbeddedDapr.Hosting;

/// <summary>Refuses calls that do not carry this sidecar's token; only the health checks are open.</summary>
internal sealed class ApiTokens(RequestDelegate next)
{
    public const string Header = "dapr-api-token";

    public static bool IsHealth(PathString path) => path.Value is "/v1.0/healthz" or "/v1.0/healthz/outbound";

    public static bool IsGrpc(HttpContext context) =>
        context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true;

    /// <summary>A gRPC answer without a message.</summary>
    public static Task AnswerAsync(HttpContext context, StatusCode status, string message)
    {
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = ((int)status).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["grpc-message"] = message;
        return Task.CompletedTask;
    }

    public Task InvokeAsync(HttpContext context)
    {
        if (SidecarApp.Of(context).Accepts(context.Request.Headers[Header]) || IsHealth(context.Request.Path))
        {
            return next(context);
        }
        if (IsGrpc(context))
        {
            return AnswerAsync(context, StatusCode.Unauthenticated, "invalid api token");
        }
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return context.Response.WriteAsync("invalid api token");
    }
}
