using Npgsql;

namespace Ticketing.TestKit;

/// <summary>How often PostgreSQL had to end a statement so that others could go on. Statements that are sent again hide it.</summary>
public static class Deadlocks
{
    /// <summary>
    /// Of all connections until now, which it ends: a connection tells of its deadlocks when it ends, or much later.
    /// </summary>
    public static async Task<long> CountAsync(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync();
        var now = await ReadAsync<DateTime>("SELECT clock_timestamp()");
        // One that is just being opened would end at its first use, when nobody waits for that any more.
        var others = $"datname = current_database() AND pid <> pg_backend_pid() AND backend_start < '{now:O}'";
        await ReadAsync<long>($"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {others}");
        await Eventually.TrueAsync(async () =>
            await ReadAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE {others}") == 0
        );
        source.Clear();
        return await ReadAsync<long>("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");

        async Task<T> ReadAsync<T>(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            return (T)(await command.ExecuteScalarAsync())!;
        }
    }

    /// <summary>Makes one, so that a count of none means something.</summary>
    public static async Task MakeAsync(NpgsqlDataSource source)
    {
        await using var one = await source.OpenConnectionAsync();
        await using var other = await source.OpenConnectionAsync();
        await ExecuteAsync(one, "BEGIN; SELECT pg_advisory_xact_lock(1)");
        await ExecuteAsync(other, "BEGIN; SELECT pg_advisory_xact_lock(2)");
        var both = Task.WhenAll(
            ExecuteAsync(one, "SELECT pg_advisory_xact_lock(2)"),
            ExecuteAsync(other, "SELECT pg_advisory_xact_lock(1)")
        );
        try
        {
            await both;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DeadlockDetected)
        {
            return;
        }
        throw new InvalidOperationException("Both got what the other had.");

        static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
