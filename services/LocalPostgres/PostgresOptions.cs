namespace Ticketing.LocalPostgres;

public sealed class PostgresOptions
{
    /// <summary>The folder of the private cluster; created if missing.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>A server that runs already: used as it is, nothing is started and the folder is not touched.</summary>
    public string? ConnectionString { get; init; }

    public IProgress<string>? Progress { get; init; }

    /// <summary>False for tests: nothing waits for the disk, and a crash of the machine loses the cluster.</summary>
    public bool Durable { get; init; } = true;
}
