using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using Ticketing.Local;
using Ticketing.LocalPostgres;

namespace Ticketing.Bench.Measuring;

/// <summary>
/// A hold as one would write it first, on one hot row: one transaction a request, straight to the database. By pgbench
/// where it is, else by Npgsql.
/// </summary>
internal static partial class NaiveHolds
{
    private const int Clients = 16;
    private const string Update = "UPDATE pools SET available = available - 1 WHERE id = 1 AND available >= 1";
    private const string Insert = "INSERT INTO holds (pool_id, expires_at) VALUES (1, now() + interval '10 minutes')";

    /// <returns>Holds a second; null without a database.</returns>
    public static async Task<double?> MeasureAsync(PostgresCluster? cluster, TimeSpan duration, CancellationToken ct)
    {
        if (cluster is null)
            return null;
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(await cluster.EnsureDatabaseAsync("naive", ct))
            {
                MaxAutoPrepare = 10,
                AutoPrepareMinUsages = 2,
                NoResetOnClose = true,
            }
        );
        await using var create = source.CreateCommand(
            """
            DROP TABLE IF EXISTS pools, holds;
            CREATE TABLE pools (id int PRIMARY KEY, available int NOT NULL);
            CREATE TABLE holds (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, pool_id int, expires_at timestamptz);
            INSERT INTO pools VALUES (1, 2000000000);
            """
        );
        await create.ExecuteNonQueryAsync(ct);
        await using var config = source.CreateCommand("SELECT setting FROM pg_config WHERE name = 'BINDIR'");
        var program = Path.Combine((string)(await config.ExecuteScalarAsync(ct))!, "pgbench");
        return File.Exists(program)
            ? await ByPgbenchAsync(program, cluster.ConnectionStringFor("naive"), duration, ct)
            : await ByNpgsqlAsync(source, duration, ct);
    }

    private static async Task<double> ByPgbenchAsync(
        string program,
        string connection,
        TimeSpan duration,
        CancellationToken ct
    )
    {
        var server = new NpgsqlConnectionStringBuilder(connection);
        var script = Path.GetTempFileName();
        await File.WriteAllTextAsync(script, $"BEGIN;\n{Update};\n{Insert};\nCOMMIT;\n", ct);
        var start = new ProcessStartInfo(program, ["-n", "-M", "prepared", "-f", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (
            var argument in new[]
            {
                ["-c", $"{Clients}", "-j", "2", "-T", $"{Math.Max(1, (int)duration.TotalSeconds)}"],
                new[] { "-h", server.Host!, "-p", $"{server.Port}", "-U", server.Username!, server.Database! },
            }.SelectMany(a => a)
        )
            start.ArgumentList.Add(argument);
        start.Environment["PGPASSWORD"] = server.Password;
        using var pgbench = Process.Start(start)!;
        var errors = pgbench.StandardError.ReadToEndAsync(ct);
        var output = await pgbench.StandardOutput.ReadToEndAsync(ct);
        await pgbench.WaitForExitAsync(ct);
        File.Delete(script);
        return Rate().Match(output) is { Success: true } rate
            ? double.Parse(rate.Groups[1].Value, CultureInfo.InvariantCulture)
            : throw new LocalException($"pgbench failed: {await errors}");
    }

    private static async Task<double> ByNpgsqlAsync(NpgsqlDataSource source, TimeSpan duration, CancellationToken ct)
    {
        var load = await Load.ClosedAsync(
            Clients,
            duration,
            async (_, load, began) =>
            {
                await using var connection = await source.OpenConnectionAsync(ct);
                await using var transaction = await connection.BeginTransactionAsync(ct);
                foreach (var statement in new[] { Update, Insert })
                {
                    await using var command = new NpgsqlCommand(statement, connection, transaction);
                    await command.ExecuteNonQueryAsync(ct);
                }
                await transaction.CommitAsync(ct);
                load.Note("hold", began);
            }
        );
        return load.PerSecond("hold");
    }

    [GeneratedRegex(@"tps = ([\d.]+) ")]
    private static partial Regex Rate();
}
