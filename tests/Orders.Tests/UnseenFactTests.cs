using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Paying;
using Ticketing.Orders.Saga;
using Ticketing.TestKit;

namespace Ticketing.Orders.Tests;

/// <summary>
/// A statement that waits for an order's row goes on with the row as it is then, and with all other tables as they were
/// before it waited. What was written to those meanwhile must count all the same.
/// </summary>
public sealed class UnseenFactTests : IAsyncLifetime
{
    private const string Waits = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1
        """;

    private OrdersApp app = null!;
    private NpgsqlDataSource source = null!;

    /// <summary>Orders are looked at soon anyhow: money that comes need not hurry them.</summary>
    public async ValueTask InitializeAsync()
    {
        app = await OrdersApp.StartAsync("Orders:GraceSeconds=3600");
        source = NpgsqlDataSource.Create(app.System.Database(AppIds.Orders));
    }

    public async ValueTask DisposeAsync()
    {
        await source.DisposeAsync();
        await app.DisposeAsync();
    }

    private IServiceProvider Services => app.System.Services(AppIds.Orders);

    private Task WaitsAsync(string query) =>
        Eventually.TrueAsync(async () => await app.ScalarAsync<long>(Waits, $"%{query}%") > 0);

    private Task<Booked?> BookAsync(Purchase buy) =>
        Services
            .GetRequiredService<Settlements>()
            .BookAsync(buy.Id, Guid.CreateVersion7(), new(buy.Total, "BRL"), CancellationToken.None);

    private Task DriveAsync(Purchase buy) =>
        app.ScalarAsync<object>(
            "UPDATE orders SET drive_after = now() WHERE id = $1 AND drive_after IS NOT NULL",
            buy.Id
        );

    [Fact]
    public async Task Money_that_comes_while_an_order_is_fulfilled_goes_back_though_no_saga_is_started_for_it()
    {
        await app.ScalarAsync<object>(
            """
            CREATE FUNCTION wait_a_bit() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_advisory_xact_lock(1); RETURN new; END $$;
            CREATE TRIGGER slow AFTER INSERT ON settlements FOR EACH ROW EXECUTE FUNCTION wait_a_bit();
            """
        );
        var buy = app.NewPurchase();
        await buy.PlaceAsync();
        var commit = buy.Stop("POST /internal/holds/*/commit");
        await buy.SettleAsync();
        await commit.Reached;

        await using var connection = await source.OpenConnectionAsync();
        await ExecuteAsync(connection, "SELECT pg_advisory_lock(1)");
        var booked = BookAsync(buy);
        await WaitsAsync("INSERT INTO settlements");
        commit.LetGo();
        await WaitsAsync("status = 'Fulfilled'");
        await ExecuteAsync(connection, "SELECT pg_advisory_unlock(1)");
        Assert.False((await booked)!.Kept);

        await buy.BecomesAsync(OrderStatus.Fulfilled);
        await DriveAsync(buy);
        await buy.AskedAsync("POST /internal/orders/*/refunds");
    }

    [Fact]
    public async Task Money_that_goes_back_while_it_would_buy_an_expired_order_buys_nothing()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();
        await buy.DeadlinePassesAsync();
        await buy.BecomesAsync(OrderStatus.Expired);
        await buy.SagaEndsAsync();
        await BookAsync(buy);

        await using var connection = await source.OpenConnectionAsync();
        await using var refund = await connection.BeginTransactionAsync();
        await ExecuteAsync(connection, "SELECT FROM orders WHERE id = $1 FOR UPDATE", buy.Id);
        await Services.GetRequiredService<Sagas>().StartAsync(buy.Id, Need.ReturnMoney, CancellationToken.None);
        await WaitsAsync("status = 'Paid', paid_by");
        await ExecuteAsync(connection, "UPDATE settlements SET refunded_at = now() WHERE order_id = $1", buy.Id);
        await refund.CommitAsync();

        await Eventually.TrueAsync(async () =>
        {
            await DriveAsync(buy);
            return (await buy.GetAsync()).Status is not OrderStatus.Expired;
        });
        Assert.Equal(OrderStatus.Refunded, (await buy.GetAsync()).Status);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        await command.ExecuteNonQueryAsync();
    }
}
