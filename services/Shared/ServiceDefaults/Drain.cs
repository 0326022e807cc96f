using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Ticketing.ServiceDefaults;

/// <summary>Configuration section <c>Drain</c>.</summary>
public sealed class DrainOptions
{
    /// <summary>How long a replica that is told to end still serves.</summary>
    [Range(0, 300)]
    public int Seconds { get; set; }
}

/// <summary>
/// How a replica leaves: told to end, it says at once that it is not ready, so that the sidecar takes no more messages and
/// steps and load balancers send no more requests, and serves on until they have noticed. The host's own time for shutting
/// down counts from the start of this.
/// </summary>
internal sealed class Drain(IOptions<DrainOptions> options, TimeProvider clock) : IHealthCheck, IHostedLifecycleService
{
    private volatile bool leaving;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken ct = default) =>
        Task.FromResult(leaving ? HealthCheckResult.Unhealthy("It is going.") : HealthCheckResult.Healthy());

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        leaving = true;
        await Task.Delay(TimeSpan.FromSeconds(options.Value.Seconds), clock, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
