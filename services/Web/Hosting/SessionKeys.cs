using Microsoft.Extensions.Diagnostics.HealthChecks;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Web.Hosting;

/// <summary>
/// What cookies, forms and sessions are encrypted with: derived from one secret, so that any replica reads what another
/// wrote. Loaded at the start, again and again until the sidecar is there; not ready before.
/// </summary>
internal sealed class SessionKeys(SecretReader secrets, TimeProvider clock, ILogger<SessionKeys> logger)
    : BackgroundService,
        IHealthCheck
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource<KeyRing> ring = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Current first. Waits for the secret at a pod's first requests.</summary>
    /// <exception cref="TimeoutException">It could not be read yet: answered with 503.</exception>
    public IReadOnlyList<KeyRing.Key> All =>
        ring.Task.Wait(Patience)
            ? ring.Task.GetAwaiter().GetResult().All
            : throw new TimeoutException("The session key is not there yet.");

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        Task.FromResult(
            ring.Task.IsCompletedSuccessfully ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy()
        );

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!await TryAsync(stoppingToken))
                await Task.Delay(RetryDelay, clock, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task<bool> TryAsync(CancellationToken ct)
    {
        try
        {
            ring.SetResult(await KeyRing.ReadAsync(secrets, SecretNames.WebSessionKey, ct));
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            logger.LogWarning("The pages wait for their key: {Reason}", e.Reason());
            return false;
        }
    }
}
