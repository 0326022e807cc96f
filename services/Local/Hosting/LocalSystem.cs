using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Ticketing.Contracts;
using Ticketing.EmbeddedDapr;
using Ticketing.LocalPostgres;

namespace Ticketing.Local.Hosting;

/// <summary>The whole system on this machine, from PostgreSQL to the Gateway.</summary>
public sealed class LocalSystem : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(50);

    private readonly DataFolder folder;
    private readonly LocalOptions options;
    private PostgresCluster? postgres;
    private IServiceHosting? hosting;
    private PosixSignalRegistration[] signals = [];

    private LocalSystem(LocalOptions options, DataFolder folder)
    {
        this.options = options;
        this.folder = folder;
    }

    public string BaseUrl => options.BaseUrl;

    /// <summary>What provides PostgreSQL.</summary>
    public string PostgresDescription => postgres!.Description;

    /// <summary>Connection string of a service's database; for audits and tests.</summary>
    public string DatabaseOf(string name) => postgres!.ConnectionStringFor(name);

    /// <summary>Process ids by replica, with one process each; empty otherwise.</summary>
    public IReadOnlyDictionary<string, int> ProcessIds => hosting!.ProcessIds;

    /// <summary>A service's own container, when all run in this process; for tests.</summary>
    internal IServiceProvider ServicesOf(string name) => ((InProcessHosting)hosting!).ServicesOf(name);

    /// <summary>Prometheus' target file of the processes' metrics; there with one process each.</summary>
    public string MetricsTargetsFile => Path.Combine(folder.FullPath, MetricsTargets.FileName);

    /// <summary>Where each service listens, for whom the way through the Gateway is not what matters.</summary>
    public string AddressesFile => Path.Combine(folder.FullPath, DataFolder.AddressesName);

    /// <exception cref="LocalException">Something on this machine is in the way; the message says what.</exception>
    public static async Task<LocalSystem> StartAsync(
        LocalOptions options,
        IProgress<string> progress,
        CancellationToken ct
    )
    {
        var folder = DataFolder.Open(options.DataDirectory);
        var system = new LocalSystem(options, folder);
        try
        {
            await system.StartAsync(progress, ct);
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    private async Task StartAsync(IProgress<string> progress, CancellationToken ct)
    {
        var replicas = ServiceCatalog.Replicas(options.Replicas);
        EnsurePortIsFree(options.Port);
        var server = new PostgresOptions
        {
            DataDirectory = folder.Postgres,
            ConnectionString = options.Postgres,
            Progress = progress,
            Durable = options.Durable,
        };
        // A first start that was ended while the demo was entered: half of it is of no use to anybody.
        var half = folder.HalfSeeded && options.Postgres is null;
        if (options.Reset || half)
        {
            progress.Report(
                half
                    ? "Starting over: the first start was ended within the demo's seeding"
                    : $"Forgetting what {folder.FullPath} holds"
            );
            await PostgresCluster.DeleteAsync(server, ct);
            folder.Reset();
        }
        var isNew = folder.EnsureSecrets();
        postgres = await PostgresCluster.StartAsync(server, ct);
        if (options.EndsInOrder)
            // Handlers run last-registered first: the cluster's own sees that somebody takes care.
            signals =
            [
                PosixSignalRegistration.Create(PosixSignal.SIGINT, s => s.Cancel = true),
                PosixSignalRegistration.Create(PosixSignal.SIGTERM, s => s.Cancel = true),
            ];
        if (options.Reset && options.Postgres is not null)
            await DropDatabasesAsync(postgres, ct);
        var databases = await CreateDatabasesAsync(postgres, ct);
        progress.Report("Starting the Dapr runtime and the services");
        // In one process they share what .NET measures of a process: only apart they look as in a cluster.
        var metrics = options.Processes ? new MetricsTargets(replicas) : null;
        File.Delete(MetricsTargetsFile);
        metrics?.Write(MetricsTargetsFile);
        var settings = new ServiceSettings(options, replicas, folder, metrics);
        File.WriteAllText(AddressesFile, JsonSerializer.Serialize(settings.Addresses));
        var apps = replicas.ToDictionary(r => r.Name, r => Sidecar(r, settings, options.Components));
        hosting = options.Processes ? new ProcessHosting() : new InProcessHosting();
        await hosting.StartRuntimeAsync(
            new RuntimeSettings(
                databases[ServiceCatalog.Dapr],
                options.Components,
                folder.FullPath,
                [.. apps.Values],
                metrics?.PortOf(ServiceCatalog.Dapr)
            ),
            ct
        );
        // The first of a service has its database migrated before another looks at it.
        foreach (var wave in replicas.GroupBy(r => r.Number > 1))
        {
            await Parallel.ForEachAsync(
                wave,
                ct,
                async (replica, token) =>
                {
                    var database = replica.Service.HasDatabase ? databases[replica.Service.AppId] : null;
                    var its = settings.For(replica, Endpoints(apps[replica.Name]), database);
                    await hosting.StartServiceAsync(replica, its, token);
                }
            );
            await UntilReadyAsync(wave, settings, ct);
        }
        if (options.Seed && !folder.Seeded)
        {
            progress.Report("Seeding the demo");
            if (isNew)
                folder.BeginSeeding();
            await Seeding.Seeder.RunAsync(new Uri(BaseUrl), ct);
            folder.MarkSeeded();
        }
    }

    private static IEnumerable<string> DatabaseNames =>
        ServiceCatalog.All.Where(s => s.HasDatabase).Select(s => s.AppId).Append(ServiceCatalog.Dapr);

    /// <summary>On a server that is not ours the data lies outside the data folder.</summary>
    private static async Task DropDatabasesAsync(PostgresCluster postgres, CancellationToken ct)
    {
        await using var connection = new Npgsql.NpgsqlConnection(postgres.ConnectionString);
        await connection.OpenAsync(ct);
        foreach (var name in DatabaseNames)
        {
            await using var drop = new Npgsql.NpgsqlCommand($"DROP DATABASE IF EXISTS {name} WITH (FORCE)", connection);
            await drop.ExecuteNonQueryAsync(ct);
        }
    }

    private static async Task<IReadOnlyDictionary<string, string>> CreateDatabasesAsync(
        PostgresCluster postgres,
        CancellationToken ct
    )
    {
        var databases = new Dictionary<string, string>();
        foreach (var name in DatabaseNames)
            databases[name] = await postgres.EnsureDatabaseAsync(name, ct);
        return databases;
    }

    private static DaprApp Sidecar(Replica replica, ServiceSettings settings, string components) =>
        new(
            replica.Service.AppId,
            settings.AddressOf(replica.Name),
            FreePort.Next(),
            FreePort.Next(),
            RandomNumberGenerator.GetHexString(32),
            RandomNumberGenerator.GetHexString(32),
            Path.Combine(components, "shared", $"configuration-{replica.Service.AppId}.yaml"),
            // As the chart's annotations have it.
            new AppHealth("/healthz/ready", TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2), 3)
        );

    private static Sidecar Endpoints(DaprApp app) =>
        new(
            app.AppId,
            new Uri($"http://127.0.0.1:{app.HttpPort}"),
            new Uri($"http://127.0.0.1:{app.GrpcPort}"),
            app.ApiToken!,
            app.AppApiToken!
        );

    private static async Task UntilReadyAsync(
        IEnumerable<Replica> replicas,
        ServiceSettings settings,
        CancellationToken ct
    )
    {
        using var http = new HttpClient();
        var start = Stopwatch.GetTimestamp();
        foreach (var name in replicas.Select(r => r.Name))
        {
            var url =
                name == AppIds.Gateway
                    ? new Uri(
                        settings
                            .AddressOf(AppIds.Gateway)
                            .ToString()
                            .Replace("127.0.0.1", "localhost", StringComparison.Ordinal)
                    )
                    : settings.AddressOf(name);
            while (!await AnswersAsync(http, new Uri(url, "/healthz/ready"), ct))
            {
                if (Stopwatch.GetElapsedTime(start) > ReadyLimit)
                    throw new LocalException($"{name} did not become ready; its log is above.");
                await Task.Delay(ReadyPoll, ct);
            }
        }
    }

    private static async Task<bool> AnswersAsync(HttpClient http, Uri url, CancellationToken ct)
    {
        try
        {
            using var response = await http.GetAsync(url, ct);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Under both addresses of "localhost", as the Gateway listens: many a program takes the IPv6 one only.</summary>
    private static void EnsurePortIsFree(int port)
    {
        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            try
            {
                using var probe = new TcpListener(address, port);
                probe.Start();
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AccessDenied)
            {
                throw new LocalException($"Port {port} is not for you to take. Take another with --port.");
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                throw new LocalException($"Port {port} is in use. Take another with --port.");
            }
            catch (SocketException) when (address.Equals(IPAddress.IPv6Loopback))
            {
                // A machine without IPv6.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (hosting is not null)
            await hosting.DisposeAsync();
        if (postgres is not null)
            await postgres.DisposeAsync();
        foreach (var signal in signals)
            signal.Dispose();
        folder.Dispose();
    }
}
