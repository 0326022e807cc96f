using Npgsql;

namespace Ticketing.LocalPostgres;

internal static class Probe
{
    private const int TimeoutSeconds = 10;

    /// <summary>Null when the server answers, else why it does not.</summary>
    public static async Task<string?> AnswersAsync(string connectionString, CancellationToken ct)
    {
        try
        {
            await using var connection = await OpenAsync(connectionString, ct);
            return null;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or ArgumentException)
        {
            return (e.InnerException ?? e).Message;
        }
    }

    public static async Task<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken ct)
    {
        var own = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Timeout = TimeoutSeconds };
        var connection = new NpgsqlConnection(own.ConnectionString);
        await connection.OpenAsync(ct);
        return connection;
    }
}
