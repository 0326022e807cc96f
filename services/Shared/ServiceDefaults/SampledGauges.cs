using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using OpenTelemetry;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// A figure that only the database knows. Read now and then, so that a scrape costs no query. Each replica reports the
/// same one: rules take the maximum.
/// </summary>
/// <param name="Sql">Answers one number; finds its rows by an index.</param>
/// <param name="Audit">Reads more than a few rows: less often.</param>
public sealed record SampledGauge(string Name, string? Unit, string Description, string Sql, bool Audit = false);

public static class SampledGauges
{
    public static IServiceCollection AddSampledGauge(this IServiceCollection services, SampledGauge gauge) =>
        services.AddSingleton(gauge);
}

/// <summary>Reads the gauges. What could not be read is not reported: an old figure would look like a good one.</summary>
internal sealed class GaugeSampler : BackgroundService
{
    private readonly ConcurrentDictionary<string, double> values = new();
    private readonly IReadOnlyList<SampledGauge> gauges;
    private readonly NpgsqlDataSource source;
    private readonly MetricsOptions options;
    private readonly bool exported;
    private readonly ILogger logger;

    public GaugeSampler(
        IEnumerable<SampledGauge> gauges,
        NpgsqlDataSource source,
        IMeterFactory meters,
        IOptions<MetricsOptions> options,
        IConfiguration configuration,
        ILogger<GaugeSampler> logger
    )
    {
        this.gauges = [.. gauges];
        this.source = source;
        this.options = options.Value;
        this.logger = logger;
        exported = this.options.Port is not null || !string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        var meter = meters.Create("Ticketing.Database");
        foreach (var gauge in this.gauges)
            meter.CreateObservableGauge(gauge.Name, () => Measure(gauge), gauge.Unit, gauge.Description);
    }

    private IEnumerable<Measurement<double>> Measure(SampledGauge gauge) =>
        values.TryGetValue(gauge.Name, out var value) ? [new(value)] : [];

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        exported
            ? Task.WhenAll(
                ReadAllAsync(gauges.Where(g => !g.Audit), options.SampleSeconds, stoppingToken),
                ReadAllAsync(gauges.Where(g => g.Audit), options.AuditSeconds, stoppingToken)
            )
            : Task.CompletedTask;

    private async Task ReadAllAsync(IEnumerable<SampledGauge> due, double seconds, CancellationToken ct)
    {
        // No traces of these queries: nobody asked for them.
        using var untraced = SuppressInstrumentationScope.Begin();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(seconds));
        try
        {
            do foreach (var gauge in due)
                await ReadAsync(gauge, ct);
            while (await timer.WaitForNextTickAsync(ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { }
    }

    private async Task ReadAsync(SampledGauge gauge, CancellationToken ct)
    {
        try
        {
            await using var command = source.CreateCommand(gauge.Sql);
            values[gauge.Name] = Convert.ToDouble(await command.ExecuteScalarAsync(ct), null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            values.TryRemove(gauge.Name, out _);
            logger.LogWarning("{Gauge} is not known: {Reason}", gauge.Name, e.Reason());
        }
    }
}
