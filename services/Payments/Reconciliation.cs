using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Payments.Charges;
using Ticketing.Payments.Providers;
using Ticketing.Payments.Refunds;
using Ticketing.Payments.Webhooks;

namespace Ticketing.Payments;

/// <summary>
/// Asks the provider about what stays open too long, so that a lost webhook or answer loses nothing. Work is claimed by
/// moving its next check into the future, so that several replicas share it and a crash only delays it.
/// </summary>
internal sealed class Reconciliation(
    NpgsqlDataSource source,
    IServiceScopeFactory scopes,
    PaymentMetrics metrics,
    IOptions<PaymentsOptions> options,
    ILogger<Reconciliation> logger
) : BackgroundService
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
    private const int WebhookDays = 30;
    private static readonly TimeSpan MaxPoll = TimeSpan.FromSeconds(5);

    private readonly double seconds = options.Value.ReconcileSeconds;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var poll = TimeSpan.FromSeconds(Math.Min(MaxPoll.TotalSeconds, seconds / 2));
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(PaymentsDue, PaymentAsync, stoppingToken);
                await RunAsync(RefundsDue, RefundAsync, stoppingToken);
                await RunAsync(WebhooksDue, WebhookAsync, stoppingToken);
                await PruneAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
            catch (Exception e)
            {
                logger.LogWarning("Reconciliation waits: {Reason}", e.Message);
            }
            await Task.Delay(poll, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static readonly string PaymentsDue = $"""
        UPDATE payments SET checks = checks + 1, next_check_at = CASE
            WHEN status = 'Pending' THEN {Backoff(MaxOpenBackoffSeconds)}
            WHEN checks < {MaxLateChecks} THEN {Backoff(MaxLateBackoffSeconds)}
            END
        WHERE id IN ({Due("payments")})
        RETURNING id
        """;

    private static readonly string RefundsDue = $"""
        UPDATE refunds SET checks = checks + 1, next_check_at = {Backoff(MaxOpenBackoffSeconds)}
        WHERE id IN ({Due("refunds")})
        RETURNING id
        """;

    private static readonly string WebhooksDue = $"""
        UPDATE received_webhooks SET checks = checks + 1, next_check_at = CASE
            WHEN checks < {MaxWebhookChecks} THEN {Backoff(MaxLateBackoffSeconds)}
            END
        WHERE id IN ({Due("received_webhooks")})
        RETURNING id
        """;

    private static string Backoff(int max) =>
        $"now() + make_interval(secs => least($1 * 2 ^ least(checks + 1, 20), {max}))";

    private static string Due(string table) =>
        $"""
            SELECT id FROM {table} WHERE next_check_at <= now()
            ORDER BY next_check_at LIMIT {BatchSize} FOR UPDATE SKIP LOCKED
            """;

    private async Task RunAsync(
        string claim,
        Func<IServiceProvider, Guid, CancellationToken, Task> check,
        CancellationToken ct
    )
    {
        List<Guid> batch;
        do
        {
            batch = await ClaimAsync(claim, ct);
            await Parallel.ForEachAsync(
                batch,
                new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = ct },
                async (id, token) =>
                {
                    try
                    {
                        await using var scope = scopes.CreateAsyncScope();
                        await check(scope.ServiceProvider, id, token);
                    }
                    catch (Exception e) when (!token.IsCancellationRequested)
                    {
                        var level = e is ProviderUnavailableException ? LogLevel.Warning : LogLevel.Error;
                        logger.Log(level, "The check of {Id} waits: {Reason}", id, e.Message);
                    }
                }
            );
        } while (batch.Count == BatchSize);
    }

    private async Task<List<Guid>> ClaimAsync(string claim, CancellationToken ct)
    {
        await using var command = source.CreateCommand(claim);
        command.Parameters.AddWithValue(seconds);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(ct))
            ids.Add(reader.GetGuid(0));
        return ids;
    }

    private static async Task PaymentAsync(IServiceProvider services, Guid id, CancellationToken ct)
    {
        var db = services.GetRequiredService<PaymentsDb>();
        var payment = await db.Payments.AsNoTracking().SingleAsync(p => p.Id == id, ct);
        await services.GetRequiredService<ChargeOutcome>().RefreshAsync(payment, ct);
    }

    private static async Task RefundAsync(IServiceProvider services, Guid id, CancellationToken ct)
    {
        var db = services.GetRequiredService<PaymentsDb>();
        var refund = await db.Refunds.AsNoTracking().SingleAsync(r => r.Id == id, ct);
        await services.GetRequiredService<RefundOutcome>().RefreshAsync(refund, ct);
    }

    private async Task WebhookAsync(IServiceProvider services, Guid id, CancellationToken ct)
    {
        var db = services.GetRequiredService<PaymentsDb>();
        var webhook = await db.Webhooks.AsNoTracking().SingleAsync(w => w.Id == id, ct);
        var done = await services.GetRequiredService<WebhookEffect>().RunAsync(webhook, ct);
        if (done || webhook.NextCheckAt is not null)
            return;
        logger.LogError("Webhook {Event} names nothing that is known", webhook.EventId);
        metrics.Alarm(PaymentMetrics.UnknownWebhook);
    }

    private async Task PruneAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            $"""
            DELETE FROM received_webhooks WHERE id IN (
                SELECT id FROM received_webhooks
                WHERE received_at < now() - interval '{WebhookDays} days' AND next_check_at IS NULL
                LIMIT {BatchSize})
            """
        );
        await command.ExecuteNonQueryAsync(ct);
    }
}
