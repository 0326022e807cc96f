using Npgsql;
using Ticketing.Contracts;
using Ticketing.LocalPostgres;

namespace Ticketing.Bench.Growth;

/// <summary>Fills the migrated databases by SQL with what so many orders leave behind; see Fill/common.sql.</summary>
internal static class Filling
{
    public static readonly IReadOnlyList<string> Databases =
    [
        AppIds.Users,
        AppIds.Events,
        AppIds.Tickets,
        AppIds.Products,
        AppIds.Orders,
        AppIds.Payments,
        AppIds.Notifications,
    ];

    /// <summary>Milliseconds that the ids of the fill begin at: recent, as what is older is pruned by its id.</summary>
    private static readonly long Since = TimeProvider.System.GetUtcNow().AddDays(-1).ToUnixTimeMilliseconds();

    /// <param name="below">Orders that earlier fillings made.</param>
    /// <param name="upTo">Orders that there are afterwards; a multiple of 1000, as before.</param>
    public static async Task RunAsync(PostgresCluster cluster, int below, int upTo, CancellationToken ct)
    {
        foreach (var database in Databases)
        {
            await using var connection = new NpgsqlConnection(
                new NpgsqlConnectionStringBuilder(cluster.ConnectionStringFor(database))
                {
                    Options =
                        $"-c fill.below={below} -c fill.upto={upTo} -c fill.since={Since} -c auto_explain.log_min_duration=-1",
                    Pooling = false,
                    CommandTimeout = 0,
                }.ConnectionString
            );
            await connection.OpenAsync(ct);
            foreach (var sql in new[] { Read("common"), Read(database), "VACUUM (FREEZE, ANALYZE)" })
            {
                await using var command = new NpgsqlCommand(sql, connection);
                await command.ExecuteNonQueryAsync(ct);
            }
        }
    }

    /// <summary>The id that a row of the fill has, as pg_temp.id makes it.</summary>
    public static Guid Id(int kind, long number) => Guid.Parse($"{Since + number:x12}7{kind:x3}8000{number:x12}");

    private static string Read(string name)
    {
        using var stream = typeof(Filling).Assembly.GetManifestResourceStream($"Fill.{name}.sql")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
