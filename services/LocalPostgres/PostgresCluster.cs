using System.Text.RegularExpressions;
using Npgsql;

namespace Ticketing.LocalPostgres;

/// <summary>
/// A PostgreSQL server for this machine: the one given, else one of our own on a private folder. At most one process
/// owns a folder; the server ends with it.
/// </summary>
public sealed partial class PostgresCluster : IAsyncDisposable
{
    private readonly ClusterFolder? _folder;
    private readonly RunningServer _server;
    private readonly Lazy<Task> _stopped;

    private PostgresCluster(RunningServer server, ClusterFolder? folder)
    {
        (_server, _folder) = (server, folder);
        _stopped = new Lazy<Task>(StopAsync);
        if (folder is not null)
            ShutdownHook.Watch(this);
    }

    /// <summary>Of the maintenance database.</summary>
    public string ConnectionString => _server.ConnectionString;

    /// <summary>As "PostgreSQL 15.18 (/usr/lib/postgresql/15/bin)".</summary>
    public string Description => _server.Description;

    /// <summary>Uses the given server, or starts one on the data folder and becomes its owner.</summary>
    /// <exception cref="PostgresUnavailableException">There is none to be had; the message says why.</exception>
    public static async Task<PostgresCluster> StartAsync(PostgresOptions options, CancellationToken ct = default)
    {
        if (options.ConnectionString is { } given)
            return new PostgresCluster(await ExternalServer.UseAsync(given, ct), folder: null);
        ClusterFolder? folder = null;
        try
        {
            folder = ClusterFolder.Open(options.DataDirectory);
            folder.Unannounce();
            var server = await new ServerStarter(folder, options).StartAsync(ct);
            var cluster = new PostgresCluster(server, folder);
            try
            {
                folder.Announce(server);
                return cluster;
            }
            catch
            {
                await cluster.DisposeAsync();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            folder?.Dispose();
            throw new PostgresUnavailableException(
                $"The data folder {Path.GetFullPath(options.DataDirectory)} cannot be used: {e.Message}",
                e
            );
        }
        catch
        {
            folder?.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Attaches to the server that another process runs on the data folder (or to the given one); null if none runs.
    /// Disposing it stops nothing.
    /// </summary>
    public static async Task<PostgresCluster?> ConnectAsync(PostgresOptions options, CancellationToken ct = default)
    {
        if (options.ConnectionString is { } given)
            return new PostgresCluster(await ExternalServer.UseAsync(given, ct), folder: null);
        try
        {
            return
                ClusterFolder.Announced(options.DataDirectory) is { } server
                && await Probe.AnswersAsync(server.ConnectionString, ct) is null
                ? new PostgresCluster(server, folder: null)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PostgresUnavailableException(
                $"The data folder {Path.GetFullPath(options.DataDirectory)} cannot be read: {e.Message}",
                e
            );
        }
    }

    /// <summary>
    /// Deletes the data folder with all that belongs to it, elsewhere too; first stops a server whose owner was killed.
    /// </summary>
    /// <exception cref="PostgresUnavailableException">A running process owns the folder.</exception>
    public static async Task DeleteAsync(PostgresOptions options, CancellationToken ct = default)
    {
        if (!Directory.Exists(options.DataDirectory))
            return;
        try
        {
            using var folder = ClusterFolder.Open(options.DataDirectory);
            await OrphanedServer.KillAsync(folder, ct);
            if (folder.IsInContainer)
                await ContainerServer.DeleteAsync(folder.ContainerName, ct);
            folder.Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PostgresUnavailableException(
                $"The data folder {Path.GetFullPath(options.DataDirectory)} cannot be deleted: {e.Message}",
                e
            );
        }
    }

    public string ConnectionStringFor(string database) =>
        new NpgsqlConnectionStringBuilder(ConnectionString) { Database = Valid(database) }.ConnectionString;

    /// <summary>
    /// Creates the database if it is missing; safe to call from several processes at once. Its name: lower-case
    /// letters, digits and underscores, at most 63 characters.
    /// </summary>
    /// <returns>The database's connection string.</returns>
    public async Task<string> EnsureDatabaseAsync(string database, CancellationToken ct = default)
    {
        var result = ConnectionStringFor(database);
        await using var connection = await Probe.OpenAsync(ConnectionString, ct);
        await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection)
        {
            Parameters = { new() { Value = database } },
        };
        if (await exists.ExecuteScalarAsync(ct) is not null)
            return result;
        // template0: nobody can be connected to it, which would make the copy fail. The name is validated above.
        await using var create = new NpgsqlCommand(
            $"CREATE DATABASE \"{database}\" ENCODING 'UTF8' TEMPLATE template0",
            connection
        );
        try
        {
            await create.ExecuteNonQueryAsync(ct);
        }
        catch (PostgresException e)
            when (e.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another caller was faster.
        }
        return result;
    }

    /// <summary>Stops what StartAsync started, and nothing else; the data stays.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopped.Value;
        ShutdownHook.Forget(this);
    }

    private async Task StopAsync()
    {
        if (_folder is null)
            return;
        if (_server.Stop is { } stop)
            await stop();
        _folder.Unannounce();
        _folder.Dispose();
    }

    private static string Valid(string database) =>
        DatabaseName().IsMatch(database)
            ? database
            : throw new ArgumentException(
                $"'{database}' is no database name: lower-case letters, digits and underscores, at most 63.",
                nameof(database)
            );

    [GeneratedRegex("^[a-z][a-z0-9_]{0,62}\\z")]
    private static partial Regex DatabaseName();
}
