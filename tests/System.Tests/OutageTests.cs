using System.Diagnostics;
using System.Net.Http.Json;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Local.Hosting;
using Ticketing.Local.Seeding;
using Order = System.Text.Json.Nodes.JsonNode;

namespace Ticketing.System.Tests;

/// <summary>A broker that gives a message up after seconds, not minutes: what was away comes back after that.</summary>
public sealed class ImpatientBroker : TicketingSystem
{
    protected override bool Processes => true;

    /// <summary>What hangs answers nobody; whoever has waited for it asks again.</summary>
    protected override TimeSpan Patience => TimeSpan.FromSeconds(20);

    protected override Dictionary<string, string[]> Settings =>
        new[] { AppIds.Tickets, AppIds.Products, AppIds.Orders, AppIds.Payments, AppIds.Events }.ToDictionary(
            appId => appId,
            appId =>
                (string[])
                    [
                        "Pull:IdleSeconds=1",
                        .. appId switch
                        {
                            AppIds.Orders => ["Orders:GraceSeconds=5", "Orders:SweepSeconds=1"],
                            AppIds.Payments => ["Payments:CheckSeconds=1"],
                            _ => (string[])[],
                        },
                    ]
        );

    protected override string Components => components.Value;

    private readonly Lazy<string> components;

    public ImpatientBroker() =>
        components = new(() =>
        {
            var copy = Directory.CreateDirectory(Path.Combine(Folder, "components")).FullName;
            foreach (var file in Directory.EnumerateFiles(base.Components, "*", SearchOption.AllDirectories))
            {
                var to = Path.Combine(copy, Path.GetRelativePath(base.Components, file));
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.WriteAllText(
                    to,
                    File.ReadAllText(file)
                        .Replace("value: \"10\"", "value: \"3\"", StringComparison.Ordinal)
                        .Replace("value: 30s", "value: 500ms", StringComparison.Ordinal)
                );
            }
            return copy;
        });
}

/// <summary>
/// Each database, each service and the broker is away for longer than anything is tried again, with an order at each step. What
/// the buyer and the team were refused they ask for again; all else heals without a hand.
/// </summary>
public sealed class OutageTests(ImpatientBroker system) : IClassFixture<ImpatientBroker>
{
    /// <summary>How long it is away: longer than the broker's three tries.</summary>
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(8);

    public static TheoryData<string> Databases =>
        [
            AppIds.Users,
            AppIds.Events,
            AppIds.Tickets,
            AppIds.Products,
            AppIds.Orders,
            AppIds.Payments,
            AppIds.Notifications,
            ServiceCatalog.Dapr,
        ];

    [Theory]
    [MemberData(nameof(Databases))]
    public Task A_database_was_away(string name) => HealsAsync(() => WithoutDatabaseAsync(name));

    /// <summary>It hangs, which is worse than to be gone: whoever asks waits.</summary>
    [Theory]
    [MemberData(nameof(Databases))]
    [InlineData(AppIds.Gateway)]
    public Task A_process_was_away(string name) => HealsAsync(() => WithoutProcessAsync(name));

    /// <summary>The bank and the card processor, with what they tell: the buyers' orders wait, and nobody pays or is paid twice.</summary>
    [Theory]
    [InlineData("down", "lost")]
    [InlineData("silent", "late")]
    [InlineData("slow", "twice")]
    public Task A_bank_was_away(string api, string webhooks) => HealsAsync(() => WithoutBankAsync(api, webhooks));

    private async Task HealsAsync(Func<Task<IAsyncDisposable>> begin)
    {
        using var organizer = await system.LogInAsync(SeedLogins.Organizer);
        var (show, doomed) = (await system.ShowAsync(capacity: 20, stock: 20), await system.ShowAsync(capacity: 20));
        var buyer = await system.BuyerAsync();
        var (returned, ofDoomed) = (await BoughtAsync(buyer, show), await BoughtAsync(buyer, doomed));
        var lessened = await BoughtAsync(buyer, show);
        var part = new { id = Guid.CreateVersion7(), amount = 100 };
        var held = await buyer.HoldAsync(show);
        var waiting = new List<Order>();
        for (var i = 0; i < 2; i++)
            waiting.Add(await buyer.OrderByPixAsync(show, productId: show.ProductId));
        var unpaidOfDoomed = await buyer.OrderByPixAsync(doomed);

        await using (await begin())
        {
            var over = Task.Delay(Away);
            // Whoever is refused, or not answered, comes back later; nobody waits for the other.
            await Task.WhenAll(
                waiting
                    .Select(order => TryAsync(() => buyer.PayAsync(order)))
                    .Append(TryAsync(() => OrderAsync(buyer, held)))
                    .Append(TryAsync(() => RefundAsync(buyer, returned)))
                    .Append(TryAsync(() => RefundPartAsync(organizer, lessened, part)))
                    .Append(TryAsync(() => CancelAsync(organizer, doomed)))
            );
            await over;
        }

        await PatientlyAsync(() => OrderAsync(buyer, held));
        await PatientlyAsync(() => RefundAsync(buyer, returned));
        await PatientlyAsync(() => RefundPartAsync(organizer, lessened, part));
        await PatientlyAsync(() => CancelAsync(organizer, doomed));
        foreach (var order in waiting)
            await PatientlyAsync(() => PayAsync(buyer, order));
        foreach (var order in waiting.Append(held))
            await PatientlyAsync(() => buyer.WaitForStatusAsync(order, "fulfilled"));
        foreach (var order in new[] { returned, ofDoomed })
            await PatientlyAsync(() => buyer.WaitForStatusAsync(order, "refunded"));
        await PatientlyAsync(() => buyer.WaitForStatusAsync(unpaidOfDoomed, "cancelled"));
        await PatientlyAsync(() =>
            buyer.WaitAsync(
                lessened,
                order =>
                    order["partialRefunds"]!.AsArray() is [{ } only]
                    && only.Id() == part.id
                    && only["completed"]!.GetValue<bool>()
            )
        );
        await PatientlyAsync(async () =>
        {
            using var tried = await buyer.TryHoldAsync(doomed);
            if (tried.IsSuccessStatusCode)
                throw new Local.LocalException("A cancelled show sells.");
        });
        await PatientlyAsync(system.AssertInvariantsAsync);
    }

    private static async Task<Order> BoughtAsync(Buyer buyer, Show show)
    {
        var order = await buyer.OrderByCardAsync(show, "tok_approve");
        return await buyer.WaitForStatusAsync(order, "fulfilled");
    }

    /// <summary>The hold is the request's key: the same request again gets its order.</summary>
    private static Task OrderAsync(Buyer buyer, Order hold) => buyer.OrderAsync(hold, "card", "tok_approve");

    private static async Task PayAsync(Buyer buyer, Order order)
    {
        var now = await buyer.Api.GetAsync($"/api/v1/orders/{order.Id()}", default);
        if (now.Text("status") == "awaitingPayment")
            await buyer.PayAsync(now);
    }

    private static async Task RefundAsync(Buyer buyer, Order order)
    {
        var now = await buyer.Api.GetAsync($"/api/v1/orders/{order.Id()}", default);
        if (now.Text("status") == "fulfilled")
            await buyer.Api.PostAsync($"/api/v1/orders/{order.Id()}/refunds", new { reason = "chuva" }, default);
    }

    /// <summary>Its id is the request's key: the same request again is the same refund.</summary>
    private static Task RefundPartAsync(ApiClient organizer, Order order, object part) =>
        organizer.PostAsync($"/api/v1/orders/{order.Id()}/refunds", part, default);

    private static async Task CancelAsync(ApiClient organizer, Show show)
    {
        var now = await organizer.GetAsync($"/api/v1/events/{show.EventId}", default);
        if (now.Text("status") != "cancelled")
            await organizer.PostAsync($"/api/v1/events/{show.EventId}/cancel", new { reason = "chuva" }, default);
    }

    private static async Task TryAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception e) when (IsRefused(e)) { }
    }

    private static bool IsRefused(Exception e) =>
        e is Local.LocalException or HttpRequestException or OperationCanceledException or NpgsqlException;

    private static Task PatientlyAsync(Func<Task> step) =>
        TestKit.Eventually.TrueAsync(async () =>
        {
            try
            {
                await step();
                return true;
            }
            catch (Exception e) when (IsRefused(e))
            {
                return false;
            }
        });

    private async Task<IAsyncDisposable> WithoutDatabaseAsync(string name)
    {
        await AllowAsync(name, false);
        return new After(() => AllowAsync(name, true));
    }

    private async Task AllowAsync(string database, bool connections)
    {
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(system.Local.DatabaseOf(database)) { Database = "postgres" }
        );
        await using var allow = source.CreateCommand($"ALTER DATABASE {database} WITH ALLOW_CONNECTIONS {connections}");
        await allow.ExecuteNonQueryAsync();
        if (connections)
            return;
        await using var end = source.CreateCommand(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"
        );
        end.Parameters.Add(new NpgsqlParameter { Value = database });
        await end.ExecuteNonQueryAsync();
    }

    private async Task<IAsyncDisposable> WithoutProcessAsync(string name)
    {
        var pid = system.Local.ProcessIds[name];
        await SignalAsync(pid, "STOP");
        return new After(() => SignalAsync(pid, "CONT"));
    }

    private static async Task SignalAsync(int pid, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{pid}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    private async Task<IAsyncDisposable> WithoutBankAsync(string api, string webhooks)
    {
        var http = new HttpClient { BaseAddress = system.BaseUrl };
        await SetAsync(
            new
            {
                api,
                webhooks,
                delaySeconds = 60,
            }
        );
        return new After(async () =>
        {
            using (http)
                await SetAsync(new { });
        });

        async Task SetAsync(object fault)
        {
            using var set = await http.PutAsJsonAsync("/sandbox/faults", fault);
            set.EnsureSuccessStatusCode();
        }
    }

    private sealed class After(Func<Task> end) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await end();
    }
}
