using Ticketing.Contracts;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms;

namespace Ticketing.Gateway.Routing;

/// <summary>Which service answers which path. Everything goes through the Gateway's own Dapr sidecar, by app id.</summary>
internal static class ServiceRoutes
{
    private const string Sidecar = "sidecar";
    private const string Home = "/";
    private const int AfterRoutes = 1;
    private const int Last = 2;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private static readonly (string Path, string AppId)[] Table =
    [
        ("/api/v1/users/{**rest}", AppIds.Users),
        ("/api/v1/me/{**rest}", AppIds.Users),
        ("/connect/{**rest}", AppIds.Users),
        ("/account/{**rest}", AppIds.Users),
        ("/.well-known/{**rest}", AppIds.Users),
        ("/api/v1/organizers/{**rest}", AppIds.Events),
        ("/api/v1/audit-log/{**rest}", AppIds.Events),
        ("/api/v1/venues/{**rest}", AppIds.Events),
        ("/api/v1/seat-maps/{**rest}", AppIds.Events),
        ("/api/v1/events/{**rest}", AppIds.Events),
        ("/api/v1/sessions/{**rest}", AppIds.Events),
        ("/api/v1/ticket-types/{**rest}", AppIds.Events),
        ("/api/v1/coupons/{**rest}", AppIds.Events),
        ("/api/v1/holds/{**rest}", AppIds.Tickets),
        ("/api/v1/tickets/{**rest}", AppIds.Tickets),
        ("/api/v1/check-ins/{**rest}", AppIds.Tickets),
        ("/api/v1/check-in-lists/{**rest}", AppIds.Tickets),
        ("/api/v1/me/tickets/{**rest}", AppIds.Tickets),
        ("/api/v1/me/transfers/{**rest}", AppIds.Tickets),
        ("/api/v1/events/{id}/capacity", AppIds.Tickets),
        ("/api/v1/sessions/{id}/availability", AppIds.Tickets),
        ("/api/v1/sessions/{id}/seats", AppIds.Tickets),
        ("/api/v1/products/{**rest}", AppIds.Products),
        ("/api/v1/orders/{**rest}", AppIds.Orders),
        ("/api/v1/me/orders/{**rest}", AppIds.Orders),
        ("/api/v1/payments/{**rest}", AppIds.Payments),
        // The pages: whatever is nobody else's. A first word with an encoded slash would be two behind the sidecar.
        (Home, AppIds.Web),
        ("/favicon.ico", AppIds.Web),
        ("/{page:regex(^[a-z-]+$)}/{**rest}", AppIds.Web),
    ];

    /// <summary>Of programs, not of people: what is not routed below these is answered here, as an API answers.</summary>
    private static readonly string[] NoPages =
    [
        "/api",
        "/connect",
        "/sandbox",
        "/dev",
        "/openapi",
        "/internal",
        "/dapr",
        "/healthz",
    ];

    public static void MapNoPages(this WebApplication app)
    {
        foreach (var path in NoPages)
            app.Map(path + "/{**rest}", () => TypedResults.NotFound())
                .AllowAnonymous()
                .ExcludeFromDescription()
                .WithOrder(AfterRoutes);
    }

    /// <summary>The one path that anybody may ask for at any time.</summary>
    public static bool IsHome(RouteConfig route) => route.RouteId == Home;

    public static void AddServiceRoutes(this WebApplicationBuilder builder, GatewayOptions options)
    {
        var table = Table.AsEnumerable();
        if (options.Sandbox)
            table = table.Append(("/sandbox/{**rest}", AppIds.Sandbox));
        if (options.DevPages)
            table = table.Append(("/dev/{**rest}", AppIds.Notifications));
        var endpoint =
            builder.Configuration["DAPR_HTTP_ENDPOINT"]
            ?? $"http://127.0.0.1:{builder.Configuration["DAPR_HTTP_PORT"] ?? "3500"}";
        builder
            .Services.AddReverseProxy()
            .LoadFromMemory([.. table.Select(RouteOf)], [ClusterOf(endpoint)])
            .AddTransforms(context =>
            {
                var appId = context.Route.Metadata![nameof(AppIds)];
                var token = builder.Configuration["DAPR_API_TOKEN"];
                context.AddRequestTransform(request =>
                {
                    SpeakForOurselves(request, appId, token);
                    return default;
                });
                context.AddResponseTransform(UnavailableAsync);
            });
    }

    private static RouteConfig RouteOf((string Path, string AppId) route) =>
        new()
        {
            RouteId = route.Path,
            Order = route.AppId == AppIds.Web ? Last : null,
            ClusterId = Sidecar,
            Match = new() { Path = route.Path },
            Metadata = new Dictionary<string, string> { [nameof(AppIds)] = route.AppId },
        };

    private static ClusterConfig ClusterOf(string endpoint) =>
        new()
        {
            ClusterId = Sidecar,
            Destinations = new Dictionary<string, DestinationConfig> { [Sidecar] = new() { Address = endpoint } },
            HttpRequest = new() { ActivityTimeout = AnswerLimit },
            // As they were read: a cookie of another page may hold anything.
            HttpClient = new() { RequestHeaderEncoding = "utf-8" },
        };

    /// <summary>What a client sends in Dapr's name never arrives.</summary>
    private static void SpeakForOurselves(RequestTransformContext request, string appId, string? token)
    {
        var headers = request.ProxyRequest.Headers;
        foreach (var (name, _) in request.HttpContext.Request.Headers)
            if (name.StartsWith("dapr-", StringComparison.OrdinalIgnoreCase))
                headers.Remove(name);
        headers.Add("dapr-app-id", appId);
        if (token is not null)
            headers.Add("dapr-api-token", token);
    }

    /// <summary>
    /// The sidecar tells an unreachable service by its own JSON and 500; to clients that is a 503 problem. A service's
    /// own 500 is a problem+json and passes.
    /// </summary>
    private static ValueTask UnavailableAsync(ResponseTransformContext context)
    {
        if (
            context.ProxyResponse is not { StatusCode: System.Net.HttpStatusCode.InternalServerError } response
            || response.Content.Headers.ContentType?.MediaType != "application/json"
        )
            return default;
        context.SuppressResponseBody = true;
        var answer = context.HttpContext.Response;
        answer.Clear();
        answer.StatusCode = StatusCodes.Status503ServiceUnavailable;
        answer.Headers.RetryAfter = "1";
        return default;
    }
}
