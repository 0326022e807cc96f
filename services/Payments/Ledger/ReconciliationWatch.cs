using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Payments.Providers;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Ledger;

/// <summary>
/// Holds the providers' lists against the ledger, hour by hour, so that a difference is known before somebody asks. Each replica
/// does, and each gives the alarm.
/// </summary>
internal sealed class ReconciliationWatch(
    NpgsqlDataSource source,
    ProviderDirectory providers,
    PaymentMetrics metrics,
    IOptions<PaymentsOptions> options,
    TimeProvider clock,
    ILogger<ReconciliationWatch> logger
) : BackgroundLoop(clock, logger)
{
    private const int MaxLogged = 20;

    /// <summary>By then every webhook has come or has been asked for.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromHours(1);

    /// <summary>By provider, until when its list was looked at.</summary>
    private readonly Dictionary<string, DateTimeOffset> done = [];

    protected override TimeSpan Pause { get; } = TimeSpan.FromSeconds(options.Value.ReconciliationSeconds);

    protected override async Task<bool> PassAsync(CancellationToken ct)
    {
        var until = Reconcile.Whole(Clock.GetUtcNow() - Settling);
        foreach (var provider in providers.All)
        {
            done.TryAdd(provider.Name, Reconcile.Whole(until - Pause));
            var from = done[provider.Name];
            // What a provider that was away for longer has, is asked for by hand.
            if (until - from > Reconcile.MaxSpan)
                from = until - Reconcile.MaxSpan;
            if (from >= until)
                continue;
            try
            {
                Tell(await Reconcile.CompareAsync(provider, from, until, source, ct));
                done[provider.Name] = until;
            }
            catch (ProviderUnavailableException e)
            {
                logger.LogWarning("The reconciliation of {Provider} waits: {Reason}", provider.Name, e.Reason());
            }
        }
        return false;
    }

    private void Tell(Reconcile.ReconciliationReport report)
    {
        foreach (var _ in report.Differences)
            metrics.Alarm(PaymentMetrics.BooksDiffer);
        foreach (var difference in report.Differences.Take(MaxLogged))
            logger.LogError(
                "The books differ from {Provider}: {Kind} of {Settlement}, payment {Payment}, order {Order}",
                report.Provider,
                difference.Kind,
                difference.SettlementId,
                difference.PaymentId,
                difference.OrderId
            );
    }
}
