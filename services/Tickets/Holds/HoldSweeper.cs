using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Holds;

/// <summary>Returns the stock of leases that are over, in bulk. Any number of replicas may do it at once.</summary>
internal sealed class HoldSweeper(
    NpgsqlDataSource source,
    OutboxSignal outbox,
    IOptions<HoldOptions> options,
    HoldMetrics metrics,
    TimeProvider time,
    ILogger<HoldSweeper> logger
) : BackgroundService
{
    private const int ChunkSize = 1_000;
    private const int KeepDays = 30;
    private static readonly TimeSpan PruneEvery = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.Value.SweepSeconds), time);
        var pruned = time.GetTimestamp();
        try
        {
            do
            {
                try
                {
                    while (await SweepAsync(stoppingToken) == ChunkSize) { }
                    if (time.GetElapsedTime(pruned) > PruneEvery)
                    {
                        while (await PruneAsync(stoppingToken) == ChunkSize) { }
                        pruned = time.GetTimestamp();
                    }
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    logger.LogWarning("Expired holds wait: {Reason}", e.Message);
                }
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
    }

    private async Task<int> SweepAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand("SELECT expire_holds($1)");
        command.Parameters.Add(
            new NpgsqlParameter<Guid[]>
            {
                TypedValue = [.. Enumerable.Range(0, ChunkSize).Select(_ => Guid.CreateVersion7())],
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid,
            }
        );
        var expired = (int)(await command.ExecuteScalarAsync(ct))!;
        if (expired == 0)
            return 0;
        outbox.Pulse();
        metrics.Expired(expired);
        logger.LogInformation("{Holds} holds expired", expired);
        return expired;
    }

    /// <summary>Holds that came to nothing are forgotten after a while.</summary>
    internal async Task<int> PruneAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            $"""
            WITH old AS (
                SELECT id FROM holds
                WHERE status IN ('expired', 'released', 'returned') AND expires_at < now() - interval '{KeepDays} days'
                ORDER BY expires_at LIMIT {ChunkSize} FOR UPDATE SKIP LOCKED),
            items AS (DELETE FROM hold_items WHERE hold_id IN (SELECT id FROM old))
            DELETE FROM holds WHERE id IN (SELECT id FROM old)
            """
        );
        return await command.ExecuteNonQueryAsync(ct);
    }
}
