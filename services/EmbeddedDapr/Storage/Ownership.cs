using Npgsql;

namespace Ticketing.EmbeddedDapr.Storage;

/// <summary>
/// The advisory lock by which one runtime owns the database. PostgreSQL gives it back when the owner's connection
/// ends, however the owner ended. Two owners could never mix their logs even so: ids are given out in memory, and
/// the second writer of an id fails.
/// </summary>
internal sealed class Ownership : IAsyncDisposable
{
    private const long LockKey = 0x74_69_63_6b_65_74_64_61;

    /// <summary>A killed owner's connection takes a moment to be noticed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly NpgsqlConnection _connection;

    private Ownership(NpgsqlConnection connection) => _connection = connection;

    public static async Task<Ownership> TakeAsync(string connectionString, CancellationToken ct)
    {
        // Not pooled: a pooled connection keeps its locks after it is closed.
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            KeepAlive = 30,
        };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
            await using var command = new NpgsqlCommand(
                "SELECT pg_try_advisory_lock($1)",
                connection
            )
            {
                Parameters = { new() { Value = LockKey } },
            };
            var started = TimeProvider.System.GetTimestamp();
            while (!(bool)(await command.ExecuteScalarAsync(ct))!)
            {
                if (TimeProvider.System.GetElapsedTime(started) > Patience)
                {
                    throw new InvalidOperationException(
                        $"Another embedded Dapr runtime already owns the database '{connection.Database}'. "
                            + "Stop it first, or give this one a database of its own."
                    );
                }
                await Task.Delay(Pause, ct);
            }
            return new(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
