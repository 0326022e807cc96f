using System.Net;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Orders.Tests;

/// <summary>What no message told is read again from Payments and Events.</summary>
public sealed class PullTests(PullTests.EagerApp eager) : IClassFixture<PullTests.EagerApp>
{
    public sealed class EagerApp : IAsyncLifetime
    {
        public OrdersApp App { get; private set; } = null!;

        public async ValueTask InitializeAsync() => App = await OrdersApp.StartAsync("Pull:IdleSeconds=0.2");

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }

    private readonly OrdersApp app = eager.App;

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private void Becomes(Purchase buy, SettlementKind kind) =>
        app.Neighbours.Settlements.Enqueue(new(kind, buy.Payments[1].Id, buy.Id, new Money(buy.Total, "BRL"), Now));

    private async Task<Purchase> PaidAsync()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();
        Becomes(buy, SettlementKind.Settled);
        await buy.BecomesAsync(OrderStatus.Fulfilled);
        return buy;
    }

    [Fact]
    public async Task Money_that_no_message_told_of_buys_the_tickets()
    {
        var buy = await PaidAsync();
        await app.HeardAsync<OrderFulfilled>(buy.Id);
    }

    [Fact]
    public async Task A_refund_that_no_message_told_of_ends_the_order()
    {
        var buy = await PaidAsync();
        using (var asked = await buy.SendAsync("refunds"))
            Assert.True(asked.IsSuccessStatusCode);
        await buy.AskedAsync("POST /internal/orders/*/refunds");

        Becomes(buy, SettlementKind.Refunded);

        await buy.BecomesAsync(OrderStatus.Refunded);
        await app.HeardAsync<OrderRefunded>(buy.Id);
    }

    [Fact]
    public async Task A_dispute_that_no_message_told_of_keeps_the_money_where_it_is()
    {
        var buy = await PaidAsync();

        Becomes(buy, SettlementKind.Disputed);

        await Eventually.TrueAsync(() =>
            app.ScalarAsync<bool>("SELECT disputed_at IS NOT NULL FROM orders WHERE id = $1", buy.Id)
        );
        using var refused = await buy.SendAsync("refunds");
        Assert.Equal("payment-disputed", await Purchase.ProblemAsync(refused));
        Assert.Equal(
            new BlockTickets("payment-disputed"),
            buy.Asked.First(r => r.Is("POST /internal/orders/*/block")).Read<BlockTickets>()
        );
    }

    [Fact]
    public async Task A_dispute_is_told_to_the_door_until_it_knows_it()
    {
        var buy = await PaidAsync();
        var isBack = false;
        buy.When("POST /internal/orders/*/block", () => isBack ? null : PeerStub.Problem(503, "away"));
        Becomes(buy, SettlementKind.Disputed);
        await Eventually.TrueAsync(() => Task.FromResult(buy.Count("POST /internal/orders/*/block") > 1));
        using (var refused = await buy.SendAsync("refunds"))
            Assert.Equal("payment-disputed", await Purchase.ProblemAsync(refused));
        Assert.False(await DoorKnowsAsync(buy));

        isBack = true;

        await Eventually.TrueAsync(() => DoorKnowsAsync(buy));
    }

    private Task<bool> DoorKnowsAsync(Purchase buy) =>
        app.ScalarAsync<bool>(
            "SELECT bool_and(door IS NOT DISTINCT FROM state) FROM disputes WHERE order_id = $1",
            buy.Id
        );

    [Fact]
    public async Task An_outcome_that_no_message_told_of_opens_the_door_again_or_ends_the_order()
    {
        var (won, lost) = (await PaidAsync(), await PaidAsync());
        foreach (var buy in new[] { won, lost })
        {
            Becomes(buy, SettlementKind.Disputed);
            await buy.AskedAsync("POST /internal/orders/*/block");
        }

        Becomes(won, SettlementKind.DisputeWon);
        lost.When("POST /internal/orders/*/refunds", () => PeerStub.Json(new RefundAccepted(new(0, "BRL"), true), 202));
        Becomes(lost, SettlementKind.DisputeLost);

        await won.AskedAsync("POST /internal/orders/*/unblock");
        await lost.BecomesAsync(OrderStatus.Refunded);
    }

    [Fact]
    public async Task A_cancellation_that_no_message_told_of_ends_the_orders()
    {
        var (paid, unpaid, date) = (await PaidAsync(), app.NewPurchase(), await PaidAsync());
        await unpaid.PlaceAsync();

        app.Neighbours.Changes.Events.Enqueue(new(null, new(paid.EventId, 2, "chuva", Now)));
        app.Neighbours.Changes.Events.Enqueue(new(null, new(unpaid.EventId, 2, "chuva", Now)));
        var told = new EventSnapshot(
            date.EventId,
            2,
            date.OrganizerId,
            "Produtora",
            "Noite",
            "noite",
            new(Guid.CreateVersion7(), "Arena", "Rua 1", "São Paulo", "SP", "America/Sao_Paulo"),
            [
                new(date.SessionId, date.StartsAt, null, null, true, null, [], []),
                new(Guid.CreateVersion7(), date.StartsAt, null, null, false, null, [], []),
            ]
        );
        app.Neighbours.Changes.Events.Enqueue(new(told, null));

        await paid.AskedAsync("POST /internal/orders/*/refunds");
        await date.AskedAsync("POST /internal/orders/*/refunds");
        Assert.Equal("event-cancelled", (await unpaid.BecomesAsync(OrderStatus.Cancelled)).CancelReason);
    }

    [Fact]
    public async Task Somebody_who_joined_unheard_sees_the_orders()
    {
        var buy = await PaidAsync();
        var person = Guid.CreateVersion7();

        app.Neighbours.Changes.Members.Enqueue(new(buy.OrganizerId, person, TeamRole.Finance, 1));

        using var http = app.System.Client(AppIds.Orders, person);
        await Eventually.TrueAsync(async () =>
        {
            using var answer = await http.GetAsync($"/api/v1/orders/{buy.Id}");
            return answer.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task What_is_known_and_what_is_nobodys_change_nothing_and_stop_nothing()
    {
        var known = app.NewPurchase();
        await known.PaidAsync();
        using (var asked = await known.SendAsync("refunds"))
            Assert.True(asked.IsSuccessStatusCode);
        await known.AskedAsync("POST /internal/orders/*/refunds");
        await known.RefundedAsync();
        await known.BecomesAsync(OrderStatus.Refunded);
        await app.HeardAsync<OrderRefunded>(known.Id);
        // Nothing is left to do for it.
        await Eventually.TrueAsync(() =>
            app.ScalarAsync<bool>("SELECT drive_after IS NULL FROM orders WHERE id = $1", known.Id)
        );
        const string Row =
            "SELECT o.xmin || ' ' || s.xmin FROM orders o JOIN settlements s ON s.order_id = o.id WHERE o.id = $1";
        var before = await app.ScalarAsync<string>(Row, known.Id);

        Becomes(known, SettlementKind.Settled);
        Becomes(known, SettlementKind.Refunded);
        foreach (var kind in Enum.GetValues<SettlementKind>())
            app.Neighbours.Settlements.Enqueue(
                new(kind, Guid.CreateVersion7(), Guid.CreateVersion7(), new Money(1, "BRL"), Now)
            );
        // Facts are read in their order: this one is after them.
        await PaidAsync();

        Assert.Equal(before, await app.ScalarAsync<string>(Row, known.Id));
        Assert.Equal(1, app.CountTold<OrderFulfilled>(known.Id));
        Assert.Equal(1, app.CountTold<OrderRefunded>(known.Id));
    }

    [Fact]
    public async Task A_pull_that_stands_still_tells_since_when()
    {
        await using var own = await OrdersApp.StartAsync("Pull:IdleSeconds=0.2");
        await Eventually.GetAsync(
            () => own.System.ScrapeAsync(AppIds.Orders),
            s => Age(s, "events") < 2 && Age(s, "team members") < 2 && Age(s, "settlements") < 2
        );

        own.Neighbours.Events.Handle = _ => Task.FromResult(PeerStub.Problem(503, "away"));

        await Eventually.GetAsync(
            () => own.System.ScrapeAsync(AppIds.Orders),
            s => Age(s, "events") > 3 && Age(s, "team members") > 3 && Age(s, "settlements") < 2
        );

        static double Age(Scrape scrape, string fact) =>
            scrape.Of("ticketing_pull_age_seconds").Any()
                ? scrape.Sum("ticketing_pull_age_seconds", ("fact", fact))
                : double.MaxValue;
    }
}
