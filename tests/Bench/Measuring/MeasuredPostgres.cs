using Npgsql;
using Ticketing.Local;
using Ticketing.LocalPostgres;

namespace Ticketing.Bench.Measuring;

/// <summary>A PostgreSQL that counts its statements.</summary>
internal static class MeasuredPostgres
{
    private static readonly string[] Settings =
    [
        "shared_preload_libraries = 'pg_stat_statements', 'auto_explain'",
        // To be counted: a checkpoint within a measurement would recycle it.
        "wal_keep_size = '2GB'",
    ];

    private static readonly string[] LogSettings =
    [
        "logging_collector = on",
        "log_destination = 'csvlog'",
        "log_rotation_age = 0",
        "log_rotation_size = 0",
    ];

    /// <param name="logged">Its log can be read back, as CSV, and statements inside functions are counted.</param>
    public static async Task<PostgresCluster> StartAsync(
        string data,
        CancellationToken ct,
        bool durable = true,
        bool logged = false
    )
    {
        var options = new PostgresOptions { DataDirectory = Path.Combine(data, "pg"), Durable = durable };
        if (Directory.Exists(data))
        {
            await PostgresCluster.DeleteAsync(options, ct);
            Directory.Delete(data, recursive: true);
        }
        await using (var first = await PostgresCluster.StartAsync(options, ct))
        await using (var source = NpgsqlDataSource.Create(first.ConnectionString))
        {
            await using var available = source.CreateCommand(
                "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_stat_statements'"
            );
            if (await available.ExecuteScalarAsync(ct) is 0L)
                throw new LocalException(
                    $"{first.Description} has no pg_stat_statements: install PostgreSQL's contrib package."
                );
            foreach (var setting in logged ? Settings.Concat(LogSettings) : Settings)
            {
                await using var set = source.CreateCommand($"ALTER SYSTEM SET {setting}");
                await set.ExecuteNonQueryAsync(ct);
            }
        }
        var cluster = await PostgresCluster.StartAsync(options, ct);
        await using var admin = NpgsqlDataSource.Create(cluster.ConnectionString);
        await using var create = admin.CreateCommand("CREATE EXTENSION pg_stat_statements");
        await create.ExecuteNonQueryAsync(ct);
        if (logged)
        {
            await using var nested = admin.CreateCommand(
                "ALTER ROLE CURRENT_USER SET pg_stat_statements.track = 'all'"
            );
            await nested.ExecuteNonQueryAsync(ct);
        }
        return cluster;
    }

    /// <summary>Of the server's first process, when it runs on this machine and may be looked at.</summary>
    public static async Task<int?> ProcessIdAsync(PostgresCluster cluster, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(cluster.ConnectionString);
        await using var command = source.CreateCommand("SHOW data_directory");
        var file = Path.Combine((string)(await command.ExecuteScalarAsync(ct))!, "postmaster.pid");
        try
        {
            return int.Parse(File.ReadLines(file).First(), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
