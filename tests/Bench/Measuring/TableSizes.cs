using Npgsql;
using Ticketing.LocalPostgres;

namespace Ticketing.Bench.Measuring;

/// <param name="Blocks">Without indexes.</param>
/// <param name="Bytes">With them.</param>
internal sealed record TableSize(long Blocks, long Bytes);

/// <summary>What tables take on disk, by database and name.</summary>
internal static class TableSizes
{
    public static async Task<Dictionary<(string Database, string Table), TableSize>> ReadAsync(
        PostgresCluster cluster,
        IEnumerable<string> databases,
        CancellationToken ct
    )
    {
        var sizes = new Dictionary<(string, string), TableSize>();
        foreach (var database in databases)
        {
            await using var source = NpgsqlDataSource.Create(cluster.ConnectionStringFor(database));
            await using var command = source.CreateCommand(
                """
                SELECT relname, pg_relation_size(oid) / current_setting('block_size')::int, pg_total_relation_size(oid)
                FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
                """
            );
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
                sizes[(database, reader.GetString(0))] = new(reader.GetInt64(1), reader.GetInt64(2));
        }
        return sizes;
    }
}
