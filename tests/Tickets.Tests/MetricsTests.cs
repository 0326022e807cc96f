using Ticketing.Contracts;
using Ticketing.TestKit;
using Ticketing.Tickets.IssuedTickets;
using static Ticketing.Tickets.Tests.Wire;

namespace Ticketing.Tickets.Tests;

/// <summary>Of its own, so that the figures are of these tests alone.</summary>
public sealed class MeasuredTickets : IAsyncLifetime
{
    public TicketsApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        App = await TicketsApp.StartAsync("Metrics:SampleSeconds=0.1", "Metrics:AuditSeconds=0.1");

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

public sealed class MetricsTests(MeasuredTickets measured) : IClassFixture<MeasuredTickets>
{
    private readonly TicketsApp app = measured.App;

    private static double Decided(Scrape scrape, string outcome) =>
        scrape.Sum("ticketing_holds_decisions_total", ("outcome", outcome));

    private static double CheckedIn(Scrape scrape, string outcome) =>
        scrape.Sum("ticketing_checkins_total", ("outcome", outcome));

    [Fact]
    public async Task Holds_are_counted_by_outcome()
    {
        var show = new Show();
        var (few, limited) = (show.Standing(2), show.Standing(100, maxPerOrder: 1));
        await app.SellAsync(show);
        using var buyer = app.Person();
        buyer.DefaultRequestHeaders.Add("Idempotency-Key", $"{Guid.CreateVersion7()}");
        using var second = app.Person();
        var before = await app.ScrapeAsync();

        await buyer.HoldAsync(show.SessionId, Some(few, 2));
        await buyer.HoldAsync(show.SessionId, Some(few, 2));
        await second.HoldAsync(show.SessionId, Some(few));
        await second.HoldAsync(show.SessionId, Some(limited, 2));

        await Eventually.HoldsAsync(async () =>
        {
            var after = await app.ScrapeAsync();
            foreach (var outcome in new[] { "granted", "replayed", "sold-out", "limit-reached" })
                Assert.Equal(1, Decided(after, outcome) - Decided(before, outcome));
            const string batches = "ticketing_holds_batch_count";
            Assert.Equal(4, after.Sum(batches) - before.Sum(batches));
            Assert.Equal(0, after.Sum("ticketing_holds_waiting"));
            // One a replica.
            Assert.Equal(2, after.Of("ticketing_holds_waiting").Count());
        });
    }

    [Fact]
    public async Task Requests_that_the_database_did_not_decide_are_counted()
    {
        var show = new Show();
        var type = show.Standing(2);
        await app.SellAsync(show);
        using var buyer = app.Person();
        await app.ExecuteAsync("ALTER TABLE hold_items RENAME TO gone");
        await buyer.HoldAsync(show.SessionId, Some(type));
        await app.ExecuteAsync("ALTER TABLE gone RENAME TO hold_items");
        await Eventually.GetAsync(app.ScrapeAsync, s => Decided(s, "failed") >= 1);
    }

    [Fact]
    public async Task Requests_that_wait_are_told_until_they_are_decided()
    {
        const string waiting = "ticketing_holds_waiting";
        var show = new Show();
        var type = show.Standing(10);
        await app.SellAsync(show);
        using var buyer = app.System.Client(AppIds.Tickets, Guid.CreateVersion7());
        await using var connection = await app.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "LOCK TABLE holds IN ACCESS EXCLUSIVE MODE";
        await command.ExecuteNonQueryAsync();
        var decided = buyer.HoldAsync(show.SessionId, Some(type));
        // The first is in the database, and the writer with it. Seen from outside: a transaction's view of it stands still.
        await using var look = app.Database.CreateCommand(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%take_holds%'
            """
        );
        await Eventually.GetAsync(async () => (long)(await look.ExecuteScalarAsync())!, blocked => blocked > 0);
        var later = new[] { 1, 1 }.Select(n => buyer.HoldAsync(show.SessionId, Some(type, n)));
        var all = Task.WhenAll([decided, .. later]);
        await Eventually.GetAsync(app.ScrapeAsync, s => s.Sum(waiting) == 2);
        await transaction.CommitAsync();
        Assert.All(await all, a => Assert.Equal(201, (int)a.StatusCode));
        await Eventually.GetAsync(app.ScrapeAsync, s => s.Sum(waiting) == 0);
    }

    [Fact]
    public async Task Leases_that_end_unused_are_counted()
    {
        var show = new Show();
        var type = show.Standing(2);
        await app.SellAsync(show);
        using var buyer = app.Person();
        var hold = await (
            await buyer.HoldAsync(show.SessionId, Some(type))
        ).ReadAsync<Ticketing.Tickets.Holds.HoldView>(201);
        await app.LapseAsync(hold.Id);
        await Eventually.GetAsync(app.ScrapeAsync, s => s.Sum("ticketing_holds_expired_total") >= 1);
    }

    [Fact]
    public async Task Issued_tickets_are_counted_once_and_check_ins_by_outcome()
    {
        var (show, other) = (new Show(), new Show());
        var type = show.Standing(10);
        other.Standing(1);
        await app.SellAsync(show);
        await app.SellAsync(other);
        var keeper = Guid.CreateVersion7();
        await app.TeamMemberAsync(show, keeper, TeamRole.Door);
        using var door = app.Person(keeper);
        var before = await app.ScrapeAsync();

        var purchase = await app.BuyAsync(show.SessionId, null, Some(type, 2));
        (await app.CommitAsync(purchase.OrderId, purchase.BuyerId)).EnsureSuccessStatusCode();
        using var owner = app.Person(purchase.BuyerId);
        var codes = new List<string>();
        foreach (var ticket in purchase.Tickets)
            codes.Add((await (await owner.GetAsync($"/api/v1/tickets/{ticket.Id}")).ReadAsync<TicketView>()).Code!);
        await ScanAsync(codes[0]);
        await ScanAsync(codes[0]);
        await ScanAsync("no code of ours");
        await ScanAsync(codes[1], other.SessionId);
        await app.DisputeAsync(purchase.OrderId);
        await ScanAsync(codes[1]);
        (await app.VoidAsync(purchase.OrderId, evenIfUsed: true)).EnsureSuccessStatusCode();
        await ScanAsync(codes[1]);

        await Eventually.HoldsAsync(async () =>
        {
            var after = await app.ScrapeAsync();
            const string issued = "ticketing_tickets_issued_total";
            Assert.Equal(2, after.Sum(issued) - before.Sum(issued));
            const string blocked = "ticketing_tickets_blocked_total";
            Assert.Equal(2, after.Sum(blocked) - before.Sum(blocked));
            foreach (
                var outcome in new[]
                {
                    "admitted",
                    "already-used",
                    "not-found",
                    "wrong-session",
                    "ticket-blocked",
                    "voided",
                }
            )
                Assert.Equal(1, CheckedIn(after, outcome) - CheckedIn(before, outcome));
        });

        Task<HttpResponseMessage> ScanAsync(string code, Guid? sessionId = null) =>
            System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(
                door,
                "/api/v1/check-ins",
                new
                {
                    code,
                    gate = "A",
                    sessionId,
                }
            );
    }

    [Theory]
    [InlineData("UPDATE pools SET held = held + 1, available = available - 1 WHERE id = $1")]
    [InlineData("UPDATE pools SET sold = sold + 1, available = available - 1 WHERE id = $1")]
    public async Task A_pool_whose_counters_lie_is_told(string lie)
    {
        const string gauge = "ticketing_pools_unbalanced";
        var show = new Show();
        var type = show.Standing(10);
        await app.SellAsync(show);
        await app.BuyAsync(show.SessionId, null, Some(type, 2));
        // Each replica tells the same figure.
        await UntilAsync(0);
        await app.ExecuteAsync(lie, show.PoolOf(type));
        await UntilAsync(1);
        await app.ExecuteAsync("UPDATE pools SET held = 0, sold = 2, available = 8 WHERE id = $1", show.PoolOf(type));
        await UntilAsync(0);

        Task UntilAsync(double pools) =>
            Eventually.GetAsync(
                app.ScrapeAsync,
                s => s.Of(gauge).Count() == 2 && s.Of(gauge).All(replica => replica.Value == pools)
            );
    }
}
