using Npgsql;
using Ticketing.Bench.Growth;
using Ticketing.LocalPostgres;

namespace Ticketing.Bench.Measuring;

/// <summary>What the services' tables take on disk, with their indexes, in bytes.</summary>
internal static class TableSizes
{
    public static async Task<Dictionary<string, long>> ReadAsync(PostgresCluster cluster, CancellationToken ct)
    {
        var sizes = new Dictionary<string, long>();
        foreach (var database in Filling.Databases)
        {
            await using var source = NpgsqlDataSource.Create(cluster.ConnectionStringFor(database));
            await using var command = source.CreateCommand(
                """
                SELECT relname, pg_total_relation_size(oid) FROM pg_class
                WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
                """
            );
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
                sizes[$"{database}.{reader.GetString(0)}"] = reader.GetInt64(1);
        }
        return sizes;
    }

    /// <summary>Bytes a purchase, the largest first; what a purchase does not touch is left out.</summary>
    public static IEnumerable<(string Table, double Bytes)> Grown(
        Dictionary<string, long> before,
        Dictionary<string, long> after,
        int purchases
    ) =>
        after
            .Select(t => (t.Key, (double)(t.Value - before.GetValueOrDefault(t.Key)) / purchases))
            .Where(t => t.Item2 >= 1)
            .OrderByDescending(t => t.Item2);
}
