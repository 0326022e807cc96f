using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapr.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Contracts;
using Ticketing.EmbeddedDapr;
using Ticketing.LocalPostgres;
using Ticketing.ServiceDefaults;

namespace Ticketing.TestKit;

/// <summary>
/// Services under test on a real PostgreSQL and a real (embedded) Dapr runtime, each on its own port as in a
/// deployment. Neighbours that are not under test are <see cref="PeerStub"/>s.
/// </summary>
public sealed class TestSystem : IAsyncDisposable
{
    /// <summary>App id of the test itself, for publishing and calling as a neighbour would.</summary>
    private const string TesterAppId = "tester";
    private const string Password = "test-only";

    private readonly Dictionary<string, Func<string[], WebApplication>> builders = [];
    private readonly Dictionary<string, List<string>> settings = [];
    private readonly Dictionary<string, int> ports = [];
    private readonly Dictionary<string, int> metricsPorts = [];
    private readonly Dictionary<string, WebApplication> running = [];
    private readonly Dictionary<string, string> databases = [];
    private readonly string folder = Directory.CreateTempSubdirectory("ticketing-test-").FullName;
    private DaprRuntime? runtime;

    public TestIssuer Issuer { get; private set; } = null!;

    /// <summary>Further ones in the secret store, by name.</summary>
    public Dictionary<string, string> Secrets { get; } = [];

    /// <summary>Where the embedded components keep files and mails.</summary>
    public string Folder => folder;

    /// <summary>The embedded runtime's.</summary>
    public string DaprDatabase { get; private set; } = "";

    /// <summary>Adds a service; <paramref name="configuration"/> are <c>Key:Path=value</c> settings.</summary>
    public TestSystem Service(string appId, Func<string[], WebApplication> build, params string[] configuration)
    {
        builders[appId] = build;
        settings[appId] = [.. configuration];
        return this;
    }

    public TestSystem Stub(string appId, PeerStub stub)
    {
        builders[appId] = stub.Build;
        return this;
    }

    public async Task<TestSystem> StartAsync()
    {
        WriteSecrets();
        Issuer = await TestIssuer.StartAsync();
        foreach (var appId in builders.Keys)
            ports[appId] = FreePort.Next();
        DaprDatabase = await TestPostgres.CreateDatabaseAsync("dapr");
        runtime = await StartRuntimeAsync(DaprDatabase);
        foreach (var appId in builders.Keys)
            await StartAsync(appId);
        return this;
    }

    private Task<DaprRuntime> StartRuntimeAsync(string database) =>
        DaprRuntime.StartAsync(
            new DaprRuntimeOptions
            {
                ConnectionString = database,
                ResourcesPath = Path.Combine(RepositoryRoot, "components", "local"),
                DataDirectory = folder,
                Apps =
                [
                    .. ports.Select(p => new DaprApp(
                        p.Key,
                        new Uri($"http://127.0.0.1:{p.Value}"),
                        ConfigurationPath: ConfigurationOf(p.Key)
                    )),
                    new DaprApp(TesterAppId, new Uri("http://127.0.0.1:9")),
                ],
            },
            CancellationToken.None
        );

    /// <summary>The same as in a cluster, so that a service that calls an API which it may not is found here.</summary>
    private static string? ConfigurationOf(string appId)
    {
        var file = Path.Combine(RepositoryRoot, "components", "shared", $"configuration-{appId}.yaml");
        return File.Exists(file) ? file : null;
    }

    /// <summary>Starts a service (again): same port, same database.</summary>
    public async Task StartAsync(string appId)
    {
        var sidecar = runtime![appId];
        var args = new List<string>
        {
            "--environment=Development",
            $"--urls=http://127.0.0.1:{ports[appId]}",
            $"--DAPR_HTTP_ENDPOINT={sidecar.HttpEndpoint}",
            $"--DAPR_GRPC_ENDPOINT={sidecar.GrpcEndpoint}",
            $"--DAPR_API_TOKEN={sidecar.ApiToken}",
            $"--APP_API_TOKEN={sidecar.AppApiToken}",
            $"--Auth:Authority={Issuer.Authority}",
            // Given at all, spans are recorded, as in a cluster.
            "--Traces:SampleRatio=0.1",
            "--Logging:LogLevel:Default=Warning",
        };
        if (settings.TryGetValue(appId, out var own))
        {
            if (!databases.TryGetValue(appId, out var database))
                databases[appId] = database = await TestPostgres.CreateDatabaseAsync(appId);
            args.Add($"--ConnectionStrings:Database={database}");
            if (!metricsPorts.TryGetValue(appId, out var metrics))
                metricsPorts[appId] = metrics = FreePort.Next();
            args.Add($"--Metrics:Port={metrics}");
            args.AddRange(own.Select(s => "--" + s));
        }
        var app = builders[appId]([.. args]);
        if (app.Services.GetServices<DatabaseMigration>().Any())
            await app.MigrateAsync(CancellationToken.None);
        await app.StartAsync();
        running[appId] = app;
    }

    /// <param name="appId">The service.</param>
    /// <param name="gracefully">As one that is asked to leave, and ends what it has begun.</param>
    public async Task StopAsync(string appId, bool gracefully = false)
    {
        if (!running.Remove(appId, out var app))
            return;
        if (gracefully)
            await app.StopAsync();
        await app.DisposeAsync();
    }

    /// <summary>The service's own container, to look at or to change what cannot be reached from outside.</summary>
    public IServiceProvider Services(string appId) => running[appId].Services;

    public string Database(string appId) => databases[appId];

    /// <summary>
    /// A client of the service's public endpoints, as the Gateway would forward them. One that sends too much expects
    /// 100 Continue, else the connection may end under its sending before it sees the answer.
    /// </summary>
    public HttpClient Client(string appId, Guid? userId = null, params string[] roles)
    {
        var http = new HttpClient(
            new SocketsHttpHandler { AllowAutoRedirect = false, Expect100ContinueTimeout = Timeout.InfiniteTimeSpan }
        )
        {
            BaseAddress = new Uri($"http://127.0.0.1:{ports[appId]}"),
        };
        if (userId is { } id)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Issuer.Token(id, roles));
        return http;
    }

    /// <summary>A client of the service's metrics port, which serves Prometheus.</summary>
    public HttpClient Metrics(string appId) =>
        new() { BaseAddress = new Uri($"http://127.0.0.1:{metricsPorts[appId]}") };

    /// <summary>What Prometheus would read of these services now, together.</summary>
    public Task<Scrape> ScrapeAsync(params string[] appIds) =>
        Scrape.OfAsync(appIds.Select(appId => metricsPorts[appId]));

    /// <summary>Calls the service's internal requests as a neighbour: through Dapr service invocation.</summary>
    public HttpClient Peer(string appId)
    {
        var sidecar = runtime![TesterAppId];
        return DaprClient.CreateInvokeHttpClient(appId, sidecar.HttpEndpoint.ToString(), sidecar.ApiToken);
    }

    /// <summary>Publishes through the broker, as another service would.</summary>
    public async Task PublishAsync<TEvent>(TEvent message, Guid? id = null)
        where TEvent : IEvent
    {
        var sidecar = runtime![TesterAppId];
        using var dapr = new DaprClientBuilder()
            .UseHttpEndpoint(sidecar.HttpEndpoint.ToString())
            .UseGrpcEndpoint(sidecar.GrpcEndpoint.ToString())
            .UseDaprApiToken(sidecar.ApiToken)
            .Build();
        await dapr.PublishByteEventAsync(
            Components.PubSub,
            OutboxExtensions.TopicOf(TEvent.Type),
            JsonSerializer.SerializeToUtf8Bytes(message, ServiceDefaultsExtensions.Json),
            "application/json",
            new Dictionary<string, string>
            {
                ["cloudevent.id"] = (id ?? Guid.CreateVersion7()).ToString(),
                ["cloudevent.type"] = TEvent.Type,
            }
        );
    }

    /// <summary>Delivers an event straight to the service, as its sidecar would, and tells what it answered.</summary>
    public async Task<HttpStatusCode> DeliverAsync<TEvent>(string appId, TEvent message, Guid? id = null)
        where TEvent : IEvent
    {
        using var http = Client(appId);
        http.DefaultRequestHeaders.Add("dapr-api-token", runtime![appId].AppApiToken);
        var topic = OutboxExtensions.TopicOf(TEvent.Type);
        var envelope = JsonSerializer.Serialize(
            new
            {
                specversion = "1.0",
                id = (id ?? Guid.CreateVersion7()).ToString(),
                source = TesterAppId,
                type = TEvent.Type,
                datacontenttype = "application/json",
                topic,
                pubsubname = Components.PubSub,
                data = message,
            },
            ServiceDefaultsExtensions.Json
        );
        using var content = new StringContent(envelope, Encoding.UTF8, "application/cloudevents+json");
        using var response = await http.PostAsync($"/events/{topic}", content);
        return response.StatusCode;
    }

    public static string RepositoryRoot { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Ticketing.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Run inside the repository.");
    }

    /// <summary>What the secret store gives to a service that starts from now on.</summary>
    public void ChangeSecret(string name, Func<string, string> change)
    {
        var secrets = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(SecretsFile))!;
        secrets[name] = change(secrets[name]);
        File.WriteAllText(SecretsFile, JsonSerializer.Serialize(secrets));
    }

    private string SecretsFile => Path.Combine(folder, "secrets.json");

    private void WriteSecrets()
    {
        using var ticketKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var oidcKey = RSA.Create(2048);
        var secrets = new Dictionary<string, string>
        {
            [SecretNames.TicketSigningKey] = ticketKey.ExportPkcs8PrivateKeyPem(),
            [SecretNames.OidcSigningKey] = oidcKey.ExportPkcs8PrivateKeyPem(),
            [SecretNames.PersonalDataKey] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            [SecretNames.LinkKey] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            [SecretNames.WebSessionKey] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            [SecretNames.PixClientSecret] = Password,
            [SecretNames.PixWebhookSecret] = Password,
            [SecretNames.StripeWebhookSecret] = Password,
            [SecretNames.StripeApiKey] = Password,
        };
        foreach (var (name, value) in Secrets)
            secrets[name] = value;
        File.WriteAllText(SecretsFile, JsonSerializer.Serialize(secrets));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var appId in running.Keys.ToArray())
            await StopAsync(appId);
        if (runtime is not null)
            await runtime.DisposeAsync();
        // What failed to start must not hide why.
        if (Issuer is not null)
            await Issuer.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
