using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// Counters that start at zero. A series that appears with its first event has no increase then: an alert on it would
/// miss the first alarm.
/// </summary>
public interface IStartingMetrics
{
    /// <summary>Adds zero for each combination of labels that is known beforehand.</summary>
    void StartAtZero();
}

public static class StartingMetrics
{
    public static IServiceCollection AddMetrics<T>(this IServiceCollection services)
        where T : class, IStartingMetrics =>
        services.AddSingleton<T>().AddSingleton<IStartingMetrics>(sp => sp.GetRequiredService<T>());

    /// <summary>Starts after those who listen, which is why it is registered after the telemetry.</summary>
    internal sealed class Starter(IEnumerable<IStartingMetrics> all) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            foreach (var metrics in all)
                metrics.StartAtZero();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
