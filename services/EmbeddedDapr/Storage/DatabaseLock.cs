using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ticketing.EmbeddedDapr.Storage;

/// <summary>
/// The advisory lock by which one runtime owns the database. PostgreSQL gives it back when the owner's connection
/// ends, however the owner ended. Two owners could never mix their logs even so: ids are given out in memory, and
/// the second writer of an id fails.
/// </summary>
internal sealed class DatabaseLock : IAsyncDisposable
{
    private const long LockKey = 0x74_69_63_6b_65_74_64_61;

    /// <summary>A killed owner's connection takes a moment to be noticed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly string _connectionString;
    private NpgsqlConnection _connection;

    private DatabaseLock(string connectionString, NpgsqlConnection connection)
    {
        _connectionString = connectionString;
        _connection = connection;
    }

    public static async Task<DatabaseLock> TakeAsync(string connectionString, CancellationToken ct)
    {
        // Not pooled: a pooled connection keeps its locks after it is closed.
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        return new(settings.ConnectionString, await LockAsync(settings.ConnectionString, ct));
    }

    /// <summary>
    /// Takes the lock again when its connection is lost. Returns when somebody else has taken it meanwhile: this
    /// runtime must stop then.
    /// </summary>
    public async Task WatchAsync(NpgsqlDataSource database, ILogger logger, CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(LookEvery, ct);
            try
            {
                await using var command = new NpgsqlCommand("SELECT 1", _connection);
                await command.ExecuteScalarAsync(ct);
                continue;
            }
            catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
            {
                // The pool's connections are likely as dead as this one.
                database.Clear();
                logger.LogWarning("The connection that owns the database was lost: {Reason}", e.Message);
            }
            try
            {
                await _connection.DisposeAsync();
                _connection = await LockAsync(_connectionString, ct);
                logger.LogInformation("The database is owned again");
            }
            catch (NpgsqlException e)
            {
                logger.LogWarning("The database does not answer: {Reason}", e.Message);
            }
            catch (InvalidOperationException e)
            {
                logger.LogCritical("This runtime stops: {Reason}", e.Message);
                return;
            }
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static async Task<NpgsqlConnection> LockAsync(string connectionString, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(ct);
            await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection)
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
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
