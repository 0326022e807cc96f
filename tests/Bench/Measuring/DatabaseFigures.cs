using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Ticketing.LocalPostgres;

namespace Ticketing.Bench.Measuring;

/// <summary>
/// What the databases have done between two moments.
/// <para>A statement is an execution that pg_stat_statements counts, not within a function, and no transaction control.</para>
/// <para>
/// A round trip is a statement, or a COMMIT or ROLLBACK of its own; BEGIN and SAVEPOINT travel with what follows them. Those
/// of one batch travel together too, and are nevertheless counted each: the figure is an upper bound.
/// </para>
/// <para>
/// A writing commit is a commit of a transaction that got an id. Those of each database are counted in the write-ahead log
/// where pg_waldump can read it; else only the ids that the cluster gave out are known. So are the bytes of its records, of
/// which the whole, with the pages' own and what belongs to no database, is the way that the log went on.
/// </para>
/// </summary>
internal sealed record DatabaseFigures(
    IReadOnlyDictionary<string, (long Statements, long RoundTrips)> Calls,
    long TransactionId,
    string LogPosition
)
{
    public sealed record Difference(
        IReadOnlyDictionary<string, (long Statements, long RoundTrips, long? Commits, long? LogBytes)> ByDatabase,
        long RoundTrips,
        long Commits,
        long LogBytes
    );

    public static async Task<DatabaseFigures> ReadAsync(PostgresCluster cluster, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(cluster.ConnectionString);
        var calls = new Dictionary<string, (long, long)>();
        await using (
            var command = source.CreateCommand(
                """
                SELECT d.datname,
                    coalesce(sum(calls) FILTER (WHERE query !~* '^(begin|start|savepoint|discard|set|reset|commit|end|rollback|release)'), 0)::bigint,
                    coalesce(sum(calls) FILTER (WHERE query !~* '^(begin|start|savepoint|discard|set|reset)'), 0)::bigint
                FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
                WHERE s.toplevel AND d.datname NOT IN ('postgres', 'naive') GROUP BY d.datname
                """
            )
        )
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
                calls[reader.GetString(0)] = (reader.GetInt64(1), reader.GetInt64(2));
        }
        // Reading the id takes none: of the snapshot, not of this transaction.
        await using var position = source.CreateCommand(
            "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint, pg_current_wal_flush_lsn()::text"
        );
        await using var row = await position.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return new(calls, row.GetInt64(0), row.GetString(1));
    }

    public async Task<Difference> UntilAsync(DatabaseFigures end, PostgresCluster cluster, CancellationToken ct)
    {
        var log = await LogAsync(cluster, LogPosition, end.LogPosition, ct);
        var byDatabase = end.Calls.ToDictionary(
            c => c.Key,
            c =>
            {
                var before = Calls.GetValueOrDefault(c.Key);
                return (
                    c.Value.Statements - before.Statements,
                    c.Value.RoundTrips - before.RoundTrips,
                    log is null ? (long?)null : log.GetValueOrDefault(c.Key).Commits,
                    log is null ? (long?)null : log.GetValueOrDefault(c.Key).Bytes
                );
            }
        );
        return new(
            byDatabase,
            byDatabase.Values.Sum(d => d.Item2),
            log?.Where(c => byDatabase.ContainsKey(c.Key)).Sum(c => c.Value.Commits)
                ?? end.TransactionId - TransactionId,
            (long)(
                NpgsqlTypes.NpgsqlLogSequenceNumber.Parse(end.LogPosition)
                - NpgsqlTypes.NpgsqlLogSequenceNumber.Parse(LogPosition)
            )
        );
    }

    /// <summary>By database's name; null where the log cannot be read.</summary>
    private static async Task<Dictionary<string, (long Commits, long Bytes)>?> LogAsync(
        PostgresCluster cluster,
        string from,
        string to,
        CancellationToken ct
    )
    {
        await using var source = NpgsqlDataSource.Create(cluster.ConnectionString);
        var names = new Dictionary<string, string>();
        var (folder, program) = ("", "");
        await using (
            var command = source.CreateCommand(
                """
                SELECT oid::text, datname, current_setting('data_directory'),
                    (SELECT setting FROM pg_config WHERE name = 'BINDIR') FROM pg_database
                """
            )
        )
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                names[reader.GetString(0)] = reader.GetString(1);
                (folder, program) = (reader.GetString(2), Path.Combine(reader.GetString(3), "pg_waldump"));
            }
        }
        if (!File.Exists(program) || !Directory.Exists(folder))
            return null;
        var start = new ProcessStartInfo(program, ["-p", Path.Combine(folder, "pg_wal"), "-s", from, "-e", to])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var dump = Process.Start(start)!;
        var errors = dump.StandardError.ReadToEndAsync(ct);
        // A commit's record names no database; the changes before it do.
        var databaseOf = new Dictionary<string, string>();
        var log = new Dictionary<string, (long Commits, long Bytes)>();
        while (await dump.StandardOutput.ReadLineAsync(ct) is { } line)
        {
            var id = Between(line, "tx:", ",").Trim();
            if (line.StartsWith("rmgr: Transaction", StringComparison.Ordinal))
            {
                if (
                    line.Contains("desc: COMMIT", StringComparison.Ordinal)
                    && databaseOf.Remove(id, out var database)
                    && names.TryGetValue(database, out var name)
                )
                    log[name] = log.GetValueOrDefault(name) with { Commits = log.GetValueOrDefault(name).Commits + 1 };
            }
            else if (Between(line, "rel ", " ").Split('/') is [_, var database, _])
            {
                if (id != "0")
                    databaseOf[id] = database;
                if (names.TryGetValue(database, out var its))
                    log[its] = log.GetValueOrDefault(its) with
                    {
                        Bytes = log.GetValueOrDefault(its).Bytes + LengthOf(line),
                    };
            }
        }
        await dump.WaitForExitAsync(ct);
        _ = await errors;
        return dump.ExitCode == 0 ? log : null;
    }

    /// <summary>Of a record, with images of pages: <c>len (rec/tot): 59/ 123</c>.</summary>
    private static long LengthOf(string line) =>
        long.TryParse(Between(line, "len (rec/tot):", ",").Split('/')[^1].Trim(), null, out var length) ? length : 0;

    private static string Between(string line, string before, string after)
    {
        var at = line.IndexOf(before, StringComparison.Ordinal);
        if (at < 0)
            return "";
        var end = line.IndexOf(after, at + before.Length, StringComparison.Ordinal);
        return line[(at + before.Length)..(end < 0 ? line.Length : end)];
    }
}
