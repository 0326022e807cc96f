using Npgsql;

namespace Ticketing.LocalPostgres;

/// <summary>A server that somebody else runs.</summary>
internal static class ExternalServer
{
    public static async Task<RunningServer> UseAsync(string connectionString, CancellationToken ct)
    {
        try
        {
            await using var connection = await Probe.OpenAsync(connectionString, ct);
            var version = connection.PostgreSqlVersion;
            return version.Major >= ServerBinaries.OldestMajor
                ? new RunningServer(
                    connectionString,
                    $"PostgreSQL {version} (given: {connection.Host}:{connection.Port})",
                    null
                )
                : throw new PostgresUnavailableException(
                    $"The given PostgreSQL at {connection.Host}:{connection.Port} is version {version}; "
                        + $"{ServerBinaries.OldestMajor} or newer is needed."
                );
        }
        catch (ArgumentException e)
        {
            // Its message may repeat a part of the string, which holds a password.
            throw new PostgresUnavailableException("The given PostgreSQL connection string is malformed.", e);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            var to = new NpgsqlConnectionStringBuilder(connectionString);
            throw new PostgresUnavailableException(
                $"The given PostgreSQL at {to.Host}:{to.Port} cannot be used: {(e.InnerException ?? e).Message}.",
                e
            );
        }
    }
}
