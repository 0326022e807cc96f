using Dapr.DurableTask.Protobuf;
using Grpc.AspNetCore.Server.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Ticketing.EmbeddedDapr.Invocation;
using DaprService = Dapr.Client.Autogen.Grpc.v1.Dapr;

namespace Ticketing.EmbeddedDapr.Hosting;

/// <summary>The web server behind all sidecars: two loopback ports for each app, HTTP/1.1 and gRPC (h2c).</summary>
internal sealed class SidecarHost : IAsyncDisposable
{
    private const int MaxMessageBytes = 16 * 1024 * 1024;

    /// <summary>gRPC servers in Go set no limit; the SDK's waits for workflows each hold a stream open.</summary>
    private const int MaxStreams = 100_000;
    private const int Http2WindowBytes = 4 * 1024 * 1024;

    private readonly WebApplication _app;
    private readonly List<Action> _readPorts = [];

    /// <summary>
    /// The handlers' methods serve the Dapr service and the workflow protocol by their names.
    /// </summary>
    public SidecarHost(
        IReadOnlyDictionary<string, AppReplicas> apps,
        IReadOnlyList<object> daprHandlers,
        object taskHubHandler,
        RuntimeMetrics metrics,
        int? metricsPort,
        ILoggerFactory loggers
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(loggers);
        // The process belongs to whoever hosts the runtime: its signals are none of ours.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = MaxMessageBytes;
                kestrel.Limits.MinRequestBodyDataRate = null;
                kestrel.Limits.Http2.MaxStreamsPerConnection = MaxStreams;
                kestrel.Limits.Http2.InitialConnectionWindowSize = Http2WindowBytes;
                kestrel.Limits.MinResponseDataRate = null;
                foreach (var app in apps.Values.SelectMany(a => a.All))
                {
                    _readPorts.Add(app.Listen(kestrel));
                }
                if (metricsPort is { } port)
                {
                    kestrel.Listen(System.Net.IPAddress.Loopback, port);
                }
            });
        builder.Services.AddRoutingCore();
        builder.Services.AddHttpForwarder();
        builder.Services.AddGrpc(o =>
        {
            o.MaxReceiveMessageSize = MaxMessageBytes;
            o.MaxSendMessageSize = MaxMessageBytes;
            o.Interceptors.Add<GrpcMetrics>();
            o.Interceptors.Add<GrpcErrors>();
        });
        builder.Services.TryAddEnumerable([
            ServiceDescriptor.Singleton<IServiceMethodProvider<DaprApi>>(
                new GrpcBinding<DaprApi>(DaprService.Descriptor, daprHandlers)
            ),
            ServiceDescriptor.Singleton<IServiceMethodProvider<TaskHubApi>>(
                new GrpcBinding<TaskHubApi>(TaskHubSidecarService.Descriptor, [taskHubHandler])
            ),
        ]);
        if (metricsPort is not null)
        {
            builder.Services.AddExporter(metrics);
        }
        _app = builder.Build();
        if (metricsPort is { } exported)
        {
            _app.MapExporter(exported);
        }
        _app.UseMiddleware<HttpMetrics>();
        _app.UseMiddleware<ApiTokens>();
        _app.UseMiddleware<ApiAccess>();
        _app.UseMiddleware<ServiceInvocation>(apps);
        _app.UseMiddleware<HttpErrors>();
        _app.UseRouting();
        _app.MapGrpcService<DaprApi>();
        _app.MapGrpcService<TaskHubApi>();
    }

    public Microsoft.AspNetCore.Routing.IEndpointRouteBuilder Routes => _app;

    public async Task StartAsync(CancellationToken ct)
    {
        await _app.StartAsync(ct);
        _readPorts.ForEach(read => read());
    }

    /// <summary>Without grace: whoever calls the sidecars must bear with their end anyway.</summary>
    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken ct) => Task.CompletedTask;

        public Task StopAsync(CancellationToken ct) => Task.CompletedTask;
    }

    /// <summary>Stands for the Dapr API where ASP.NET Core wants a type.</summary>
    private sealed class DaprApi;

    /// <summary>Stands for the workflow protocol where ASP.NET Core wants a type.</summary>
    private sealed class TaskHubApi;
}
