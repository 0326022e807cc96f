using Microsoft.Extensions.Logging;

namespace Ticketing.EmbeddedDapr;

/// <summary>What an embedded runtime needs to start.</summary>
public sealed class DaprRuntimeOptions
{
    /// <summary>The runtime's own PostgreSQL database; it must exist, its tables are created.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Folder with Dapr's component YAML (<c>*.yaml</c>, <c>*.yml</c>).</summary>
    public required string ResourcesPath { get; init; }

    /// <summary>Base of the relative folders that components name.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Every app that gets a sidecar; those of one id are its replicas.</summary>
    public required IReadOnlyList<DaprApp> Apps { get; init; }

    /// <summary>Loopback port of <c>/metrics</c>, with daprd's metrics of every sidecar; null: none.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>Where the runtime logs; null logs nothing.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }
}

/// <summary>
/// One app (or one replica of it) and its sidecar's loopback ports (0: choose free ones) and tokens (null: generate); the file of its
/// Configuration says which of Dapr's APIs it may call (null: all). Without a health check it counts as well while it
/// listens.
/// </summary>
public sealed record DaprApp(
    string AppId,
    Uri AppAddress,
    int HttpPort = 0,
    int GrpcPort = 0,
    string? ApiToken = null,
    string? AppApiToken = null,
    string? ConfigurationPath = null,
    AppHealth? Health = null
);

/// <summary>
/// The app's health check, as the annotations <c>dapr.io/app-health-*</c> give it: after so many failures in a row the
/// app gets no deliveries until an answer is a success again.
/// </summary>
public sealed record AppHealth(string Path, TimeSpan Interval, TimeSpan Timeout, int Threshold);

/// <summary>
/// A running sidecar: what the app's <c>DAPR_HTTP_ENDPOINT</c>, <c>DAPR_GRPC_ENDPOINT</c>, <c>DAPR_API_TOKEN</c>
/// and <c>APP_API_TOKEN</c> must be.
/// </summary>
public sealed record Sidecar(string AppId, Uri HttpEndpoint, Uri GrpcEndpoint, string ApiToken, string AppApiToken);
