using System.Text.RegularExpressions;
using Npgsql;
using Ticketing.LocalPostgres;

namespace Ticketing.Bench.Growth;

/// <param name="Query">As PostgreSQL normalises it, and lists of parameters made one.</param>
internal sealed record StatementCost(string Database, string Query, long Calls, double Blocks);

/// <summary>What each statement read, also inside functions, by pg_stat_statements: buffers a call, found in memory or not.</summary>
internal static partial class StatementCosts
{
    public static async Task ResetAsync(PostgresCluster cluster, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(cluster.ConnectionString);
        await using var command = source.CreateCommand("SELECT pg_stat_statements_reset()");
        await command.ExecuteNonQueryAsync(ct);
    }

    public static async Task<IReadOnlyDictionary<(string Database, string Query), StatementCost>> ReadAsync(
        PostgresCluster cluster,
        CancellationToken ct
    )
    {
        await using var source = NpgsqlDataSource.Create(cluster.ConnectionString);
        await using var command = source.CreateCommand(
            """
            SELECT d.datname, s.query, sum(s.calls)::bigint, sum(s.shared_blks_hit + s.shared_blks_read)::float8
            FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
            WHERE d.datname <> 'postgres' GROUP BY d.datname, s.query
            """
        );
        await using var reader = await command.ExecuteReaderAsync(ct);
        var costs = new Dictionary<(string, string), StatementCost>();
        while (await reader.ReadAsync(ct))
        {
            var (database, query) = (reader.GetString(0), Normalize(reader.GetString(1)));
            var known = costs.GetValueOrDefault((database, query)) ?? new(database, query, 0, 0);
            var calls = known.Calls + reader.GetInt64(2);
            // Blocks a call of all texts that are one.
            var blocks = (known.Blocks * known.Calls) + reader.GetDouble(3);
            costs[(database, query)] = new(database, query, calls, blocks / calls);
        }
        return costs;
    }

    /// <summary>A statement's text is the same whatever its parameters are and however many a list has.</summary>
    public static string Normalize(string query)
    {
        var one = Spaces().Replace(query, " ").Trim();
        return Lists().Replace(Parameters().Replace(one, "$$"), "($$)");
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\$\d+")]
    private static partial Regex Parameters();

    [GeneratedRegex(@"\(\$(?:, \$)+\)")]
    private static partial Regex Lists();
}
