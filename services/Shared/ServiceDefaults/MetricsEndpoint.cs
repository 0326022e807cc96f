using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using OpenTelemetry.Metrics;

namespace Ticketing.ServiceDefaults;

/// <summary>Section <c>Metrics</c>.</summary>
public sealed class MetricsOptions
{
    /// <summary>Port of <c>/metrics</c> for Prometheus, and of nothing else; not given: there is none.</summary>
    [Range(1, 65535)]
    public int? Port { get; set; }

    /// <summary>How often the figures that only the database knows are read.</summary>
    [Range(0.05, 3600)]
    public double SampleSeconds { get; set; } = 15;

    /// <summary>How often those are recounted that read more than a few rows.</summary>
    [Range(0.05, 86400)]
    public double AuditSeconds { get; set; } = 300;
}

/// <summary>What Prometheus scrapes, on a port of its own that no ingress, sidecar or Service reaches.</summary>
internal static class MetricsEndpoint
{
    private const string Path = "/metrics";

    /// <summary>Addresses of foreign servers come and go; a series for each would never end.</summary>
    private static readonly MetricStreamConfiguration WithoutPeerAddress = new()
    {
        TagKeys = ["server.address", "server.port", "url.scheme", "http.connection.state", "network.protocol.version"],
    };

    public static void AddMetricsEndpoint(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<MetricsOptions>()
            .BindConfiguration("Metrics")
            .ValidateDataAnnotations()
            .ValidateOnStart();
        var port = builder.Configuration.GetValue<int?>("Metrics:Port");
        builder.Services.AddSingleton<IStartupFilter>(new OnItsOwnPort(port));
        builder.Services.ConfigureOpenTelemetryMeterProvider(
            (services, metrics) =>
            {
                var own = services.GetRequiredService<IMeterFactory>();
                metrics.AddView(instrument => ViewOf(instrument, own));
            }
        );
        if (port is null)
            return;
        builder.WebHost.UseUrls([.. AddressesOf(builder.Configuration, port.Value)]);
        // They are among the addresses now; both would be a warning at each start.
        builder.WebHost.UseSetting(WebHostDefaults.HttpPortsKey, "");
        builder
            .Services.AddOpenTelemetry()
            .WithMetrics(m =>
                m.AddPrometheusExporter(o =>
                {
                    o.ScopeInfoEnabled = false;
                    // Prometheus asks every few seconds; tests ask at once.
                    o.ScrapeResponseCacheDurationMilliseconds = 0;
                })
            );
    }

    /// <summary>The app's own addresses, and the metrics' on the same interface.</summary>
    private static IEnumerable<string> AddressesOf(IConfiguration configuration, int port)
    {
        var urls = (configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries);
        if (urls.Length == 0)
            urls =
            [
                .. (configuration["http_ports"] ?? "")
                    .Split(';', StringSplitOptions.RemoveEmptyEntries)
                    .Select(p => $"http://*:{p}"),
            ];
        if (urls.Length == 0)
            urls = ["http://localhost:5000"];
        var app = urls.Select(BindingAddress.Parse).ToList();
        return app.Exists(a => a.Port == port)
            ? throw new InvalidOperationException(
                $"Metrics:Port is {port}, where the app itself listens: metrics must not be public."
            )
            : [.. urls, $"http://{app[0].Host}:{port}"];
    }

    /// <summary>Several services in one process share its instruments: each exports its own and the process's.</summary>
    private static MetricStreamConfiguration? ViewOf(Instrument instrument, IMeterFactory own) =>
        instrument.Meter.Scope is { } other && !ReferenceEquals(other, own) ? MetricStreamConfiguration.Drop
        : instrument.Name is "http.client.open_connections" or "http.client.connection.duration" ? WithoutPeerAddress
        : null;

    /// <summary>
    /// First in the pipeline. Told apart by the port that the connection came in at: a client writes the Host header as
    /// it likes.
    /// </summary>
    private sealed class OnItsOwnPort(int? port) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Use(
                    async (context, then) =>
                    {
                        var managing = context.Connection.LocalPort == port;
                        var scrape = context.Request.Path == Path;
                        // The scrapes are no traffic of the service's.
                        if (managing)
                        {
                            context.Features.Get<IHttpMetricsTagsFeature>()?.MetricsDisabled = true;
                            // In the text format only; OpenMetrics adds a series with the birth of each counter.
                            context.Request.Headers.Remove(HeaderNames.Accept);
                        }
                        if (managing == scrape)
                            await then(context);
                        else
                            context.Response.StatusCode = StatusCodes.Status404NotFound;
                    }
                );
                if (port is not null)
                    app.UseOpenTelemetryPrometheusScrapingEndpoint(context => context.Connection.LocalPort == port);
                next(app);
            };
    }
}
