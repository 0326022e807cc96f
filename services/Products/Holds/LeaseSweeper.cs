using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Holds;

/// <summary>Gives the stock of lapsed holds back.</summary>
internal sealed class LeaseSweeper(
    NpgsqlDataSource source,
    IOptions<ProductsOptions> options,
    TimeProvider clock,
    ILogger<LeaseSweeper> logger
) : BackgroundLoop(clock, logger)
{
    private const int BatchSize = 500;

    protected override TimeSpan Pause => TimeSpan.FromSeconds(options.Value.SweepSeconds);

    protected override async Task<bool> PassAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand("SELECT expire_holds($1)");
        command.Add(BatchSize);
        return (int)(await command.ExecuteScalarAsync(ct))! == BatchSize;
    }
}
