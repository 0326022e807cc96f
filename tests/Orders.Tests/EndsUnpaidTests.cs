using System.Net;
using Microsoft.AspNetCore.Http;
using Ticketing.Contracts;
using Ticketing.Orders.Reading;
using Ticketing.TestKit;

namespace Ticketing.Orders.Tests;

public sealed class ExpiryTests(OrdersApp app)
{
    [Fact]
    public async Task An_unpaid_order_expires_and_gives_everything_back()
    {
        await using var hasty = await OrdersApp.StartAsync("Orders:PaymentWindowSeconds=2");
        var buy = hasty.NewPurchase(p =>
        {
            p.Products.Add(new(Guid.CreateVersion7(), "Estacionamento", new(5000, "BRL"), 1));
            p.Discount = 1000;
        });
        await buy.PlaceAsync();

        var order = await buy.BecomesAsync(OrderStatus.Expired);
        Assert.Null(order.CancelReason);
        await buy.AskedAsync("DELETE /internal/coupons/redemptions/*");
        Assert.Equal(2, buy.Count("POST /internal/holds/*/release"));
        var calls = buy.Asked.ToList();
        Assert.True(
            calls.FindIndex(r => r.Is("POST /internal/orders/*/close"))
                < calls.FindIndex(r => r.Is("POST /internal/holds/*/release")),
            "money looks back before the stock goes"
        );
        var told = await hasty.HeardAsync<OrderExpired>(buy.Id);
        Assert.Equal(order.Number, told.Order.Number);
        using var late = await buy.SendAsync("payments", new { method = "pix" });
        Assert.Equal("order-not-payable", await Purchase.ProblemAsync(late));
        using var cancel = await buy.SendAsync("cancel");
        Assert.Equal("order-over", await Purchase.ProblemAsync(cancel));
    }

    [Fact]
    public async Task A_late_payment_gets_the_tickets_when_they_are_free()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();
        await buy.DeadlinePassesAsync();
        await buy.BecomesAsync(OrderStatus.Expired);

        await buy.SettleAsync();

        await buy.BecomesAsync(OrderStatus.Fulfilled);
        await app.HeardAsync<OrderFulfilled>(buy.Id);
        Assert.Equal(0, buy.Count("POST /internal/orders/*/refunds"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("redemption-voided")]
    public async Task A_late_payment_counts_its_coupon_again(string? refusal)
    {
        var buy = app.NewPurchase(p => p.Discount = 1000)
            .When(
                "POST /internal/coupons/redemptions/*/commit",
                () => refusal is null ? null : PeerStub.Problem(409, refusal)
            );
        await buy.PlaceAsync();
        await buy.DeadlinePassesAsync();
        await buy.BecomesAsync(OrderStatus.Expired);
        await buy.AskedAsync("DELETE /internal/coupons/redemptions/*");

        await buy.SettleAsync();

        // What was paid is what was agreed on, whoever has the coupon now.
        await buy.BecomesAsync(OrderStatus.Fulfilled);
        Assert.True(buy.Count("POST /internal/coupons/redemptions/*/commit") > 0);
    }

    [Fact]
    public async Task A_late_payment_goes_back_once_when_the_tickets_are_gone()
    {
        var buy = app.NewPurchase().When("POST /internal/holds/*/commit", () => PeerStub.Problem(409, "sold-out"));
        await buy.PlaceAsync();
        await buy.DeadlinePassesAsync();
        await buy.BecomesAsync(OrderStatus.Expired);

        await buy.SettleAsync();
        await app.DeliverAsync(buy.Settled());
        await buy.AskedAsync("POST /internal/orders/*/refunds");
        await buy.RefundedAsync();

        await buy.BecomesAsync(OrderStatus.Refunded);
        var operations = buy
            .Asked.Where(r => r.Is("POST /internal/orders/*/refunds"))
            .Select(r => r.Read<RefundOrder>().OperationId);
        Assert.Single(operations.Distinct());
        await app.HeardAsync<OrderRefunded>(buy.Id);
    }

    [Fact]
    public async Task Paid_while_it_is_closed_the_order_goes_on()
    {
        var buy = app.NewPurchase();
        buy.When(
            "POST /internal/orders/*/close",
            async _ =>
            {
                // Payments learns from the provider that the buyer has just paid; the event follows.
                buy.Payments[1] = buy.Payments[1] with
                {
                    Status = PaymentStatus.Settled,
                };
                return await Task.FromResult<IResult?>(null);
            }
        );
        await buy.PlaceAsync();
        await buy.DeadlinePassesAsync();
        await buy.AskedAsync("POST /internal/orders/*/close");
        await buy.SettleAsync();

        await buy.BecomesAsync(OrderStatus.Fulfilled);
        Assert.Equal(0, buy.Count("POST /internal/holds/*/release"));
        Assert.Equal(0, app.CountTold<OrderExpired>(buy.Id));
    }

    [Fact]
    public async Task While_the_provider_is_silent_nothing_is_given_up()
    {
        var silent = true;
        var buy = app.NewPurchase()
            .When(
                "POST /internal/orders/*/close",
                () => silent ? PeerStub.Problem(503, "payment-provider-unavailable") : null
            );
        await buy.PlaceAsync();
        await buy.DeadlinePassesAsync();
        await Eventually.TrueAsync(() => Task.FromResult(buy.Count("POST /internal/orders/*/close") >= 2));
        Assert.Equal(OrderStatus.AwaitingPayment, (await buy.GetAsync()).Status);
        Assert.Equal(0, buy.Count("POST /internal/holds/*/release"));

        silent = false;
        await buy.BecomesAsync(OrderStatus.Expired);
        await buy.AskedAsync("POST /internal/holds/*/release");
    }

    [Fact]
    public async Task An_order_whose_stock_could_not_be_released_at_once_is_released_later()
    {
        var left = 2;
        var buy = app.NewPurchase()
            .When(
                "POST /internal/holds/*/release",
                () => Interlocked.Decrement(ref left) >= 0 ? PeerStub.Problem(503, "away") : null
            );
        await buy.PlaceAsync();
        await buy.DeadlinePassesAsync();
        await buy.BecomesAsync(OrderStatus.Expired);

        await Eventually.TrueAsync(async () =>
            await app.ScalarAsync<long>("SELECT count(*) FROM orders WHERE id = $1 AND drive_after IS NULL", buy.Id)
            == 1
        );
        // Two that failed and one; the sweep may come between and ask once more, which changes nothing.
        Assert.InRange(buy.Count("POST /internal/holds/*/release"), 3, 4);
    }

    [Fact]
    public async Task A_late_second_payment_after_a_late_first_one_goes_back()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync(new { method = "card", cardToken = "tok_decline" });
        using (await buy.SendAsync("payments", new { method = "pix" })) { }
        await buy.DeadlinePassesAsync();
        await buy.BecomesAsync(OrderStatus.Expired);

        await Task.WhenAll(buy.SettleAsync(1), buy.SettleAsync(2));

        await buy.BecomesAsync(OrderStatus.Fulfilled);
        await buy.AskedAsync("POST /internal/orders/*/refunds");
        var kept = await app.ScalarAsync<Guid>("SELECT paid_by FROM orders WHERE id = $1", buy.Id);
        var refund = buy.Asked.First(r => r.Is("POST /internal/orders/*/refunds")).Read<RefundOrder>();
        Assert.NotEqual(kept, refund.PaymentId);
    }
}

public sealed class CancelTests(OrdersApp app)
{
    [Fact]
    public async Task An_order_that_came_to_nothing_forgets_an_erased_buyer()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();
        using (await buy.SendAsync("cancel")) { }
        await buy.BecomesAsync(OrderStatus.Cancelled);
        var bought = app.NewPurchase();
        await bought.PaidAsync();
        var message = Guid.CreateVersion7();
        foreach (var person in new[] { buy.BuyerId, buy.BuyerId, bought.BuyerId })
            Assert.Equal(
                HttpStatusCode.OK,
                await app.DeliverAsync(
                    new UserErased(person, TimeProvider.System.GetUtcNow()),
                    person == bought.BuyerId ? null : message
                )
            );

        Assert.Equal(new BuyerView("", ""), (await buy.GetAsync()).Buyer);
        Assert.Equal("Maria da Silva", (await bought.GetAsync()).Buyer!.Name);
    }

    [Fact]
    public async Task Of_a_sale_the_buyer_stays_and_who_came_along_is_forgotten()
    {
        var buy = app.NewPurchase(p => p.Attendees.Add("Zoé Simões"));
        await buy.PaidAsync();
        await buy.BecomesAsync(OrderStatus.Fulfilled);
        await app.ScalarAsync<object>(
            """
            INSERT INTO outbox (id, type, payload, next_try_at) VALUES ($1, 'order.fulfilled',
                jsonb_build_object('order', jsonb_build_object('buyerId', $2, 'buyerName', 'Maria', 'buyerEmail', 'm@x')),
                'infinity')
            """,
            buy.Id,
            buy.BuyerId
        );

        await app.DeliverAsync(new UserErased(buy.BuyerId, TimeProvider.System.GetUtcNow()));

        var order = await buy.GetAsync();
        Assert.Equal("Maria da Silva", order.Buyer!.Name);
        Assert.NotEmpty(order.Tickets);
        Assert.All(order.Tickets, t => Assert.Equal("–", t.HolderName));
        Assert.Equal("[]", await app.ScalarAsync<string>("SELECT attendees::text FROM orders WHERE id = $1", buy.Id));
        // And once more, for a step that was under way.
        Assert.True(await app.ScalarAsync<bool>("SELECT forget_after > now() FROM orders WHERE id = $1", buy.Id));
        Assert.DoesNotContain(
            "Maria",
            await app.ScalarAsync<string>("SELECT payload::text FROM outbox WHERE id = $1", buy.Id),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_order_that_is_open_when_its_buyer_is_erased_forgets_them_at_its_end()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();
        Assert.Equal(
            HttpStatusCode.OK,
            await app.DeliverAsync(new UserErased(buy.BuyerId, TimeProvider.System.GetUtcNow()))
        );
        Assert.Equal("Maria da Silva", (await buy.GetAsync()).Buyer!.Name);

        using (await buy.SendAsync("cancel")) { }
        await buy.BecomesAsync(OrderStatus.Cancelled);

        await Eventually.GetAsync(buy.GetAsync, order => order.Buyer == new BuyerView("", ""));
        Assert.Null(await app.ScalarAsync<byte[]>("SELECT buyer_cpf FROM orders WHERE id = $1", buy.Id));
    }

    [Fact]
    public async Task The_buyer_cancels_before_paying()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();

        using var response = await buy.SendAsync("cancel");

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var order = await buy.BecomesAsync(OrderStatus.Cancelled);
        Assert.Equal("buyer", order.CancelReason);
        await buy.AskedAsync("POST /internal/holds/*/release");
        Assert.Equal("buyer", (await app.HeardAsync<OrderCancelled>(buy.Id)).Reason);
        using var again = await buy.SendAsync("cancel");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(1, app.CountTold<OrderCancelled>(buy.Id));
    }

    [Fact]
    public async Task A_paid_order_is_refunded_not_cancelled()
    {
        var buy = app.NewPurchase();
        await buy.PaidAsync();

        using var response = await buy.SendAsync("cancel");

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal("order-paid", await Purchase.ProblemAsync(response));
        Assert.Contains($"{buy.Id}/refunds", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_payment_after_the_cancellation_goes_back()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();
        using (await buy.SendAsync("cancel")) { }
        await buy.BecomesAsync(OrderStatus.Cancelled);

        await buy.SettleAsync();
        await buy.AskedAsync("POST /internal/orders/*/refunds");
        await buy.RefundedAsync();

        await buy.BecomesAsync(OrderStatus.Refunded);
        Assert.Equal(0, buy.Count("POST /internal/holds/*/commit"));
    }

    [Fact]
    public async Task Cancelled_while_it_is_paid_it_ends_in_one_of_the_two()
    {
        var purchases = Enumerable.Range(0, 8).Select(_ => app.NewPurchase()).ToList();
        await Task.WhenAll(purchases.Select(buy => buy.PlaceAsync()));

        await Task.WhenAll(
            purchases.Select(async buy =>
            {
                await Task.WhenAll(buy.SendAsync("cancel"), buy.SettleAsync());
            })
        );

        foreach (var buy in purchases)
        {
            var order = await Eventually.GetAsync(
                buy.GetAsync,
                o => o.Status is OrderStatus.Fulfilled or OrderStatus.Cancelled
            );
            if (order.Status is OrderStatus.Fulfilled)
                Assert.Equal(0, buy.Count("POST /internal/holds/*/release"));
            else
                await buy.AskedAsync("POST /internal/orders/*/refunds");
        }
    }
}
