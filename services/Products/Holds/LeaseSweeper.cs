using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Holds;

/// <summary>
/// Gives the stock of lapsed holds back, many in one transaction. Any number of replicas may sweep: each takes what no
/// other has locked.
/// </summary>
internal sealed class LeaseSweeper(
    IServiceScopeFactory scopes,
    IOptions<ProductsOptions> options,
    ILogger<LeaseSweeper> logger
) : BackgroundService
{
    private const int BatchSize = 500;

    private sealed record Lapsed(Guid ProductId, int Quantity);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await SweepAsync(stoppingToken) == BatchSize) { }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
            catch (Exception e)
            {
                logger.LogWarning("The sweep of lapsed holds waits: {Reason}", e.Message);
            }
            await Task.Delay(TimeSpan.FromSeconds(options.Value.SweepSeconds), stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<int> SweepAsync(CancellationToken stopping)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProductsDb>();
        return await db.InTransactionAsync(ct => SweepBatchAsync(db, ct), stopping);
    }

    private static async Task<int> SweepBatchAsync(ProductsDb db, CancellationToken ct)
    {
        var lapsed = await db
            .Database.SqlQuery<Guid>(
                $"""
                UPDATE holds SET state = {nameof(HoldState.Expired)} WHERE order_id IN (
                    SELECT order_id FROM holds WHERE state = 'Held' AND expires_at < now()
                    ORDER BY expires_at LIMIT {BatchSize} FOR UPDATE SKIP LOCKED)
                RETURNING order_id
                """
            )
            .ToListAsync(ct);
        if (lapsed.Count == 0)
            return 0;
        var ids = lapsed.ToArray();
        var portions = await db
            .Database.SqlQuery<Lapsed>(
                $"""
                SELECT product_id, sum(quantity)::int AS quantity FROM hold_lines
                WHERE order_id = ANY({ids}) GROUP BY product_id
                """
            )
            .ToListAsync(ct);
        await db.MoveAsync(portions.Select(p => new Portion(p.ProductId, p.Quantity)), Place.Held, Place.Available, ct);
        return lapsed.Count;
    }
}
