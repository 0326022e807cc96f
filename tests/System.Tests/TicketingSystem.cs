using Ticketing.Contracts;
using Ticketing.Local;
using Ticketing.Local.Auditing;
using Ticketing.Local.Hosting;
using Ticketing.Local.Seeding;
using Ticketing.LocalPostgres;

namespace Ticketing.System.Tests;

/// <summary>The whole system as <c>dotnet run --project services/Local</c> starts it, with its demo data.</summary>
public class TicketingSystem : IAsyncLifetime
{
    private LocalSystem system = null!;

    /// <summary>Settings that a scenario needs, by service.</summary>
    protected virtual Dictionary<string, string[]> Settings =>
        new()
        {
            // Every webhook comes twice, in every scenario.
            ["sandbox"] = ["Sandbox:DuplicateWebhooks=true", "Sandbox:SettleLateSeconds=2"],
        };

    protected virtual bool Processes => false;

    /// <summary>How many of a service run; one, where nothing is said.</summary>
    protected virtual Dictionary<string, int> Replicas => [];

    /// <summary>The folder of Dapr's component files.</summary>
    protected virtual string Components { get; } = Path.Combine(AppContext.BaseDirectory, "components");

    /// <summary>How long a person waits for an answer.</summary>
    protected virtual TimeSpan Patience => TimeSpan.FromSeconds(100);

    public string Folder { get; } = Directory.CreateTempSubdirectory("ticketing-system-").FullName;

    public Uri BaseUrl => new(system.BaseUrl);

    internal LocalSystem Local => system;

    private LocalOptions Options { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Options = new LocalOptions
        {
            Port = FreePort.Next(),
            DataDirectory = Folder,
            Settings = Settings,
            Processes = Processes,
            Replicas = Replicas,
            Durable = false,
            Components = Components,
        };
        await StartAsync();
    }

    public async Task StartAsync() =>
        system = await LocalSystem.StartAsync(Options, new Progress<string>(), CancellationToken.None);

    public async Task StopAsync() => await system.DisposeAsync();

    /// <summary>A new person with an account.</summary>
    internal async Task<Buyer> BuyerAsync()
    {
        var buyer = new Buyer(new ApiClient(BaseUrl) { Patience = Patience });
        await buyer.RegisterAsync();
        return buyer;
    }

    internal async Task<ApiClient> LogInAsync(SeedLogin login)
    {
        var api = new ApiClient(BaseUrl) { Patience = Patience };
        await api.LogInAsync(login.Email, login.Password, CancellationToken.None);
        return api;
    }

    /// <summary>A published general-admission session of the seeded organizer, of its own for one scenario.</summary>
    internal async Task<Show> ShowAsync(int capacity, int price = 10000, int stock = 0)
    {
        using var organizer = await LogInAsync(SeedLogins.Organizer);
        return await Show.PublishAsync(organizer, capacity, price, stock);
    }

    /// <summary>I1 to I7 hold in every database. I5, that all is told, may hold a little later: who tells it waits after an outage.</summary>
    internal Task AssertInvariantsAsync() =>
        TestKit.Eventually.GetAsync(
            async () =>
            {
                var findings = await Auditor.RunAsync(
                    system.DatabaseOf,
                    TimeProvider.System.GetUtcNow(),
                    CancellationToken.None
                );
                Assert.All(findings.Where(f => f.Id != "I5"), f => Assert.True(f.Ok, $"{f.Id} {f.Detail}"));
                return findings.Single(f => f.Id == "I5");
            },
            told => told.Ok
        );

    public async ValueTask DisposeAsync()
    {
        await system.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }
}

/// <summary>The same with deadlines of seconds, for what happens when they pass.</summary>
public sealed class ImpatientSystem : TicketingSystem
{
    protected override Dictionary<string, string[]> Settings =>
        new()
        {
            ["orders"] = ["Orders:PaymentWindowSeconds=10", "Orders:SweepSeconds=1", "Orders:GraceSeconds=5"],
            ["tickets"] = ["Tickets:SweepSeconds=1"],
            ["payments"] = ["Payments:CheckSeconds=1"],
        };
}

/// <summary>Two of each service behind the one origin, which rehearse before they are ready.</summary>
public sealed class ReplicatedSystem : TicketingSystem
{
    protected override Dictionary<string, string[]> Settings =>
        ServiceCatalog.All.ToDictionary(
            s => s.AppId,
            s => (string[])["WarmUp:Seconds=60", .. base.Settings.GetValueOrDefault(s.AppId, [])]
        );

    protected override Dictionary<string, int> Replicas =>
        ServiceCatalog
            .All.Select(s => s.AppId)
            .Except([AppIds.Gateway, AppIds.Sandbox])
            .ToDictionary(appId => appId, _ => 2);
}

/// <summary>One process each, and two of Orders, which drives a purchase; they leave as pods do.</summary>
public sealed class SystemOfReplicas : TicketingSystem
{
    protected override bool Processes => true;

    protected override Dictionary<string, string[]> Settings =>
        new(base.Settings)
        {
            // Three looks of the sidecar at the replica's health, five seconds apart, and a breath.
            [AppIds.Orders] = ["Drain:Seconds=17"],
        };

    protected override Dictionary<string, int> Replicas => new() { [AppIds.Orders] = 2 };
}

/// <summary>One process each, as in a deployment.</summary>
public sealed class SystemOfProcesses : TicketingSystem
{
    protected override bool Processes => true;
}
