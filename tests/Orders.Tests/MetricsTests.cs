using Microsoft.AspNetCore.Http;
using Ticketing.Contracts;
using Ticketing.Orders.Reading;
using Ticketing.TestKit;

namespace Ticketing.Orders.Tests;

/// <summary>What Prometheus reads; a system of its own, so that the figures are of these purchases alone.</summary>
public sealed class MeasuredOrders : IAsyncLifetime
{
    public OrdersApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync() => App = await OrdersApp.StartAsync("Metrics:SampleSeconds=0.1");

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

public sealed class MetricsTests(MeasuredOrders measured) : IClassFixture<MeasuredOrders>
{
    private const string StepCount = "ticketing_saga_step_duration_seconds_count";

    private readonly OrdersApp app = measured.App;

    private Task<Scrape> ScrapeAsync() => app.System.ScrapeAsync(AppIds.Orders);

    private static double Reached(Scrape scrape, OrderStatus status) =>
        scrape.Sum("ticketing_orders_reached_total", ("status", status.ToString()));

    private static double Steps(Scrape scrape, string step, string outcome) =>
        scrape.Sum(StepCount, ("step", step), ("outcome", outcome));

    [Fact]
    public async Task A_purchase_is_counted_at_each_status_and_step()
    {
        var before = await ScrapeAsync();
        var buy = app.NewPurchase();
        await buy.PlaceAsync();
        await buy.SettleAsync();
        var after = await Eventually.GetAsync(
            ScrapeAsync,
            s => Steps(s, "DeliverOrder", "done") > Steps(before, "DeliverOrder", "done")
        );

        foreach (
            var status in new[]
            {
                OrderStatus.Pending,
                OrderStatus.AwaitingPayment,
                OrderStatus.Paid,
                OrderStatus.Fulfilled,
            }
        )
            Assert.Equal(1, Reached(after, status) - Reached(before, status));
        const string delivered = "ticketing_orders_delivery_seconds_count";
        Assert.Equal(1, after.Sum(delivered) - before.Sum(delivered));
        Assert.Contains(
            after.Of("ticketing_saga_step_duration_seconds_bucket", ("step", "DeliverOrder")),
            s => s.Labels["le"] == "0.25"
        );
    }

    [Fact]
    public async Task A_step_that_is_refused_or_fails_is_told_apart()
    {
        var before = await ScrapeAsync();
        var away = 1;
        var refused = app.NewPurchase().When("POST /internal/holds/*/commit", () => PeerStub.Problem(409, "sold-out"));
        await refused.PlaceAsync();
        await refused.SettleAsync();
        var failing = app.NewPurchase()
            .When(
                "POST /internal/holds/*/commit",
                () => Interlocked.Exchange(ref away, 0) == 1 ? Results.StatusCode(503) : null
            );
        await failing.PaidAsync();

        await Eventually.GetAsync(
            ScrapeAsync,
            s =>
                Steps(s, "DeliverOrder", "refused") >= 1
                && Steps(s, "DeliverOrder", "failed") >= 1
                // To its end, so that it counts in no other test.
                && Steps(s, "DeliverOrder", "done") > Steps(before, "DeliverOrder", "done")
        );
    }

    [Fact]
    public async Task The_search_for_overdue_orders_reads_the_unfinished_ones_only()
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(app.System.Database(AppIds.Orders));
        await using var connection = await source.OpenConnectionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SET enable_seqscan = off; EXPLAIN " + OrderMetrics.Overdue.Sql;
        var plan = new global::System.Text.StringBuilder();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            plan.AppendLine(reader.GetString(0));
        Assert.Contains("ix_orders_unfinished", plan.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_order_that_does_not_end_is_overdue_until_it_does()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();
        await Eventually.GetAsync(
            ScrapeAsync,
            s => s.Of("ticketing_orders_overdue").Any() && s.Sum("ticketing_orders_overdue") == 0
        );
        // The sweep looks much later.
        await app.ScalarAsync<object>(
            "UPDATE orders SET expires_at = now() - interval '6 minutes', drive_after = now() + interval '1 hour' WHERE id = $1",
            buy.Id
        );
        await Eventually.GetAsync(ScrapeAsync, s => s.Sum("ticketing_orders_overdue") == 1);

        await app.ScalarAsync<object>("UPDATE orders SET drive_after = now() WHERE id = $1", buy.Id);
        await buy.BecomesAsync(OrderStatus.Expired);
        await Eventually.GetAsync(ScrapeAsync, s => s.Sum("ticketing_orders_overdue") == 0);
        Assert.True(Reached(await ScrapeAsync(), OrderStatus.Expired) >= 1);
    }
}
