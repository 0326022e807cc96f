using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Placing;
using Ticketing.Orders.Reading;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;
using CreatePayment = Ticketing.Contracts.CreatePayment;

namespace Ticketing.Orders.Tests;

public sealed class PurchaseTests(OrdersApp app)
{
    private static readonly object Card = new { method = "card", cardToken = "tok_approve" };
    private static readonly object Declined = new { method = "card", cardToken = "tok_decline" };

    [Fact]
    public async Task A_pix_order_is_paid_and_fulfilled()
    {
        var buy = app.NewPurchase();
        using var response = await buy.PostAsync();
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal($"/api/v1/orders/{buy.Id}", response.Headers.Location!.ToString());
        var placed = await Purchase.ReadAsync<OrderView>(response);
        Assert.Equal(OrderStatus.AwaitingPayment, placed.Status);
        Assert.Equal(new Money(30000, "BRL"), placed.Total);
        Assert.Equal(OrderNumber.Length, placed.Number.Length);
        Assert.Equal(placed.Payment!.Pix!.CopyPaste, QrReader.Read(placed.Payment.Pix.QrCode));

        await buy.SettleAsync();

        var done = await buy.BecomesAsync(OrderStatus.Fulfilled);
        Assert.Equal(2, done.Tickets.Count);
        Assert.Equal(PaymentStatus.Settled, done.Payment!.Status);
        var fulfilled = await app.HeardAsync<OrderFulfilled>(buy.Id);
        Assert.Equal(placed.Number, fulfilled.Order.Number);
        Assert.Equal("maria@example.com", fulfilled.Order.BuyerEmail);
        Assert.Equal(buy.BuyerId, fulfilled.Order.BuyerId);
        Assert.Equal("Pista", Assert.Single(fulfilled.Order.Lines).Description);
        Assert.Equal(["T1", "T2"], fulfilled.Tickets.Select(t => t.Number));
        Assert.Equal(0, buy.Count("POST /internal/holds/*/release"));
    }

    [Fact]
    public async Task The_cpf_reaches_payments_and_is_encrypted_at_rest()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();

        var asked = buy.Asked.First(r => r.Is("POST /internal/payments")).Read<CreatePayment>();
        Assert.Equal("52998224725", asked.PayerCpf);
        var stored = await app.ScalarAsync<byte[]>("SELECT buyer_cpf FROM orders WHERE id = $1", buy.Id);
        Assert.DoesNotContain("52998224725", System.Text.Encoding.Latin1.GetString(stored!));
    }

    [Theory]
    [InlineData(0, 2000, 3000)]
    [InlineData(7500, 1500, 2250)]
    [InlineData(30000, 0, 0)]
    public async Task The_fees_are_stated_and_a_coupon_takes_its_share_off_them(long discount, long fee, long platform)
    {
        var buy = app.NewPurchase(p => (p.Fee, p.PlatformFee, p.Discount) = (1000, 1500, discount));
        var placed = await buy.PlaceAsync();

        Assert.Equal((fee, 30000 - discount), (placed.Fee.Amount, placed.Total.Amount));
        Assert.Equal(1000, placed.Lines[0].Fee.Amount);
        if (platform > 0)
        {
            var asked = buy.Asked.First(r => r.Is("POST /internal/payments")).Read<CreatePayment>();
            Assert.Equal(
                (buy.OrganizerId, buy.EventId, platform),
                (asked.OrganizerId, asked.EventId, asked.PlatformFee)
            );
        }
    }

    [Fact]
    public async Task The_hold_is_leased_beyond_the_payment_deadline()
    {
        var buy = app.NewPurchase();
        var placed = await buy.PlaceAsync();

        var lease = buy.Asked.First(r => r.Is("POST /internal/holds/*/attach")).Read<AttachHold>();
        Assert.InRange(lease.LeaseSeconds, 600 + 299, 600 + 300);
        var asked = buy.Asked.First(r => r.Is("POST /internal/payments")).Read<CreatePayment>();
        Assert.Equal(placed.ExpiresAt, asked.ExpiresAt, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task Tickets_is_told_the_CPF_s_blind_index_and_nothing_else_of_it()
    {
        var indexes = new List<byte[]>();
        foreach (var cpf in new[] { "529.982.247-25", "52998224725", "168.995.350-09" })
        {
            var buy = app.NewPurchase();
            using var http = buy.Buyer();
            var buyer = new
            {
                name = "Maria",
                email = "maria@example.com",
                cpf,
            };
            using var placed = await http.PostAsJsonAsync(
                "/api/v1/orders",
                new
                {
                    holdId = buy.Id,
                    buyer,
                    payment = new { method = "pix" },
                },
                ServiceDefaultsExtensions.Json
            );
            Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
            indexes.Add(
                Assert.Single(
                    buy.Asked.First(r => r.Is("POST /internal/holds/*/attach")).Read<AttachHold>().CpfIndexes!
                )
            );
        }
        Assert.Equal(indexes[0], indexes[1]);
        Assert.NotEqual(indexes[0], indexes[2]);
        Assert.All(indexes, index => Assert.Equal(32, index.Length));
    }

    [Fact]
    public async Task A_card_that_is_approved_at_once_needs_no_event()
    {
        var buy = app.NewPurchase();
        var placed = await buy.PlaceAsync(Card);

        Assert.Equal("4242", placed.Payment!.Card!.Last4);
        await buy.BecomesAsync(OrderStatus.Fulfilled);
        // The event comes anyhow, and changes nothing.
        Assert.Equal(HttpStatusCode.OK, await app.DeliverAsync(buy.Settled()));
        Assert.Equal(1, await SettlementsAsync(buy));
        Assert.Equal(0, buy.Count("POST /internal/orders/*/refunds"));
    }

    [Fact]
    public async Task A_card_may_ask_for_a_challenge()
    {
        var buy = app.NewPurchase();
        var placed = await buy.PlaceAsync(new { method = "card", cardToken = "tok_3ds" });

        Assert.Equal("https://acs", placed.Payment!.Card!.ChallengeUrl);
        Assert.Equal(OrderStatus.AwaitingPayment, placed.Status);
    }

    [Fact]
    public async Task A_declined_card_leaves_the_hold_for_a_second_attempt()
    {
        var buy = app.NewPurchase();
        var placed = await buy.PlaceAsync(Declined);
        Assert.Equal(OrderStatus.AwaitingPayment, placed.Status);
        Assert.Equal(PaymentStatus.Failed, placed.Payment!.Status);
        Assert.Equal("declined", placed.Payment.FailureReason);

        using var again = await buy.SendAsync("payments", Card);

        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        var order = await buy.BecomesAsync(OrderStatus.Fulfilled);
        Assert.Equal(2, order.Payment!.Attempt);
        Assert.Equal(2, buy.Payments.Count);
        Assert.Equal(0, buy.Count("POST /internal/holds/*/release"));
    }

    [Fact]
    public async Task A_second_attempt_that_reaches_nobody_is_made_all_the_same()
    {
        var away = 1;
        var buy = app.NewPurchase()
            .When(
                "POST /internal/payments",
                async request =>
                    request.Read<CreatePayment>().Attempt == 2 && Interlocked.Decrement(ref away) >= 0
                        ? PeerStub.Problem(503, "away")
                        : await Task.FromResult<IResult?>(null)
            );
        await buy.PlaceAsync(Declined);

        using var again = await buy.SendAsync("payments", Card);

        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        await buy.BecomesAsync(OrderStatus.Fulfilled);
    }

    [Fact]
    public async Task A_payment_that_fails_later_may_be_tried_again()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();
        using (var open = await buy.SendAsync("payments", Card))
        {
            Assert.Equal(HttpStatusCode.Conflict, open.StatusCode);
            Assert.Equal("payment-open", await Purchase.ProblemAsync(open));
        }
        var failed = new PaymentFailed(buy.Payments[1].Id, buy.Id, 1, "expired", TimeProvider.System.GetUtcNow());
        var message = Guid.CreateVersion7();
        Assert.Equal(HttpStatusCode.OK, await app.DeliverAsync(failed, message));
        Assert.Equal(HttpStatusCode.OK, await app.DeliverAsync(failed, message));

        using var again = await buy.SendAsync("payments", Card);
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        await buy.BecomesAsync(OrderStatus.Fulfilled);
        // Told again under another id, and of an attempt that is over: nothing changes.
        Assert.Equal(HttpStatusCode.OK, await app.DeliverAsync(failed));
        Assert.Equal(OrderStatus.Fulfilled, (await buy.GetAsync()).Status);
    }

    [Fact]
    public async Task Of_new_attempts_in_parallel_one_is_made()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync(Declined);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => buy.SendAsync("payments", new { method = "pix" }))
        );

        Assert.Single(answers, a => a.IsSuccessStatusCode);
        Assert.Equal(7, answers.Count(a => a.StatusCode is HttpStatusCode.Conflict));
        Assert.Equal(2, (await buy.GetAsync()).Payment!.Attempt);
    }

    [Fact]
    public async Task Products_and_a_coupon_are_part_of_the_total()
    {
        var buy = app.NewPurchase(p =>
        {
            p.Products.Add(new(Guid.CreateVersion7(), "Estacionamento", new(5000, "BRL"), 1));
            p.Discount = 3000;
        });
        var placed = await buy.PlaceAsync();
        Assert.Equal(new Money(32000, "BRL"), placed.Total);
        Assert.Equal(new Money(3000, "BRL"), placed.Discount);
        Assert.Equal(["ticket", "product"], placed.Lines.Select(line => line.Kind));
        var redeemed = buy.Asked.First(r => r.Is("PUT /internal/coupons/redemptions/*")).Read<RedeemCoupon>();
        Assert.Equal(new Money(30000, "BRL"), redeemed.Subtotal);

        await buy.SettleAsync();

        await buy.BecomesAsync(OrderStatus.Fulfilled);
        Assert.Equal(2, buy.Count("POST /internal/holds/*/commit"));
        Assert.Equal(1, buy.Count("POST /internal/coupons/redemptions/*/commit"));
        Assert.Equal(0, buy.Count("DELETE /internal/coupons/redemptions/*"));
    }

    [Fact]
    public async Task What_no_payment_can_be_as_large_as_is_refused_before_it_is_an_order()
    {
        var buy = app.NewPurchase(p => p.Price = CreatePayment.MaxAmount / 2);
        buy.Price++;
        using (var refused = await buy.PostAsync())
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Equal("invalid", await Purchase.ProblemAsync(refused));
        }
        buy.Price--;
        using var placed = await buy.PostAsync();
        Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
    }

    [Fact]
    public async Task A_free_order_needs_no_payment()
    {
        var buy = app.NewPurchase(p => p.Price = 0);
        using var http = buy.Buyer();
        using var response = await http.PostAsJsonAsync(
            "/api/v1/orders",
            new { holdId = buy.Id, buyer = new { name = "Maria", email = "maria@example.com" } }
        );

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var order = await buy.BecomesAsync(OrderStatus.Fulfilled);
        Assert.Null(order.Payment);
        Assert.Equal(0, buy.Count("POST /internal/payments"));
    }

    [Fact]
    public async Task When_payments_is_slow_the_sweep_makes_the_instructions()
    {
        await using var hasty = await OrdersApp.StartAsync("Orders:InlineSeconds=1");
        var gate = new TaskCompletionSource();
        var buy = hasty
            .NewPurchase()
            .When(
                "POST /internal/payments",
                async _ =>
                {
                    await gate.Task;
                    return null;
                }
            );

        using var response = await buy.PostAsync();

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"/api/v1/orders/{buy.Id}", response.Headers.Location!.ToString());
        gate.SetResult();
        var order = await Eventually.GetAsync(buy.GetAsync, o => o.Payment?.Pix is not null);
        Assert.Equal(OrderStatus.AwaitingPayment, order.Status);
        Assert.Single(buy.Payments);
    }

    [Theory]
    [InlineData("POST /internal/payments")]
    [InlineData("POST /internal/holds/*/commit")]
    public async Task A_neighbour_that_is_away_is_asked_again(string call)
    {
        var left = 2;
        var buy = app.NewPurchase()
            .When(call, () => Interlocked.Decrement(ref left) >= 0 ? PeerStub.Problem(503, "away") : null);
        await buy.PlaceAsync();
        await buy.SettleAsync();

        await buy.BecomesAsync(OrderStatus.Fulfilled);
        await app.HeardAsync<OrderFulfilled>(buy.Id);
    }

    [Fact]
    public async Task A_payment_that_is_refused_may_be_tried_another_way()
    {
        var buy = app.NewPurchase()
            .When(
                "POST /internal/payments",
                async request =>
                    request.Read<CreatePayment>().Attempt == 1
                        ? PeerStub.Problem(422, "invalid")
                        : await Task.FromResult<IResult?>(null)
            );
        var placed = await buy.PlaceAsync(new { method = "card", cardToken = "tok_unknown" });
        Assert.Equal(PaymentStatus.Failed, placed.Payment!.Status);
        Assert.Equal("invalid", placed.Payment.FailureReason);

        using var again = await buy.SendAsync("payments", Card);
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        await buy.BecomesAsync(OrderStatus.Fulfilled);
    }

    [Fact]
    public async Task Duplicates_in_parallel_make_one_order()
    {
        var buy = app.NewPurchase();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => buy.PostAsync()));

        // All get it; who comes before it is payable is told to come again.
        Assert.All(answers, a => Assert.True(a.StatusCode is HttpStatusCode.Created or HttpStatusCode.Accepted));
        Assert.Single(answers, a => !a.Headers.Contains("Idempotent-Replayed"));
        foreach (var answer in answers)
            Assert.Equal(buy.Id, (await Purchase.ReadAsync<OrderView>(answer)).Id);
        Assert.Single(buy.Payments);
        await buy.SettleAsync();
        await buy.BecomesAsync(OrderStatus.Fulfilled);
    }

    [Fact]
    public async Task A_request_that_fails_beside_another_leaves_that_one_its_coupon_and_products()
    {
        var buy = app.NewPurchase(p =>
        {
            p.Products.Add(new(Guid.CreateVersion7(), "Estacionamento", new(5000, "BRL"), 1));
            p.Discount = 3000;
        });
        var redemption = buy.Stop("PUT /internal/coupons/redemptions/*");
        var first = buy.PostAsync();
        await redemption.Reached;

        using var http = buy.Buyer();
        using var second = await http.PostAsJsonAsync(
            "/api/v1/orders",
            new
            {
                holdId = buy.Id,
                buyer = new { name = "Maria", email = "maria@example.com" },
                products = new[] { new { buy.Products[0].ProductId, Quantity = 9 } },
                coupon = "festa10",
            },
            ServiceDefaultsExtensions.Json
        );
        redemption.LetGo();

        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Equal("contended", await Purchase.ProblemAsync(second));
        Assert.NotNull(second.Headers.RetryAfter);
        using (var placed = await first)
            Assert.Equal(HttpStatusCode.Created, placed.StatusCode);
        Assert.Equal(1, buy.Count("PUT /internal/holds/*"));
        Assert.Equal(0, buy.Count("POST /internal/holds/*/release"));
        Assert.Equal(0, buy.Count("DELETE /internal/coupons/redemptions/*"));
        using var third = await buy.PostAsync();
        Assert.Equal(HttpStatusCode.Created, third.StatusCode);
        Assert.True(third.Headers.Contains("Idempotent-Replayed"));
    }

    [Fact]
    public async Task Duplicates_with_a_coupon_in_parallel_make_one_order_that_has_it()
    {
        var buy = app.NewPurchase(p => p.Discount = 3000);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => buy.PostAsync()));

        Assert.Single(answers, a => a.IsSuccessStatusCode && !a.Headers.Contains("Idempotent-Replayed"));
        foreach (var other in answers.Where(a => !a.IsSuccessStatusCode))
            Assert.Equal("contended", await Purchase.ProblemAsync(other));
        Assert.Equal(1, buy.Count("PUT /internal/coupons/redemptions/*"));
        Assert.Equal(0, buy.Count("DELETE /internal/coupons/redemptions/*"));
    }

    [Fact]
    public async Task A_coupon_is_given_back_when_the_order_without_it_was_faster()
    {
        var buy = app.NewPurchase(p => p.Discount = 3000);
        var redemption = buy.Stop("PUT /internal/coupons/redemptions/*");
        var first = buy.PostAsync();
        await redemption.Reached;
        using var http = buy.Buyer();
        using var second = await http.PostAsJsonAsync(
            "/api/v1/orders",
            new
            {
                holdId = buy.Id,
                buyer = new { name = "Maria", email = "maria@example.com" },
                payment = new { method = "pix" },
            },
            ServiceDefaultsExtensions.Json
        );
        redemption.LetGo();

        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        using (var late = await first)
            Assert.Equal("order-exists", await Purchase.ProblemAsync(late));
        Assert.Equal(1, buy.Count("DELETE /internal/coupons/redemptions/*"));
    }

    [Fact]
    public async Task The_same_request_gets_its_order_again_and_another_one_is_refused()
    {
        var buy = app.NewPurchase();
        using var first = await buy.PostAsync();
        using var second = await buy.PostAsync();

        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal("true", Assert.Single(second.Headers.GetValues("Idempotent-Replayed")));
        Assert.Single(buy.Payments);

        using var other = await buy.PostAsync(Card);
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        Assert.Equal("order-exists", await Purchase.ProblemAsync(other));
        Assert.Equal($"/api/v1/orders/{buy.Id}", other.Headers.Location!.ToString());

        // When it has ended, and its hold with it, as well.
        using (await buy.SendAsync("cancel")) { }
        await buy.BecomesAsync(OrderStatus.Cancelled);
        buy.When("POST /internal/holds/*/attach", () => PeerStub.Problem(409, "hold-expired"));
        using var late = await buy.PostAsync();
        Assert.Equal(OrderStatus.Cancelled, (await Purchase.ReadAsync<OrderView>(late)).Status);
    }

    private static async Task<OrderView> WaitAsync(HttpClient buyer, Purchase buy) =>
        (await buyer.GetFromJsonAsync<OrderView>($"/api/v1/orders/{buy.Id}?wait=25", ServiceDefaultsExtensions.Json))!;

    [Fact]
    public async Task Who_waits_for_an_order_is_answered_when_it_changes()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();
        using var http = buy.Buyer();
        var commit = buy.Stop("POST /internal/holds/*/commit");
        await buy.SettleAsync();
        await commit.Reached;
        var waits = WaitAsync(http, buy);
        commit.LetGo();
        Assert.Equal(OrderStatus.Fulfilled, (await waits).Status);
        // Nothing more will happen: no wait.
        Assert.Equal(OrderStatus.Fulfilled, (await WaitAsync(http, buy)).Status);
        using var tooLong = await http.GetAsync($"/api/v1/orders/{buy.Id}?wait=26");
        Assert.Equal(HttpStatusCode.BadRequest, tooLong.StatusCode);
    }

    [Fact]
    public async Task A_notice_that_comes_late_is_no_change()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();
        using var http = buy.Buyer();
        var commit = buy.Stop("POST /internal/holds/*/commit");
        await buy.SettleAsync();
        await commit.Reached;
        var waits = WaitAsync(http, buy);

        var source = app.System.Services(AppIds.Orders).GetRequiredService<NpgsqlDataSource>();
        for (var i = 0; i < 5; i++)
        {
            await source.ExecuteAsync("SELECT pg_notify('order_changes', $1)", default, buy.Id.ToString("N"));
            using var meanwhile = await http.GetAsync($"/api/v1/orders/{buy.Id}");
        }
        Assert.False(waits.IsCompleted);
        commit.LetGo();

        Assert.Equal(OrderStatus.Fulfilled, (await waits).Status);
    }

    [Fact]
    public async Task An_order_s_changes_are_told_as_server_sent_events()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();
        using var http = buy.Buyer();
        http.DefaultRequestHeaders.Accept.ParseAdd("text/event-stream");
        using var response = await http.GetAsync($"/api/v1/orders/{buy.Id}", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        var seen = new List<OrderStatus>();
        await foreach (
            var change in SseParser
                .Create(
                    await response.Content.ReadAsStreamAsync(),
                    (type, data) =>
                    {
                        Assert.Equal("order", type);
                        return JsonSerializer.Deserialize<OrderView>(data, ServiceDefaultsExtensions.Json)!;
                    }
                )
                .EnumerateAsync()
        )
        {
            if (seen.Count == 0)
                await buy.SettleAsync();
            seen.Add(change.Data.Status);
        }
        Assert.Equal(OrderStatus.AwaitingPayment, seen[0]);
        Assert.Equal(OrderStatus.Fulfilled, seen[^1]);
    }

    [Fact]
    public async Task A_settlement_told_twice_counts_once()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => buy.SettleAsync()));

        await buy.BecomesAsync(OrderStatus.Fulfilled);
        await app.DeliverAsync(buy.Settled());

        await app.HeardAsync<OrderFulfilled>(buy.Id);
        Assert.Equal(1, await SettlementsAsync(buy));
        Assert.Equal(1, app.CountTold<OrderFulfilled>(buy.Id));
        Assert.Equal(0, buy.Count("POST /internal/orders/*/refunds"));
    }

    [Fact]
    public async Task A_second_payment_of_a_paid_order_goes_back_alone()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync(Declined);
        using (await buy.SendAsync("payments", new { method = "pix" })) { }
        await buy.SettleAsync(2);
        await buy.BecomesAsync(OrderStatus.Fulfilled);

        // The first one, which had failed, was taken after all.
        await buy.SettleAsync(1);

        await buy.AskedAsync("POST /internal/orders/*/refunds");
        var refund = buy.Asked.First(r => r.Is("POST /internal/orders/*/refunds")).Read<RefundOrder>();
        Assert.Equal(buy.Payments[1].Id, refund.PaymentId);
        await buy.RefundedAsync(1);
        await Eventually.TrueAsync(async () =>
            await app.ScalarAsync<long>("SELECT count(*) FROM orders WHERE id = $1 AND drive_after IS NOT NULL", buy.Id)
            == 0
        );
        Assert.Equal(OrderStatus.Fulfilled, (await buy.GetAsync()).Status);
        Assert.Equal(0, buy.Count("POST /internal/orders/*/void"));
    }

    [Fact]
    public async Task Money_of_another_amount_does_not_buy_the_order()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();

        Assert.Equal(HttpStatusCode.OK, await app.DeliverAsync(buy.Settled() with { Amount = new(1, "BRL") }));

        await buy.AskedAsync("POST /internal/orders/*/refunds");
        Assert.Equal(OrderStatus.AwaitingPayment, (await buy.GetAsync()).Status);
    }

    [Fact]
    public async Task When_the_stock_is_gone_at_commit_the_money_goes_back()
    {
        var buy = app.NewPurchase(p => p.Products.Add(new(Guid.CreateVersion7(), "Camiseta", new(7000, "BRL"), 1)))
            .When(
                "POST /internal/holds/*/commit",
                async request =>
                    request.Body.Length > 0 ? PeerStub.Problem(409, "sold-out") : await Task.FromResult<IResult?>(null)
            );
        await buy.PlaceAsync();
        await buy.SettleAsync();

        await buy.AskedAsync("POST /internal/orders/*/refunds");
        await buy.RefundedAsync();

        var order = await buy.BecomesAsync(OrderStatus.Refunded);
        Assert.Equal("sold-out", order.Refund!.Reason);
        Assert.True(buy.Count("POST /internal/holds/*/void") > 0, "products are given back");
        await app.HeardAsync<OrderRefunded>(buy.Id);
        Assert.Equal(0, app.CountTold<OrderFulfilled>(buy.Id));
    }

    [Fact]
    public async Task A_settlement_of_an_order_that_nobody_knows_comes_again()
    {
        var settled = new PaymentSettled(
            Guid.CreateVersion7(),
            Guid.CreateVersion7(),
            new(1, "BRL"),
            PaymentMethod.Pix,
            TimeProvider.System.GetUtcNow()
        );
        Assert.Equal(HttpStatusCode.InternalServerError, await app.DeliverAsync(settled));
    }

    private Task<long> SettlementsAsync(Purchase buy) =>
        app.ScalarAsync<long>("SELECT count(*) FROM settlements WHERE order_id = $1", buy.Id);
}
