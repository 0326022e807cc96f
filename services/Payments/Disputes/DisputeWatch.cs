using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Payments.Charges;
using Ticketing.Payments.Providers;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Disputes;

/// <summary>
/// A payment that is settled is not asked about any more: a dispute whose webhook was lost would never be heard. So the providers
/// list theirs now and then, and what is not known is asked about. Each replica does, and the second finds it known.
/// </summary>
internal sealed class DisputeWatch(
    NpgsqlDataSource source,
    ProviderDirectory providers,
    ChargeOutcome outcome,
    IOptions<PaymentsOptions> options,
    TimeProvider clock,
    ILogger<DisputeWatch> logger
) : BackgroundLoop(clock, logger)
{
    private const int BatchSize = 200;

    protected override TimeSpan Pause { get; } = TimeSpan.FromSeconds(options.Value.DisputeWatchSeconds);

    /// <summary>The payments of those that are not known as they are.</summary>
    private static readonly string Unknown = $"""
        SELECT DISTINCT ON (p.id) {Payment.Columns("p")}
        FROM unnest($2, $3, $4, $5, $6) AS h (order_id, attempt, charge_id, provider_id, state)
        JOIN payments p ON p.provider = $1 AND p.id = coalesce(
            (SELECT named.id FROM payments named WHERE named.order_id = h.order_id AND named.attempt = h.attempt),
            (SELECT charged.id FROM payments charged WHERE charged.charge_id = h.charge_id))
        WHERE NOT EXISTS (
            SELECT FROM disputes d WHERE d.payment_id = p.id AND d.provider_id = h.provider_id
                AND (d.state = h.state OR d.closed_at IS NOT NULL))
        """;

    protected override async Task<bool> PassAsync(CancellationToken ct)
    {
        foreach (var provider in providers.All)
            try
            {
                await foreach (var batch in provider.ListDisputesAsync(ct).Chunk(BatchSize).WithCancellation(ct))
                    await LookAsync(provider.Name, batch, ct);
            }
            catch (ProviderUnavailableException e)
            {
                logger.LogWarning("The disputes of {Provider} wait: {Reason}", provider.Name, e.Reason());
            }
        return false;
    }

    private async Task LookAsync(string provider, NamedDispute[] told, CancellationToken ct)
    {
        var unknown = await source.AllAsync(
            Unknown,
            row => Payment.Read(row)!,
            ct,
            provider,
            told.Select(d => d.OrderId).ToArray(),
            told.Select(d => d.Attempt).ToArray(),
            told.Select(d => d.ChargeId).ToArray(),
            told.Select(d => d.Id).ToArray(),
            told.Select(d => d.State.ToString()).ToArray()
        );
        foreach (var payment in unknown)
            await outcome.RefreshAsync(payment, null, ct);
    }
}
