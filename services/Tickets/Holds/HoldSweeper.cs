using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.Holds;

/// <summary>Returns the stock of leases that are over, in bulk. Any number of replicas may do it at once.</summary>
internal sealed class HoldSweeper(
    NpgsqlDataSource source,
    IOptions<HoldOptions> options,
    HoldMetrics metrics,
    TimeProvider time,
    ILogger<HoldSweeper> logger
) : BackgroundLoop(time, logger)
{
    private const int BatchSize = 1_000;

    protected override TimeSpan Pause { get; } = TimeSpan.FromSeconds(options.Value.SweepSeconds);

    protected override async Task<bool> PassAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand("SELECT expire_holds($1)");
        command.Add(BatchSize);
        var expired = (int)(await command.ExecuteScalarAsync(ct))!;
        if (expired > 0)
        {
            metrics.Expired(expired);
            logger.LogInformation("{Holds} holds expired", expired);
        }
        return expired == BatchSize;
    }
}
