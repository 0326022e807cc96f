using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ticketing.ServiceDefaults;

/// <summary>The loop of all background work: pass after pass; one that fails is logged and tried again after the pause.</summary>
public abstract class BackgroundLoop(TimeProvider clock, ILogger logger) : BackgroundService
{
    protected TimeProvider Clock { get; } = clock;

    /// <summary>Between two passes, unless the first left more to do.</summary>
    protected abstract TimeSpan Pause { get; }

    /// <returns>True when more is waiting: the next pass follows at once.</returns>
    protected abstract Task<bool> PassAsync(CancellationToken ct);

    /// <summary>Ends early when something wakes the loop.</summary>
    protected virtual Task WaitAsync(CancellationToken ct) => Task.Delay(Pause, Clock, ct);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await PassAsync(stoppingToken)) { }
                await WaitAsync(stoppingToken);
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested) { }
            catch (Exception e)
            {
                logger.LogWarning("{Loop} waits: {Reason}", GetType().Name, e.Reason());
                await Task.Delay(Pause, Clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
