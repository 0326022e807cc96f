using System.Security.Cryptography;
using Npgsql;
using Ticketing.LocalPostgres;

namespace Ticketing.TestKit;

/// <summary>One PostgreSQL for all tests of a process, started by the first that asks.</summary>
public static class TestPostgres
{
    private const string GivenVariable = "ConnectionStrings__Postgres";

    private const int IdleSeconds = 5;
    private const int PruningSeconds = 2;

    // A younger folder may be one that its process is about to lock.
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromMinutes(1);

    private static readonly string Clusters = Path.Combine(
        Path.GetTempPath(),
        $"ticketing-tests-{Environment.UserName}"
    );
    private static readonly Lazy<Task<PostgresCluster>> Shared = new(StartAsync);

    private static Func<Task> end = () => Task.CompletedTask;

    /// <summary>Stops and deletes the cluster, if there is one; after the last test.</summary>
    public static Task EndAsync() => end();

    /// <summary>The shared cluster itself, for tests that need its maintenance database.</summary>
    public static Task<PostgresCluster> ClusterAsync() => Shared.Value;

    /// <summary>Creates an empty database that nobody else uses.</summary>
    /// <param name="prefix">What its name starts with: lower-case letters, digits and underscores.</param>
    /// <returns>Its connection string.</returns>
    public static async Task<string> CreateDatabaseAsync(string prefix)
    {
        var cluster = await Shared.Value;
        var connection = await cluster.EnsureDatabaseAsync(
            $"{prefix}_{RandomNumberGenerator.GetHexString(12, lowercase: true)}"
        );
        // Many databases share one server's connections: the idle ones go soon.
        return new NpgsqlConnectionStringBuilder(connection)
        {
            ConnectionIdleLifetime = IdleSeconds,
            ConnectionPruningInterval = PruningSeconds,
        }.ConnectionString;
    }

    private static async Task<PostgresCluster> StartAsync()
    {
        if (Environment.GetEnvironmentVariable(GivenVariable) is { Length: > 0 } given)
            return await PostgresCluster.StartAsync(new() { DataDirectory = Clusters, ConnectionString = given });
        await DeleteAbandonedAsync();
        var options = new PostgresOptions
        {
            DataDirectory = Path.Combine(Clusters, Guid.CreateVersion7().ToString("N")),
            Durable = false,
        };
        var cluster = await PostgresCluster.StartAsync(options);
        end = async () =>
        {
            await cluster.DisposeAsync();
            await PostgresCluster.DeleteAsync(options);
        };
        return cluster;
    }

    /// <summary>Test processes that were killed leave their clusters, and maybe a running server.</summary>
    private static async Task DeleteAbandonedAsync()
    {
        Directory.CreateDirectory(Clusters);
        var before = TimeProvider.System.GetUtcNow() - AbandonedAfter;
        foreach (var folder in new DirectoryInfo(Clusters).EnumerateDirectories())
        {
            if (folder.CreationTimeUtc > before)
                continue;
            try
            {
                await PostgresCluster.DeleteAsync(new() { DataDirectory = folder.FullName });
            }
            catch (PostgresUnavailableException)
            {
                // Another test process uses it, or is deleting it.
            }
        }
    }
}
