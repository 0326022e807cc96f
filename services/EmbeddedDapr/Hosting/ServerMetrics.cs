using System.Diagnostics;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace Ticketing.EmbeddedDapr.Hosting;

/// <summary>Counts the calls of the HTTP API, by verb and status only: paths hold keys.</summary>
internal sealed class HttpMetrics(RequestDelegate next)
{
    private static readonly HashSet<string> Verbs =
    [
        "GET",
        "PUT",
        "POST",
        "PATCH",
        "DELETE",
        "HEAD",
        "OPTIONS",
        "CONNECT",
        "TRACE",
    ];

    public async Task InvokeAsync(HttpContext context)
    {
        if (HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            await next(context);
            return;
        }
        var start = Stopwatch.GetTimestamp();
        await next(context);
        var verb = context.Request.Method;
        SidecarApp
            .Of(context)
            .Metrics.Http(
                Verbs.Contains(verb) ? verb : "UNKNOWN",
                context.Response.StatusCode,
                Stopwatch.GetElapsedTime(start)
            );
    }
}

/// <summary>Counts the calls of the gRPC API that answer once, as daprd does.</summary>
internal sealed class GrpcMetrics : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request,
        ServerCallContext context,
        UnaryServerMethod<TRequest, TResponse> continuation
    )
    {
        var (start, status) = (Stopwatch.GetTimestamp(), StatusCode.OK);
        try
        {
            return await continuation(request, context);
        }
        catch (Exception e)
        {
            status = (e as RpcException)?.StatusCode ?? StatusCode.Unknown;
            throw;
        }
        finally
        {
            SidecarApp
                .Of(context.GetHttpContext())
                .Metrics.Grpc(
                    context.Method,
                    // As Go spells it.
                    status == StatusCode.Cancelled
                        ? "Canceled"
                        : $"{status}",
                    Stopwatch.GetElapsedTime(start)
                );
        }
    }
}

/// <summary><c>/metrics</c> on a loopback port of its own, for all sidecars of the process.</summary>
internal static class MetricsPort
{
    public static void AddExporter(this IServiceCollection services, RuntimeMetrics own) =>
        services
            .AddOpenTelemetry()
            .WithMetrics(m =>
                m.AddMeter(RuntimeMetrics.MeterName)
                    .AddView(i => own.Owns(i) ? null : MetricStreamConfiguration.Drop)
                    .AddPrometheusExporter(o =>
                    {
                        o.ScopeInfoEnabled = false;
                        o.TargetInfoEnabled = false;
                        // The names are daprd's already.
                        o.DisableTotalNameSuffixForCounters = true;
                        o.ScrapeResponseCacheDurationMilliseconds = 0;
                    })
            );

    public static void MapExporter(this WebApplication app, int port) =>
        app.MapWhen(
            context => context.Connection.LocalPort == port,
            metrics =>
            {
                metrics.Use(
                    (context, next) =>
                    {
                        // OpenMetrics would end every counter's name in _total; daprd speaks the text format only.
                        context.Request.Headers.Accept = default;
                        return next(context);
                    }
                );
                metrics.UseOpenTelemetryPrometheusScrapingEndpoint();
                metrics.Run(context =>
                {
                    context.Response.StatusCode = StatusCodes.Status404NotFound;
                    return Task.CompletedTask;
                });
            }
        );
}
