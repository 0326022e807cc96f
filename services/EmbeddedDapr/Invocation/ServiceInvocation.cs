using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Ticketing.EmbeddedDapr.Hosting;
using Yarp.ReverseProxy.Forwarder;

namespace Ticketing.EmbeddedDapr.Invocation;

/// <summary>
/// Service invocation: <c>/v1.0/invoke/{appId}/method/{path}</c>, or any path outside the API with the header
/// <c>dapr-app-id</c>. Bodies stream both ways.
/// </summary>
internal sealed class ServiceInvocation(
    RequestDelegate next,
    IHttpForwarder forwarder,
    IReadOnlyDictionary<string, SidecarApp> apps,
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

    public Task InvokeAsync(HttpContext context)
    {
        if (!TryTarget(context.Request, out var appId, out var path))
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
        return apps.TryGetValue(appId, out var target)
            ? ForwardAsync(context, target, path)
            : Failed(context, appId, "no such app id");
    }

    public void Dispose() => _client.Dispose();

    private async Task ForwardAsync(HttpContext context, SidecarApp target, PathString path)
    {
        // Kestrel's own limit on request bodies is lifted: the app called decides what is too large.
        context
            .Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>()
            ?.MaxRequestBodySize = null;
        var transform = new Transform(SidecarApp.Of(context).AppId, target, path);
        var error = await forwarder.SendAsync(
            context,
            target.AppAddress.AbsoluteUri,
            _client,
            RequestConfig,
            transform
        );
        if (error == ForwarderError.None)
        {
            return;
        }
        var cause = context.Features.Get<IForwarderErrorFeature>()?.Exception;
        logger.LogDebug(cause, "Invoking {AppId} failed: {Error}", target.AppId, error);
        if (!context.Response.HasStarted)
        {
            await Failed(context, target.AppId, cause?.Message ?? error.ToString());
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

    /// <summary>An app id of the form <c>id.namespace</c> is accepted: there is one namespace here.</summary>
    private static bool TryTarget(
        HttpRequest request,
        [NotNullWhen(true)] out string? appId,
        out PathString path
    )
    {
        var raw = request.Path.Value ?? "";
        path = default;
        if (raw.StartsWith(InvokePrefix, StringComparison.Ordinal))
        {
            var rest = raw.AsSpan(InvokePrefix.Length);
            var method = rest.IndexOf(MethodPart);
            var valid = method > 0;
            appId = valid ? WithoutNamespace(rest[..method].ToString()) : "";
            path = valid
                ? new PathString("/" + rest[(method + MethodPart.Length)..].ToString())
                : default;
            return true;
        }
        if (
            request.Headers.TryGetValue(AppIdHeader, out var header)
            && !raw.StartsWith("/v1.0", StringComparison.Ordinal)
        )
        {
            appId = WithoutNamespace(header.ToString());
            path = request.Path;
            return true;
        }
        appId = null;
        return false;
    }

    private static string WithoutNamespace(string appId) =>
        appId.IndexOf('.') is > 0 and var dot ? appId[..dot] : appId;

    /// <summary>Headers as daprd passes them: nothing that names itself dapr- is let through from the caller.</summary>
    private sealed class Transform(string caller, SidecarApp target, PathString path)
        : HttpTransformer
    {
        private const string Reserved = "dapr-";

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
            request.RequestUri = RequestUtilities.MakeDestinationAddress(
                destinationPrefix,
                path,
                context.Request.QueryString
            );
            request.Headers.TryAddWithoutValidation("dapr-caller-app-id", caller);
            request.Headers.TryAddWithoutValidation("dapr-callee-app-id", target.AppId);
            request.Headers.TryAddWithoutValidation(ApiTokens.Header, target.AppApiToken);
        }
    }
}
