using System.Net;
using Microsoft.AspNetCore.Http;
using Ticketing.Contracts;
using Ticketing.Orders.Reading;
using Ticketing.TestKit;

namespace Ticketing.Orders.Tests;

/// <summary>What dies in the middle comes to its end.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private OrdersApp app = null!;

    public async ValueTask InitializeAsync() => app = await OrdersApp.StartAsync("Orders:PaymentWindowSeconds=4");

    public ValueTask DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task Paid_while_the_service_is_down_the_order_is_fulfilled_when_it_is_back()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();
        await app.System.StopAsync(AppIds.Orders);
        await app.System.PublishAsync(buy.Settled());
        await app.System.StartAsync(AppIds.Orders);

        await buy.BecomesAsync(OrderStatus.Fulfilled);
    }

    [Fact]
    public async Task Stopped_within_a_step_the_saga_takes_it_again()
    {
        var reached = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        var buy = app.NewPurchase();
        buy.When(
            "POST /internal/holds/*/commit",
            async _ =>
            {
                reached.TrySetResult();
                await gate.Task;
                return await Task.FromResult<IResult?>(null);
            }
        );
        await buy.PlaceAsync();
        await buy.SettleAsync();
        await reached.Task;
        await app.System.StopAsync(AppIds.Orders);
        gate.SetResult();
        await app.System.StartAsync(AppIds.Orders);

        await buy.BecomesAsync(OrderStatus.Fulfilled);
        await app.HeardAsync<OrderFulfilled>(buy.Id);
        Assert.Equal(1, app.CountTold<OrderFulfilled>(buy.Id));
    }

    [Fact]
    public async Task Unpaid_orders_expire_although_the_service_was_down_at_their_deadline()
    {
        var purchases = Enumerable.Range(0, 3).Select(_ => app.NewPurchase()).ToList();
        var placed = await Task.WhenAll(purchases.Select(buy => buy.PlaceAsync()));
        await app.System.StopAsync(AppIds.Orders);
        await Eventually.TrueAsync(() =>
            Task.FromResult(TimeProvider.System.GetUtcNow() > placed.Max(o => o.ExpiresAt))
        );
        await app.System.StartAsync(AppIds.Orders);

        foreach (var buy in purchases)
            await buy.BecomesAsync(OrderStatus.Expired);
    }

    [Fact]
    public async Task An_order_whose_saga_is_lost_is_driven_to_its_end()
    {
        var unpaid = app.NewPurchase();
        var paid = app.NewPurchase();
        foreach (
            var (buy, call) in new[]
            {
                (unpaid, "POST /internal/orders/*/close"),
                (paid, "POST /internal/holds/*/commit"),
            }
        )
        {
            var step = buy.Stop(call);
            await buy.PlaceAsync();
            if (buy == paid)
                await paid.SettleAsync();
            await step.Reached;
            await buy.LoseSagaAsync();
            // What the lost one was doing fails.
            buy.When(call, () => null);
        }

        await paid.BecomesAsync(OrderStatus.Fulfilled);
        await unpaid.BecomesAsync(OrderStatus.Expired);
        await unpaid.AskedAsync("POST /internal/holds/*/release");
    }

    [Fact]
    public async Task An_ended_order_is_not_driven_again()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();
        await buy.BecomesAsync(OrderStatus.Expired);
        await buy.AskedAsync("POST /internal/holds/*/release");

        await app.System.StopAsync(AppIds.Orders);
        await app.System.StartAsync(AppIds.Orders);

        Assert.Equal(OrderStatus.Expired, (await buy.GetAsync()).Status);
        await app.HeardAsync<OrderExpired>(buy.Id);
        Assert.Equal(1, app.CountTold<OrderExpired>(buy.Id));
        Assert.Equal(1, buy.Count("POST /internal/orders/*/close"));
    }
}
