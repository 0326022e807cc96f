namespace Ticketing.Local;

/// <summary>How to run the system on this machine.</summary>
public sealed record LocalOptions
{
    public int Port { get; init; } = 8080;
    public required string DataDirectory { get; init; }
    public bool Reset { get; init; }
    public bool Seed { get; init; } = true;
    public bool Processes { get; init; }

    /// <summary>How many of a service run, by its app id; one, where nothing is said.</summary>
    public IReadOnlyDictionary<string, int> Replicas { get; init; } = new Dictionary<string, int>();

    /// <summary>
    /// The caller ends the system when the process is told to end: a signal then leaves PostgreSQL to that, so that it
    /// does not end under the services.
    /// </summary>
    public bool EndsInOrder { get; init; }

    /// <summary>Further settings a service, as <c>Key:Path=value</c>; tests shorten deadlines with it.</summary>
    public IReadOnlyDictionary<string, string[]> Settings { get; init; } = new Dictionary<string, string[]>();

    /// <summary>The folder of Dapr's component files; they lie beside the program (copied by the build).</summary>
    public string Components { get; init; } = Path.Combine(AppContext.BaseDirectory, "components");

    /// <summary>False in tests: no fsync, faster.</summary>
    public bool Durable { get; init; } = true;

    /// <summary>A server that is already there; else <c>ConnectionStrings__Postgres</c>, else a private cluster.</summary>
    public string? Postgres { get; init; } = GivenPostgres;

    public static string? GivenPostgres { get; } = Environment.GetEnvironmentVariable("ConnectionStrings__Postgres");

    public string BaseUrl => $"http://localhost:{Port}";
}

/// <summary>Something outside the program is not as it must be; the message is all that the user needs.</summary>
public sealed class LocalException(string message) : Exception(message);
