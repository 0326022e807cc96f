using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Payments.Charges;
using Ticketing.Payments.Providers;
using Ticketing.Payments.Refunds;
using Ticketing.Payments.Webhooks;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments;

/// <summary>
/// Asks the provider about what stays open too long, so that a lost webhook or answer loses nothing. Work is claimed by
/// moving its next check into the future, so that several replicas share it and a crash only delays it.
/// </summary>
internal sealed class PaymentChecks(
    NpgsqlDataSource source,
    ChargeOutcome outcome,
    PaymentMetrics metrics,
    IOptions<PaymentsOptions> options,
    TimeProvider clock,
    ILogger<PaymentChecks> logger
) : BackgroundLoop(clock, logger)
{
    private const int BatchSize = 50;
    private const int Parallelism = 8;

    /// <summary>Somebody waits for a pending payment or a refund: never longer than this between two checks.</summary>
    private const int MaxOpenBackoffSeconds = 120;
    private const int MaxLateBackoffSeconds = 3600;

    /// <summary>Late money on a payment that ended: looked for this often, some six hours in all.</summary>
    private const int MaxLateChecks = 13;

    /// <summary>A webhook that names nothing known is tried this often, some six hours in all.</summary>
    private const int MaxWebhookChecks = 13;
    private const double MaxPauseSeconds = 5;

    protected override TimeSpan Pause { get; } =
        TimeSpan.FromSeconds(Math.Min(MaxPauseSeconds, options.Value.CheckSeconds / 2));

    /// <param name="Webhook">What is due; without one it is the payment itself.</param>
    private sealed record Check(bool IsLast, Webhook? Webhook, Payment? Payment);

    /// <summary>All that is due, of both kinds; while nothing is, it looks into two small indexes.</summary>
    private static readonly string Claim = $"""
        WITH due AS (
            UPDATE payments SET checks = checks + 1, next_check_at = CASE
                WHEN disputed_at IS NOT NULL THEN {Backoff(MaxLateBackoffSeconds)}
                WHEN status = 'Pending' OR refund_started_at IS NOT NULL OR {PartialRefund.IsOpen} THEN {Backoff(
            MaxOpenBackoffSeconds
        )}
                WHEN checks < {MaxLateChecks} THEN {Backoff(MaxLateBackoffSeconds)}
                END
            WHERE id = ANY(ARRAY({Due("payments")}))
            RETURNING {Payment.Columns()}),
        w AS (
            UPDATE received_webhooks SET checks = checks + 1, next_check_at = CASE
                WHEN checks < {MaxWebhookChecks} THEN {Backoff(MaxLateBackoffSeconds)}
                END
            WHERE id = ANY(ARRAY({Due("received_webhooks")}))
            RETURNING *)
        SELECT false, NULL::uuid, NULL::text, NULL::text, NULL::text, NULL::uuid, NULL::uuid, NULL::int, NULL::text, due.* FROM due
        UNION ALL
        SELECT w.next_check_at IS NULL, w.id, w.provider, w.event_id, w.type, w.payment_id, w.order_id, w.attempt,
            w.charge_id,
            {Payment.Columns("p")}
        FROM w LEFT JOIN payments p ON {Webhook.NamesPayment}
        """;

    private static string Backoff(int max) =>
        $"now() + make_interval(secs => least($1 * 2 ^ least(checks + 1, 20), {max}))";

    private static string Due(string table) =>
        $"SELECT id FROM {table} WHERE next_check_at <= now() ORDER BY next_check_at LIMIT {BatchSize} FOR UPDATE SKIP LOCKED";

    protected override async Task<bool> PassAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand(Claim);
        command.Add(options.Value.CheckSeconds);
        var due = await command.ReadAsync(
            row => new Check(row.GetBoolean(0), Webhook.Read(row, first: 1), Payment.Read(row, first: 9)),
            ct
        );
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = ct },
            async (check, token) =>
            {
                try
                {
                    await CheckAsync(check, token);
                }
                catch (Exception e) when (!token.IsCancellationRequested)
                {
                    var level = e is ProviderUnavailableException ? LogLevel.Warning : LogLevel.Error;
                    logger.Log(
                        level,
                        "The check of {Id} waits: {Reason}",
                        check.Webhook?.Id ?? check.Payment?.Id,
                        e.Message
                    );
                }
            }
        );
        return due.Count >= BatchSize;
    }

    private async Task CheckAsync(Check check, CancellationToken ct)
    {
        if (check.Payment is { } payment)
            await outcome.RefreshAsync(payment, check.Webhook, ct);
        else if (check.IsLast)
        {
            logger.LogError("Webhook {Event} names nothing that is known", check.Webhook?.Notice.EventId);
            metrics.Alarm(PaymentMetrics.UnknownWebhook);
        }
    }
}
