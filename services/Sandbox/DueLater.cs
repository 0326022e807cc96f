using Microsoft.EntityFrameworkCore;
using Ticketing.Sandbox.Refunds;
using Ticketing.Sandbox.Webhooks;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox;

/// <summary>Does what is due at its time: cards that settle late, refunds that complete late.</summary>
internal sealed class DueLater(
    IServiceScopeFactory scopes,
    WebhookSignal webhooks,
    TimeProvider clock,
    ILogger<DueLater> logger
) : BackgroundService
{
    private const int BatchSize = 100;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Poll, clock);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<SandboxDb>();
                if (await db.InTransactionAsync(ct => RunAsync(db, ct), stoppingToken) > 0)
                    webhooks.Pulse();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
            catch (Exception e)
            {
                logger.LogWarning("What is due waits: {Reason}", e.Message);
            }
        }
    }

    private async Task<int> RunAsync(SandboxDb db, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var charges = await db
            .CardCharges.FromSql(
                $"""
                SELECT * FROM card_charges WHERE settles_at <= {now}
                ORDER BY settles_at LIMIT {BatchSize} FOR UPDATE SKIP LOCKED
                """
            )
            .ToListAsync(ct);
        var refunds = await db
            .Refunds.FromSql(
                $"""
                SELECT * FROM refunds WHERE status = {nameof(
                    RefundStatus.Pending
                )} AND completes_at <= {now}
                ORDER BY completes_at LIMIT {BatchSize} FOR UPDATE SKIP LOCKED
                """
            )
            .ToListAsync(ct);
        db.AddRange(charges.Select(c => c.Settle(now)));
        db.AddRange(refunds.Select(r => r.Complete(now)));
        return charges.Count + refunds.Count;
    }
}
