using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Ticketing.EmbeddedDapr.Hosting;
using Yarp.ReverseProxy.Forwarder;

namespace Ticketing.EmbeddedDapr.Invocation;

/// <summary>
/// Service invocation: <c>/v1.0/invoke/{appId}/method/{path}</c>, or any path outside the API with the header
/// <c>dapr-app-id</c>. Bodies stream both ways; paths arrive as daprd hands them on.
/// </summary>
internal sealed class ServiceInvocation(
    RequestDelegate next,
    IHttpForwarder forwarder,
    IReadOnlyDictionary<string, AppReplicas> apps,
    ILogger<ServiceInvocation> logger
) : IDisposable
{
    private const string AppIdHeader = "dapr-app-id";
    private const string InvokePrefix = "/v1.0/invoke/";
    private const string MethodPart = "/method/";
    private const string ErrorCode = "ERR_DIRECT_INVOKE";

    /// <summary>Dapr's own default is three tries a second apart.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly ForwarderRequestConfig RequestConfig = new()
    {
        ActivityTimeout = TimeSpan.FromMinutes(5),
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private readonly HttpMessageInvoker _client = AppClient.Create(Patience);

    /// <summary>For all replicas but the last that is tried.</summary>
    private readonly HttpMessageInvoker _impatient = AppClient.Create(TimeSpan.Zero);

    public Task InvokeAsync(HttpContext context)
    {
        if (!TryTarget(context, out var appId, out var target))
        {
            return next(context);
        }
        if (appId.Length == 0)
        {
            return DaprError.WriteAsync(
                context.Response,
                StatusCodes.Status404NotFound,
                ErrorCode,
                "failed getting app id either from the URL path or the header dapr-app-id"
            );
        }
        if (!apps.TryGetValue(appId, out var app))
        {
            return Failed(context, appId, "no such app id");
        }
        return target is null
            ? Failed(context, appId, "the path cannot be forwarded")
            : ForwardAsync(context, app, target);
    }

    public void Dispose()
    {
        _client.Dispose();
        _impatient.Dispose();
    }

    private async Task ForwardAsync(HttpContext context, AppReplicas replicas, string target)
    {
        // Kestrel's own limit on request bodies is lifted: the app called decides what is too large.
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = null;
        var left = replicas.All.Count;
        foreach (var app in replicas.ByTurns())
        {
            var isLast = --left == 0;
            var transform = new Transform(SidecarApp.Of(context).AppId, app, target);
            var client = isLast ? _client : _impatient;
            var error = await forwarder.SendAsync(context, app.AppAuthority, client, RequestConfig, transform);
            if (error == ForwarderError.None)
            {
                return;
            }
            var cause = context.Features.Get<IForwarderErrorFeature>()?.Exception;
            logger.LogDebug(cause, "Invoking {AppId} failed: {Error}", app.AppId, error);
            if (context.Response.HasStarted)
            {
                return;
            }
            // Where nobody listens nothing was sent.
            if (
                isLast
                || cause?.InnerException is not SocketException { SocketErrorCode: SocketError.ConnectionRefused }
            )
            {
                await Failed(context, app.AppId, cause?.Message ?? error.ToString());
                return;
            }
            context.Response.Clear();
        }
    }

    private static Task Failed(HttpContext context, string appId, string reason)
    {
        context.Response.Clear();
        return DaprError.WriteAsync(
            context.Response,
            StatusCodes.Status500InternalServerError,
            ErrorCode,
            $"failed to invoke, id: {appId}, err: {reason}"
        );
    }

    /// <summary>
    /// Who is called, and the path and query for it; no target: the path cannot be forwarded. An app id of the form
    /// <c>id.namespace</c> is accepted: there is one namespace here.
    /// </summary>
    private static bool TryTarget(HttpContext context, [NotNullWhen(true)] out string? appId, out string? target)
    {
        var raw = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (raw.StartsWith(InvokePrefix, StringComparison.Ordinal))
        {
            var rest = raw.AsSpan(InvokePrefix.Length);
            var method = rest.IndexOf(MethodPart);
            appId = method > 0 ? WithoutNamespace(rest[..method].ToString()) : "";
            target = method > 0 ? TargetOf("/" + rest[(method + MethodPart.Length)..].ToString(), false) : "";
            return true;
        }
        appId =
            context.Request.Headers.TryGetValue(AppIdHeader, out var header)
            && raw.StartsWith('/')
            && !raw.StartsWith("/v1.0", StringComparison.Ordinal)
                ? WithoutNamespace(header.ToString())
                : null;
        target = appId is null ? raw : TargetOf(raw, true);
        return appId is not null;
    }

    private static string? TargetOf(string raw, bool keepTrailingSlash)
    {
        var query = raw.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? ForwardedPath.Of(raw, keepTrailingSlash)
            : ForwardedPath.Of(raw[..query], keepTrailingSlash) is { } path ? path + raw[query..]
            : null;
    }

    private static string WithoutNamespace(string appId) =>
        appId.IndexOf('.') is > 0 and var dot ? appId[..dot] : appId;

    /// <summary>Headers as daprd passes them: nothing that names itself dapr- is let through from the caller.</summary>
    private sealed class Transform(string caller, SidecarApp app, string target) : HttpTransformer
    {
        private const string Reserved = "dapr-";

        private static readonly UriCreationOptions AsIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

        public override async ValueTask TransformRequestAsync(
            HttpContext context,
            HttpRequestMessage request,
            string destinationPrefix,
            CancellationToken ct
        )
        {
            await base.TransformRequestAsync(context, request, destinationPrefix, ct);
            foreach (var (name, _) in context.Request.Headers)
            {
                if (name.StartsWith(Reserved, StringComparison.OrdinalIgnoreCase))
                {
                    request.Headers.Remove(name);
                }
            }
            request.Headers.Host = null;
            request.RequestUri = new Uri(app.AppAuthority + target, AsIs);
            request.Headers.TryAddWithoutValidation("dapr-caller-app-id", caller);
            request.Headers.TryAddWithoutValidation("dapr-callee-app-id", app.AppId);
            request.Headers.TryAddWithoutValidation(ApiTokens.Header, app.AppApiToken);
        }
    }
}
