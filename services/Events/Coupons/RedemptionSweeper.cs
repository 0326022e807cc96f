using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Coupons;

/// <summary>Gives back what orders took that were never paid.</summary>
internal sealed class RedemptionSweeper(NpgsqlDataSource source, TimeProvider clock, ILogger<RedemptionSweeper> logger)
    : BackgroundLoop(clock, logger)
{
    private const int BatchSize = 500;

    protected override TimeSpan Pause { get; } = TimeSpan.FromSeconds(5);

    protected override async Task<bool> PassAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand("SELECT expire_redemptions($1)");
        command.Add(BatchSize);
        return (int)(await command.ExecuteScalarAsync(ct))! == BatchSize;
    }
}
