using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Ticketing.ServiceDefaults;

/// <summary>Configuration section <c>WarmUp</c>.</summary>
public sealed class WarmUpOptions
{
    /// <summary>How long a new replica may rehearse before it is ready, in seconds; 0: it does not.</summary>
    [Range(0, 300)]
    public int Seconds { get; set; }
}

/// <summary>
/// A new replica handles such a request before it is ready, so that the first buyer does not wait for what is compiled,
/// connected and read once. It is made by nobody, of ids that nothing has: it must end in a refusal or read.
/// </summary>
/// <param name="body">JSON that is valid, but leads to nothing.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RehearsedAttribute(string? body = null) : Attribute
{
    public string? Body => body;
}

public static class WarmUpExtensions
{
    /// <inheritdoc cref="RehearsedAttribute"/>
    public static TBuilder Rehearsed<TBuilder>(this TBuilder endpoint, string? body = null)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new RehearsedAttribute(body));
}

/// <summary>
/// Handles each rehearsed request once, without a request over the network, and fetches the issuer's keys. Nothing of it can fail a start:
/// a neighbour that is away is asked again by whoever needs it.
/// </summary>
internal sealed class WarmUp(
    EndpointDataSource endpoints,
    IServiceScopeFactory scopes,
    IOptionsMonitor<JwtBearerOptions> bearer,
    IOptions<WarmUpOptions> options,
    IHostApplicationLifetime lifetime,
    ILogger<WarmUp> logger
) : BackgroundService, IHealthCheck
{
    private readonly List<string> failed = [];
    private volatile bool warm = options.Value.Seconds == 0;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken ct = default) =>
        Task.FromResult(
            warm
                ? HealthCheckResult.Healthy(failed.Count == 0 ? null : $"Not rehearsed: {string.Join(", ", failed)}")
                : HealthCheckResult.Unhealthy("It is warming up.")
        );

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (warm)
            return;
        // Before the host has started it has no routes.
        var started = new TaskCompletionSource();
        await using var waiting = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        var start = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        limit.CancelAfter(TimeSpan.FromSeconds(options.Value.Seconds));
        await TryAsync("the issuer's keys", () => KeysAsync(limit.Token));
        foreach (var endpoint in endpoints.Endpoints.OfType<RouteEndpoint>())
            if (endpoint.Metadata.GetMetadata<RehearsedAttribute>() is { } rehearsed && !limit.IsCancellationRequested)
                await TryAsync(endpoint.DisplayName, () => HandleAsync(endpoint, rehearsed, limit.Token));
        warm = true;
        logger.LogInformation("Warm after {Seconds:0.0} s", Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private async Task KeysAsync(CancellationToken ct)
    {
        try
        {
            if (bearer.Get(JwtBearerDefaults.AuthenticationScheme).ConfigurationManager is { } keys)
                await keys.GetConfigurationAsync(ct);
        }
        catch (InvalidOperationException e)
        {
            throw new PeerUnavailableException("The identity provider is not answering.", e);
        }
    }

    private async Task TryAsync(string? what, Func<Task> rehearse)
    {
        try
        {
            await rehearse();
        }
        // A refusal is what most of them end in.
        catch (ProblemException) { }
        catch (PeerUnavailableException) { }
        catch (Exception e)
        {
            failed.Add(what ?? "");
            logger.LogInformation("Not rehearsed: {What}: {Reason}", what, e.Reason());
        }
    }

    private async Task HandleAsync(RouteEndpoint endpoint, RehearsedAttribute rehearsed, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var http = new DefaultHttpContext
        {
            RequestServices = scope.ServiceProvider,
            RequestAborted = ct,
            User = new ClaimsPrincipal(
                new ClaimsIdentity([new("sub", $"{Guid.CreateVersion7()}")], nameof(WarmUp), "sub", null)
            ),
        };
        http.SetEndpoint(endpoint);
        if (scope.ServiceProvider.GetService<IHttpContextAccessor>() is { } current)
            current.HttpContext = http;
        http.Request.Method = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods[0] ?? HttpMethods.Get;
        foreach (var parameter in endpoint.RoutePattern.Parameters)
            http.Request.RouteValues[parameter.Name] = ValueOf(parameter);
        http.Request.Scheme = Uri.UriSchemeHttp;
        http.Request.Host = new("localhost");
        http.Request.Path = PathOf(endpoint.RoutePattern);
        if (rehearsed.Body is { } body)
        {
            var bytes = Encoding.UTF8.GetBytes(body);
            http.Request.ContentType = "application/json";
            http.Request.ContentLength = bytes.Length;
            http.Request.Body = new MemoryStream(bytes);
            http.Features.Set<IHttpRequestBodyDetectionFeature>(new HasBody());
        }
        await endpoint.RequestDelegate!(http);
    }

    private static string PathOf(RoutePattern pattern) =>
        "/"
        + string.Join(
            '/',
            pattern.PathSegments.Select(segment =>
                string.Concat(
                    segment.Parts.Select(part =>
                        part switch
                        {
                            RoutePatternLiteralPart literal => literal.Content,
                            RoutePatternSeparatorPart separator => separator.Content,
                            RoutePatternParameterPart parameter => ValueOf(parameter),
                            _ => "",
                        }
                    )
                )
            )
        );

    private static string ValueOf(RoutePatternParameterPart parameter) =>
        parameter.ParameterPolicies.Any(p => p.Content == "guid") ? $"{Guid.CreateVersion7()}" : "none";

    private sealed class HasBody : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => true;
    }
}
