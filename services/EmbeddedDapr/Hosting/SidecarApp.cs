using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ticketing.EmbeddedDapr.Hosting;

/// <summary>One replica of an app with its sidecar: found on each request through the connection it came in on.</summary>
internal sealed class SidecarApp(DaprApp app, RuntimeMetrics metrics)
{
    private const int TokenBytes = 24;
    private readonly byte[] _token = Encoding.UTF8.GetBytes(app.ApiToken ?? NewToken());

    public string AppId { get; } = app.AppId;
    public AppMetrics Metrics { get; } = new(metrics, app.AppId);
    public Uri AppAddress { get; } = app.AppAddress;
    public AppHealth? Health { get; } = app.Health;

    /// <summary>Its last health checks succeeded; true also where there is none.</summary>
    public bool IsWell { get; set; } = app.Health is null;

    public string AppAuthority { get; } = app.AppAddress.GetLeftPart(UriPartial.Authority);

    /// <summary>What of Dapr's APIs it may call.</summary>
    public AllowedApis Apis { get; } =
        app.ConfigurationPath is { } path ? AllowedApis.Read(path) : AllowedApis.Everything;

    public string AppApiToken { get; } = app.AppApiToken ?? NewToken();
    public string ApiToken => Encoding.UTF8.GetString(_token);
    public int HttpPort { get; private set; } = app.HttpPort;
    public int GrpcPort { get; private set; } = app.GrpcPort;

    /// <summary>Answers of this sidecar's metadata API that the app itself has set.</summary>
    public System.Collections.Concurrent.ConcurrentDictionary<string, string> Extended { get; } = new();

    public static SidecarApp Of(HttpContext context) => context.Features.Get<SidecarApp>()!;

    public bool Accepts(string? token) =>
        token is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), _token);

    public Sidecar ToSidecar() =>
        new(AppId, new($"http://127.0.0.1:{HttpPort}"), new($"http://127.0.0.1:{GrpcPort}"), ApiToken, AppApiToken);

    /// <summary>Adds the two listeners; the returned action reads the ports that were bound.</summary>
    public Action Listen(KestrelServerOptions kestrel)
    {
        ListenOptions? http = null;
        ListenOptions? grpc = null;
        kestrel.Listen(System.Net.IPAddress.Loopback, HttpPort, o => http = Configure(o, HttpProtocols.Http1));
        kestrel.Listen(System.Net.IPAddress.Loopback, GrpcPort, o => grpc = Configure(o, HttpProtocols.Http2));
        return () =>
        {
            HttpPort = http!.IPEndPoint!.Port;
            GrpcPort = grpc!.IPEndPoint!.Port;
        };
    }

    private ListenOptions Configure(ListenOptions options, HttpProtocols protocols)
    {
        options.Protocols = protocols;
        options.Use(next =>
            connection =>
            {
                connection.Features.Set(this);
                return next(connection);
            }
        );
        return options;
    }

    private static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
}
