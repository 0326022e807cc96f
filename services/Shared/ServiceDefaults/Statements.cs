using Npgsql;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// One statement, one round trip, one transaction: what the purchase path is made of. A statement whose connection broke is
/// sent again, so it must be safe to run twice. Parameters are $1, $2 …
/// </summary>
public static class Statements
{
    private const int Tries = 4;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    /// <summary>The first row, or the default when there is none.</summary>
    public static Task<T?> FirstAsync<T>(
        this NpgsqlDataSource source,
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken ct,
        params ReadOnlySpan<SqlValue> values
    )
    {
        return FirstOf(AllAsync(source, sql, read, ct, values));

        static async Task<T?> FirstOf(Task<List<T>> all) => await all is [var first, ..] ? first : default;
    }

    public static Task<List<T>> AllAsync<T>(
        this NpgsqlDataSource source,
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken ct,
        params ReadOnlySpan<SqlValue> values
    ) => RunAsync(source.CreateCommand(sql).Add(values), command => command.ReadAsync(read, ct), ct);

    /// <returns>How many rows it changed.</returns>
    public static Task<int> ExecuteAsync(
        this NpgsqlDataSource source,
        string sql,
        CancellationToken ct,
        params ReadOnlySpan<SqlValue> values
    ) => RunAsync(source.CreateCommand(sql).Add(values), command => command.ExecuteNonQueryAsync(ct), ct);

    private static async Task<T> RunAsync<T>(
        NpgsqlCommand command,
        Func<NpgsqlCommand, Task<T>> run,
        CancellationToken ct
    )
    {
        await using (command)
            for (var tries = 1; ; tries++)
                try
                {
                    return await run(command);
                }
                catch (NpgsqlException e) when (e.IsTransient && tries < Tries)
                {
                    await Task.Delay(FirstPause * (1 << tries), ct);
                }
    }

    /// <summary>The next parameters of a command; for one that is sent once only, or in a transaction.</summary>
    public static NpgsqlCommand Add(this NpgsqlCommand command, params ReadOnlySpan<SqlValue> values)
    {
        foreach (var value in values)
            command.Parameters.Add(value.Parameter);
        return command;
    }

    public static async Task<List<T>> ReadAsync<T>(
        this NpgsqlCommand command,
        Func<NpgsqlDataReader, T> read,
        CancellationToken ct
    )
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<T>();
        while (await reader.ReadAsync(ct))
            rows.Add(read(reader));
        return rows;
    }

    public static T? Nullable<T>(this NpgsqlDataReader row, int column)
        where T : struct => row.IsDBNull(column) ? null : row.GetFieldValue<T>(column);
}
