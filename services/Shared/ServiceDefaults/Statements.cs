using Npgsql;

namespace Ticketing.ServiceDefaults;

/// <summary>
/// One statement, one round trip, one transaction: what the purchase path is made of. A statement whose connection broke is
/// sent again, so it must be safe to run twice.
/// </summary>
public static class Statements
{
    private const int Tries = 4;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    /// <summary>The first row, or the default when there is none. Parameters are $1, $2 …; a null needs a cast in the SQL.</summary>
    public static async Task<T?> FirstAsync<T>(
        this NpgsqlDataSource source,
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken ct,
        params object?[] parameters
    ) => (await AllAsync(source, sql, read, ct, parameters)) is [var first, ..] ? first : default;

    public static Task<List<T>> AllAsync<T>(
        this NpgsqlDataSource source,
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken ct,
        params object?[] parameters
    ) => RunAsync(source, sql, parameters, command => command.ReadAsync(read, ct), ct);

    /// <returns>How many rows it changed.</returns>
    public static Task<int> ExecuteAsync(
        this NpgsqlDataSource source,
        string sql,
        CancellationToken ct,
        params object?[] parameters
    ) => RunAsync(source, sql, parameters, command => command.ExecuteNonQueryAsync(ct), ct);

    private static async Task<T> RunAsync<T>(
        NpgsqlDataSource source,
        string sql,
        object?[] parameters,
        Func<NpgsqlCommand, Task<T>> run,
        CancellationToken ct
    )
    {
        for (var tries = 1; ; tries++)
            try
            {
                await using var command = source.CreateCommand(sql);
                foreach (var parameter in parameters)
                    command.Parameters.Add(new NpgsqlParameter { Value = parameter ?? DBNull.Value });
                return await run(command);
            }
            catch (NpgsqlException e) when (e.IsTransient && tries < Tries)
            {
                await Task.Delay(FirstPause * (1 << tries), ct);
            }
    }

    public static T? Nullable<T>(this NpgsqlDataReader row, int column)
        where T : struct => row.IsDBNull(column) ? null : row.GetFieldValue<T>(column);
}
