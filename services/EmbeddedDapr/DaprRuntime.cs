using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Ticketing.EmbeddedDapr.Bindings;
using Ticketing.EmbeddedDapr.Components;
using Ticketing.EmbeddedDapr.Hosting;
using Ticketing.EmbeddedDapr.PubSub;
using Ticketing.EmbeddedDapr.Secrets;
using Ticketing.EmbeddedDapr.State;
using Ticketing.EmbeddedDapr.Storage;
using Ticketing.EmbeddedDapr.Workflows;

namespace Ticketing.EmbeddedDapr;

/// <summary>
/// A Dapr sidecar for every app of one machine, in this process. Everything durable is in one PostgreSQL database,
/// which it owns while it runs; ending the process at any moment loses nothing that was acknowledged.
/// </summary>
public sealed class DaprRuntime : IAsyncDisposable
{
    private const int MaxDatabaseConnections = 20;
    private const int MaxPreparedStatements = 50;

    private readonly DaprRuntimeOptions _options;
    private readonly DatabaseLock _databaseLock;
    private readonly NpgsqlDataSource _database;
    private readonly RuntimeMetrics _metrics = new();
    private readonly Dictionary<string, AppReplicas> _apps;
    private readonly ILoggerFactory _loggers;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _loops = [];
    private Broker? _broker;
    private WorkflowHost? _workflows;
    private SidecarHost? _host;

    private DaprRuntime(DaprRuntimeOptions options, DatabaseLock databaseLock, NpgsqlDataSource database)
    {
        _options = options;
        _databaseLock = databaseLock;
        _database = database;
        _loggers = options.LoggerFactory ?? NullLoggerFactory.Instance;
        _apps = options
            .Apps.GroupBy(a => a.AppId)
            .ToDictionary(g => g.Key, g => new AppReplicas(g.Key, [.. g.Select(a => new SidecarApp(a, _metrics))]));
    }

    /// <summary>The sidecar of an app; of its first replica, where there are several.</summary>
    public Sidecar this[string appId] => SidecarsOf(appId)[0];

    /// <summary>A sidecar for each replica of an app, in the order of <see cref="DaprRuntimeOptions.Apps"/>.</summary>
    public IReadOnlyList<Sidecar> SidecarsOf(string appId) => [.. _apps[appId].All.Select(a => a.ToSidecar())];

    /// <summary>
    /// Starts all sidecars; the apps may come up before or after. Fails if another runtime owns the database, or if
    /// a component cannot be understood.
    /// </summary>
    public static async Task<DaprRuntime> StartAsync(DaprRuntimeOptions options, CancellationToken ct)
    {
        var databaseLock = await DatabaseLock.TakeAsync(options.ConnectionString, ct);
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            MaxPoolSize = MaxDatabaseConnections,
            MaxAutoPrepare = MaxPreparedStatements,
            AutoPrepareMinUsages = 2,
            // Session state is never set: nothing to take back when a connection returns to the pool.
            NoResetOnClose = true,
        };
        var runtime = new DaprRuntime(options, databaseLock, NpgsqlDataSource.Create(settings));
        try
        {
            await runtime.OpenAsync(ct);
            return runtime;
        }
        catch
        {
            await runtime.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var loop in _loops)
        {
            await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await StopAsync();
        _metrics.Dispose();
        await _database.DisposeAsync();
        await _databaseLock.DisposeAsync();
    }

    /// <summary>Without grace: nothing that was acknowledged depends on it.</summary>
    private async Task StopAsync()
    {
        foreach (var part in new IAsyncDisposable?[] { _host, _broker, _workflows })
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }
        (_host, _broker, _workflows) = (null, null, null);
    }

    private async Task OpenAsync(CancellationToken ct)
    {
        var clock = TimeProvider.System;
        var logger = _loggers.CreateLogger<DaprRuntime>();
        var resources = Resources.Load(_options.ResourcesPath, _options.DataDirectory, logger);
        await Schema.CreateAsync(_database, ct);
        var states = new StateStores(_database, resources, clock, logger);
        await states.StartAsync(ct);
        _broker = new(_database, resources, _apps.Values, _metrics, clock, _loggers);
        await _broker.StartAsync(ct);
        var store = new WorkflowStore(_database);
        _workflows = new(
            _database,
            store,
            _apps,
            resources.WorkflowRetention,
            clock,
            _loggers.CreateLogger<WorkflowEngine>()
        );
        await _workflows.StartAsync(ct);

        var metadata = new MetadataApi(resources, _broker, _workflows.WorkersOf);
        var secrets = new SecretsApi(resources, _options.DataDirectory);
        var pubsub = new PubSubApi(_broker, clock);
        var bindings = new BindingsApi(resources, _options.DataDirectory, clock);
        _host = new(
            _apps,
            [metadata, secrets, pubsub, bindings, new StateApi(states)],
            new WorkflowApi(_workflows, store),
            _metrics,
            _options.MetricsPort,
            _loggers
        );
        metadata.Map(_host.Routes);
        secrets.Map(_host.Routes);
        pubsub.Map(_host.Routes);
        bindings.Map(_host.Routes);
        new StateHttp(states).Map(_host.Routes);
        await _host.StartAsync(ct);
        _loops.Add(states.SweepAsync(_stopping.Token));
        _loops.Add(StopWhenNotOwnerAsync(logger));
    }

    private async Task StopWhenNotOwnerAsync(ILogger logger)
    {
        await _databaseLock.WatchAsync(_database, logger, _stopping.Token);
        await StopAsync();
    }
}
