using Ticketing.EmbeddedDapr;

namespace Ticketing.Local.Hosting;

/// <summary>Where the runtime and the services live: all in this process, or one process each.</summary>
internal interface IServiceHosting : IAsyncDisposable
{
    Task StartRuntimeAsync(RuntimeSettings settings, CancellationToken ct);

    Task StartServiceAsync(Replica replica, IReadOnlyDictionary<string, string> settings, CancellationToken ct);

    /// <summary>By replica; the Dapr runtime's as well.</summary>
    IReadOnlyDictionary<string, int> ProcessIds { get; }
}

internal sealed record RuntimeSettings(
    string ConnectionString,
    string ResourcesPath,
    string DataDirectory,
    IReadOnlyList<DaprApp> Apps,
    int? MetricsPort
)
{
    public Task<DaprRuntime> StartAsync(CancellationToken ct) =>
        DaprRuntime.StartAsync(
            new DaprRuntimeOptions
            {
                ConnectionString = ConnectionString,
                ResourcesPath = ResourcesPath,
                DataDirectory = DataDirectory,
                Apps = Apps,
                MetricsPort = MetricsPort,
                LoggerFactory = Logging.Console,
            },
            ct
        );
}
