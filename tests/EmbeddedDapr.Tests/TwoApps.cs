using System.Collections.Concurrent;
using Dapr.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Ticketing.LocalPostgres;
using Ticketing.TestKit;

namespace Ticketing.EmbeddedDapr.Tests;

/// <summary>
/// A runtime with two apps, <c>alpha</c> and <c>beta</c>, over a database and folders of its own. Runtime and apps
/// can be ended and started again, each keeping its ports and tokens.
/// </summary>
public sealed class TwoApps : IAsyncDisposable
{
    private readonly Dictionary<string, DaprApp> _declared;
    private readonly ConcurrentDictionary<string, WebApplication> _apps = new();
    private readonly LogLines _logs = new();
    private DaprRuntime? _runtime;
    private RuntimeProcess? _process;

    private TwoApps(string connectionString)
    {
        ConnectionString = connectionString;
        _declared = new[] { "alpha", "beta" }.ToDictionary(id => id, id => Declare(id, id));
    }

    private static DaprApp Declare(string appId, string name) =>
        new(
            appId,
            new Uri($"http://127.0.0.1:{FreePort.Next()}"),
            FreePort.Next(),
            FreePort.Next(),
            name + "-token",
            name + "-app-token"
        );

    public int MetricsPort { get; } = FreePort.Next();
    public string ConnectionString { get; }
    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("dapr-test-");
    public string Resources => Path.Combine(Folder.FullName, "components");
    public LogLines Logs => _logs;
    public DaprRuntime Runtime => _runtime!;

    public static async Task<TwoApps> CreateAsync(bool start = true, params string[] resources)
    {
        var apps = new TwoApps(await TestPostgres.CreateDatabaseAsync("dapr"));
        Directory.CreateDirectory(apps.Resources);
        foreach (var file in Directory.GetFiles(Path.Combine(RepositoryRoot, "components", "local")))
        {
            File.Copy(file, Path.Combine(apps.Resources, Path.GetFileName(file)));
        }
        foreach (var (index, yaml) in resources.Index())
        {
            apps.WriteResource($"test-{index}.yaml", yaml);
        }
        if (start)
        {
            await apps.StartRuntimeAsync();
        }
        return apps;
    }

    public void WriteResource(string name, string yaml) => File.WriteAllText(Path.Combine(Resources, name), yaml);

    /// <summary>Gives an app a Configuration of its own; call before the start.</summary>
    public void Configure(string appId, string yaml)
    {
        var path = Path.Combine(Folder.FullName, $"configuration-{appId}.yaml");
        File.WriteAllText(path, yaml);
        _declared[appId] = _declared[appId] with { ConfigurationPath = path };
    }

    /// <summary>Declares a second replica of an app; call before the start.</summary>
    /// <returns>What it is called here.</returns>
    public string AddReplica(string appId)
    {
        var name = appId + "-2";
        _declared[name] = Declare(appId, name);
        return name;
    }

    /// <summary>Has an app's health checked; call before the start.</summary>
    public void Check(string appId, AppHealth health) => _declared[appId] = _declared[appId] with { Health = health };

    public async Task StartRuntimeAsync()
    {
        _runtime = await DaprRuntime.StartAsync(Options(), TestContext.Current.CancellationToken);
    }

    public DaprRuntimeOptions Options() =>
        new()
        {
            ConnectionString = ConnectionString,
            ResourcesPath = Resources,
            DataDirectory = Folder.FullName,
            Apps = [.. _declared.Values],
            MetricsPort = MetricsPort,
            LoggerFactory = LoggerFactory.Create(b => b.SetMinimumLevel(LogLevel.Debug).AddProvider(_logs)),
        };

    public async Task StopRuntimeAsync()
    {
        await _runtime!.DisposeAsync();
        _runtime = null;
    }

    /// <summary>The runtime in a process of its own, to be killed.</summary>
    public async Task StartRuntimeProcessAsync()
    {
        _process = RuntimeProcess.Start(this, [.. _declared.Values]);
        await _process.WaitUntilHealthyAsync(_declared["alpha"].HttpPort);
    }

    /// <summary>As <c>kill -9</c>.</summary>
    public async Task KillRuntimeProcessAsync()
    {
        await _process!.KillAsync();
        _process = null;
    }

    /// <summary>Cuts every connection that anybody has to the database.</summary>
    public async Task CutDatabaseConnectionsAsync()
    {
        var own = new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false };
        await using var connection = new NpgsqlConnection(own.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """,
            connection
        );
        await command.ExecuteNonQueryAsync();
    }

    public async Task ExecuteAsync(string sql)
    {
        var own = new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false };
        await using var connection = new NpgsqlConnection(own.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<long> CountAsync(string table)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM {table}", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Starts an app at its address. It accepts calls with its app token only, as our services do.</summary>
    public async Task<WebApplication> StartAppAsync(
        string appId,
        Action<WebApplication> map,
        Action<IServiceCollection>? services = null,
        bool withDaprMiddleware = true
    )
    {
        var declared = _declared[appId];
        var builder = PeerStub.CreateBuilder();
        builder.WebHost.UseUrls(declared.AppAddress.ToString());
        builder.Logging.AddProvider(_logs);
        builder.Configuration["DAPR_HTTP_ENDPOINT"] = $"http://127.0.0.1:{declared.HttpPort}";
        builder.Configuration["DAPR_GRPC_ENDPOINT"] = $"http://127.0.0.1:{declared.GrpcPort}";
        builder.Configuration["DAPR_API_TOKEN"] = declared.ApiToken;
        builder.Services.AddDaprClient();
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.Use(
            (context, next) =>
            {
                if (context.Request.Headers["dapr-api-token"] == declared.AppApiToken)
                {
                    return next(context);
                }
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return Task.CompletedTask;
            }
        );
        if (withDaprMiddleware)
        {
            app.UseCloudEvents();
            app.MapSubscribeHandler();
        }
        map(app);
        await app.StartAsync();
        _apps[appId] = app;
        return app;
    }

    public async Task StopAppAsync(string appId)
    {
        if (_apps.TryRemove(appId, out var app))
        {
            using var now = new CancellationTokenSource(TimeSpan.Zero);
            await app.StopAsync(now.Token);
            await app.DisposeAsync();
        }
    }

    public DaprClient Client(string appId) =>
        new DaprClientBuilder()
            .UseHttpEndpoint($"http://127.0.0.1:{_declared[appId].HttpPort}")
            .UseGrpcEndpoint($"http://127.0.0.1:{_declared[appId].GrpcPort}")
            .UseDaprApiToken(_declared[appId].ApiToken)
            .Build();

    public Task<Scrape> ScrapeAsync() => Scrape.OfAsync(MetricsPort);

    /// <summary>The sidecar's HTTP API.</summary>
    public HttpClient Http(string appId, string? token = null)
    {
        var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{_declared[appId].HttpPort}") };
        http.DefaultRequestHeaders.Add("dapr-api-token", token ?? _declared[appId].ApiToken);
        return http;
    }

    public DaprApp Declared(string appId) => _declared[appId];

    public async ValueTask DisposeAsync()
    {
        foreach (var appId in _apps.Keys)
        {
            await StopAppAsync(appId);
        }
        if (_runtime is not null)
        {
            await StopRuntimeAsync();
        }
        if (_process is not null)
        {
            await KillRuntimeProcessAsync();
        }
        Folder.Delete(recursive: true);
    }

    public static string RepositoryRoot { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Ticketing.sln")))
        {
            folder = folder.Parent!;
        }
        return folder.FullName;
    }
}
