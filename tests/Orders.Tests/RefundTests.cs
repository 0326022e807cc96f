using System.Net;
using Ticketing.Contracts;
using Ticketing.Orders.Reading;
using Ticketing.TestKit;

namespace Ticketing.Orders.Tests;

public sealed class RefundTests(OrdersApp app)
{
    private static DateTimeOffset Tomorrow => TimeProvider.System.GetUtcNow().AddHours(24);

    [Fact]
    public async Task The_buyer_withdraws_within_seven_days()
    {
        var buy = app.NewPurchase(p => p.Products.Add(new(Guid.CreateVersion7(), "Camiseta", new(7000, "BRL"), 1)));
        await buy.PaidAsync();

        using var response = await buy.SendAsync("refunds", new { reason = "não posso ir" });

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await buy.AskedAsync("POST /internal/orders/*/refunds");
        Assert.Equal(OrderStatus.Fulfilled, (await buy.GetAsync()).Status);
        await buy.RefundedAsync();
        var order = await buy.BecomesAsync(OrderStatus.Refunded);
        Assert.True(order.Refund!.Completed);
        Assert.Equal("não posso ir", order.Refund.Reason);
        Assert.Equal(PaymentStatus.Refunded, order.Payment!.Status);
        Assert.Equal(buy.Total, (await app.HeardAsync<OrderRefunded>(buy.Id)).Amount.Amount);
        var calls = buy.Asked.ToList();
        Assert.True(
            calls.FindIndex(r => r.Is("POST /internal/orders/*/void"))
                < calls.FindIndex(r => r.Is("POST /internal/orders/*/refunds")),
            "the tickets are void before the money goes"
        );
        Assert.True(buy.Count("POST /internal/holds/*/void") > 0, "products go back");
        using var again = await buy.SendAsync("refunds");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task A_refund_and_a_dispute_are_told_to_the_audit_log_without_what_people_wrote()
    {
        var (buy, disputed) = (app.NewPurchase(), app.NewPurchase());
        await Task.WhenAll(buy.PaidAsync(), disputed.PaidAsync());
        var finance = await app.NewTeamMemberAsync(buy.OrganizerId);

        using var response = await buy.SendAsync("refunds", new { reason = "Sra. Ana pediu" }, by: finance);
        var payment = disputed.Payments[1].Id;
        await app.DeliverAsync(
            new PaymentDisputed(
                payment,
                disputed.Id,
                new(disputed.Total, "BRL"),
                TimeProvider.System.GetUtcNow(),
                Guid.CreateVersion7()
            )
        );

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var refund = await app.Acts.OfAsync("refund.requested", buy.Id);
        Assert.Equal(
            (finance, buy.OrganizerId, "organizer", false),
            (refund.ActorId, refund.OrganizerId, refund.Reason, refund.AsAdmin)
        );
        Assert.Equal($"{buy.Total}", refund.Details["total"]);
        Assert.DoesNotContain(
            "Ana",
            refund.ToString() + string.Join(' ', refund.Details.Values),
            StringComparison.Ordinal
        );
        var dispute = await app.Acts.OfAsync("payment.disputed", disputed.Id);
        Assert.Equal((null, disputed.OrganizerId), (dispute.ActorId, dispute.OrganizerId));
    }

    [Fact]
    public async Task Refunds_asked_for_in_parallel_are_one()
    {
        var buy = app.NewPurchase();
        await buy.PaidAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => buy.SendAsync("refunds")));

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Accepted, a.StatusCode));
        await buy.AskedAsync("POST /internal/orders/*/refunds");
        await Task.WhenAll(buy.RefundedAsync(), buy.RefundedAsync());
        await buy.BecomesAsync(OrderStatus.Refunded);
        await app.HeardAsync<OrderRefunded>(buy.Id);
        Assert.Equal(1, app.CountTold<OrderRefunded>(buy.Id));
        var operations = buy
            .Asked.Where(r => r.Is("POST /internal/orders/*/refunds"))
            .Select(r => r.Read<RefundOrder>().OperationId);
        Assert.Single(operations.Distinct());
    }

    [Fact]
    public async Task A_refund_that_payments_completes_at_once_waits_for_nobody()
    {
        var buy = app.NewPurchase()
            .When(
                "POST /internal/orders/*/refunds",
                () => PeerStub.Json(new RefundAccepted(new(30000, "BRL"), true), 202)
            );
        await buy.PaidAsync();
        using (await buy.SendAsync("refunds")) { }

        await buy.BecomesAsync(OrderStatus.Refunded);
    }

    [Fact]
    public async Task A_free_order_is_refunded_without_money()
    {
        var buy = app.NewPurchase(p => p.Price = 0);
        await buy.PlaceAsync();
        await buy.BecomesAsync(OrderStatus.Fulfilled);
        using (await buy.SendAsync("refunds")) { }

        await buy.BecomesAsync(OrderStatus.Refunded);
        Assert.True(buy.Count("POST /internal/orders/*/void") > 0);
        Assert.Equal(0, buy.Count("POST /internal/orders/*/refunds"));
    }

    [Fact]
    public async Task Shortly_before_the_session_only_the_organizer_refunds()
    {
        var buy = app.NewPurchase(p => p.StartsAt = Tomorrow);
        await buy.PaidAsync();

        using (var late = await buy.SendAsync("refunds"))
        {
            Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
            Assert.Equal("refund-window-closed", await Purchase.ProblemAsync(late));
        }
        var finance = await app.NewTeamMemberAsync(buy.OrganizerId);
        using var response = await buy.SendAsync("refunds", by: finance);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await buy.AskedAsync("POST /internal/orders/*/refunds");
        await buy.RefundedAsync();
        var order = await buy.BecomesAsync(OrderStatus.Refunded);
        Assert.Equal("organizer", order.Refund!.Reason);
    }

    /// <summary>What was agreed at the purchase holds, whatever is sold by later.</summary>
    [Fact]
    public async Task How_long_the_buyer_may_withdraw_is_a_policy_that_the_order_keeps()
    {
        await using var generous = await OrdersApp.StartAsync(
            "Orders:WithdrawalDays=30",
            "Orders:WithdrawalEndsHoursBefore=2"
        );
        var buy = generous.NewPurchase(p => p.StartsAt = Tomorrow);
        var paid = await buy.PaidAsync();
        Assert.Equal(paid.StartsAt.AddHours(-2), paid.RefundableUntil);
        await generous.ScalarAsync<object>(
            "UPDATE orders SET paid_at = now() - interval '31 days' WHERE id = $1",
            buy.Id
        );
        using (var late = await buy.SendAsync("refunds"))
            Assert.Equal("refund-window-closed", await Purchase.ProblemAsync(late));
        await generous.ScalarAsync<object>(
            "UPDATE orders SET paid_at = now() - interval '20 days' WHERE id = $1",
            buy.Id
        );

        using var refund = await buy.SendAsync("refunds");

        Assert.Equal(HttpStatusCode.Accepted, refund.StatusCode);
        Assert.Null((await buy.GetAsync()).RefundableUntil);
    }

    [Fact]
    public async Task A_used_ticket_is_refunded_only_when_the_organizer_insists()
    {
        var buy = app.NewPurchase()
            .When(
                "POST /internal/orders/*/void",
                async request =>
                    await Task.FromResult(
                        request.Read<VoidTickets>().EvenIfUsed ? null : PeerStub.Problem(409, "ticket-used")
                    )
            );
        await buy.PaidAsync();
        using (var refused = await buy.SendAsync("refunds"))
            Assert.Equal("ticket-used", await Purchase.ProblemAsync(refused));
        Assert.Null((await buy.GetAsync()).Refund);
        using (var forced = await buy.SendAsync("refunds", new { evenIfUsed = true }))
            Assert.Equal(HttpStatusCode.UnprocessableEntity, forced.StatusCode);
        Assert.Equal(0, buy.Count("POST /internal/orders/*/refunds"));

        var owner = await app.NewTeamMemberAsync(buy.OrganizerId, TeamRole.Owner);
        using (var forced = await buy.SendAsync("refunds", new { evenIfUsed = true }, owner))
            Assert.Equal(HttpStatusCode.Accepted, forced.StatusCode);
        await buy.AskedAsync("POST /internal/orders/*/refunds");
        await buy.RefundedAsync();
        await buy.BecomesAsync(OrderStatus.Refunded);
    }

    [Fact]
    public async Task Found_used_by_the_saga_the_refund_is_withdrawn()
    {
        var answers = new Queue<string>(["away", "ticket-used"]);
        var buy = app.NewPurchase()
            .When(
                "POST /internal/orders/*/void",
                () => answers.TryDequeue(out var code) ? PeerStub.Problem(code == "away" ? 503 : 409, code) : null
            );
        await buy.PaidAsync();
        using (var accepted = await buy.SendAsync("refunds"))
            Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);

        var order = await Eventually.GetAsync(buy.GetAsync, o => o.Refund is null);
        Assert.Equal(OrderStatus.Fulfilled, order.Status);
        Assert.Equal(0, buy.Count("POST /internal/orders/*/refunds"));
    }

    [Fact]
    public async Task An_unpaid_order_has_nothing_to_refund()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();

        using var response = await buy.SendAsync("refunds");
        Assert.Equal("order-not-paid", await Purchase.ProblemAsync(response));
    }

    [Fact]
    public async Task A_cancelled_event_cancels_the_unpaid_and_refunds_the_paid()
    {
        var eventId = Guid.CreateVersion7();
        var unpaid = Enumerable.Range(0, 4).Select(_ => app.NewPurchase(p => p.EventId = eventId)).ToList();
        var paid = Enumerable.Range(0, 4).Select(_ => app.NewPurchase(p => p.EventId = eventId)).ToList();
        var other = app.NewPurchase();
        await other.PaidAsync();
        await Task.WhenAll(unpaid.Select(buy => buy.PlaceAsync()));
        await Task.WhenAll(paid.Select(buy => buy.PaidAsync()));

        var cancelled = new EventCancelled(eventId, 9, "chuva", TimeProvider.System.GetUtcNow());
        var message = Guid.CreateVersion7();
        Assert.Equal(HttpStatusCode.OK, await app.DeliverAsync(cancelled, message));
        Assert.Equal(HttpStatusCode.OK, await app.DeliverAsync(cancelled, message));

        foreach (var buy in unpaid)
            Assert.Equal("event-cancelled", (await buy.BecomesAsync(OrderStatus.Cancelled)).CancelReason);
        foreach (var buy in paid)
        {
            await buy.AskedAsync("POST /internal/orders/*/refunds");
            await buy.RefundedAsync();
            Assert.Equal("event-cancelled", (await buy.BecomesAsync(OrderStatus.Refunded)).Refund!.Reason);
        }
        Assert.Equal(OrderStatus.Fulfilled, (await other.GetAsync()).Status);

        // Nobody orders from an older hold.
        var late = app.NewPurchase(p =>
        {
            p.EventId = eventId;
            p.Discount = 1000;
        });
        using (var refused = await late.PostAsync())
            Assert.Equal("session-cancelled", await Purchase.ProblemAsync(refused));
        Assert.Equal(1, late.Count("DELETE /internal/coupons/redemptions/*"));
        // One that slipped through while the event was being cancelled is found by the second look.
        await app.ScalarAsync<object>(
            "UPDATE orders SET cancel_requested_at = NULL, status = 'AwaitingPayment' WHERE id = $1",
            unpaid[0].Id
        );
        await app.ScalarAsync<object>(
            "UPDATE cancellations SET at = at - interval '2 minutes', resume_at = now() WHERE subject_id = $1",
            eventId
        );
        await unpaid[0].BecomesAsync(OrderStatus.Cancelled);
        // Then nobody looks again.
        await Eventually.TrueAsync(async () =>
            await app.ScalarAsync<long>(
                "SELECT count(*) FROM cancellations WHERE subject_id = $1 AND resume_at IS NULL",
                eventId
            ) == 1
        );
    }

    [Fact]
    public async Task A_cancelled_date_refunds_its_orders()
    {
        var buy = app.NewPurchase();
        await buy.PaidAsync();
        Assert.Equal(HttpStatusCode.OK, await app.DeliverAsync(new EventChanged(buy.WithoutItsDate())));

        await buy.AskedAsync("POST /internal/orders/*/refunds");
        await buy.RefundedAsync();
        await buy.BecomesAsync(OrderStatus.Refunded);
    }

    /// <summary>As Tickets answers for an order of which somebody else has a ticket.</summary>
    private static void Transferred(Purchase buy) =>
        buy.When(
            "POST /internal/orders/*/void",
            request =>
                Task.FromResult(
                    request.Read<VoidTickets>().EvenIfTransferred ? null : PeerStub.Problem(409, "ticket-transferred")
                )
        );

    [Fact]
    public async Task A_transferred_ticket_is_refunded_to_its_buyer_by_the_organizer_alone()
    {
        var buy = app.NewPurchase(Transferred);
        await buy.PaidAsync();

        using (var refused = await buy.SendAsync("refunds"))
        {
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            Assert.Equal("ticket-transferred", await Purchase.ProblemAsync(refused));
        }
        Assert.Null((await buy.GetAsync()).Refund);
        Assert.Equal(0, buy.Count("POST /internal/orders/*/refunds"));

        var finance = await app.NewTeamMemberAsync(buy.OrganizerId);
        using (var accepted = await buy.SendAsync("refunds", by: finance))
            Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        await buy.AskedAsync("POST /internal/orders/*/refunds");
        await buy.RefundedAsync();
        await buy.BecomesAsync(OrderStatus.Refunded);
    }

    [Fact]
    public async Task A_refund_that_the_team_was_refused_leaves_the_buyer_no_more_than_before()
    {
        var used = true;
        var buy = app.NewPurchase()
            .When("POST /internal/orders/*/void", () => used ? PeerStub.Problem(409, "ticket-used") : null);
        Transferred(buy);
        await buy.PaidAsync();
        var finance = await app.NewTeamMemberAsync(buy.OrganizerId);
        using (var refused = await buy.SendAsync("refunds", by: finance))
            Assert.Equal("ticket-used", await Purchase.ProblemAsync(refused));
        used = false;

        using (var refused = await buy.SendAsync("refunds"))
            Assert.Equal("ticket-transferred", await Purchase.ProblemAsync(refused));
    }

    [Fact]
    public async Task Found_transferred_by_the_saga_the_refund_is_withdrawn()
    {
        var away = true;
        var buy = app.NewPurchase()
            .When(
                "POST /internal/orders/*/void",
                () => Interlocked.Exchange(ref away, false) ? PeerStub.Problem(503, "away") : null
            );
        Transferred(buy);
        await buy.PaidAsync();
        using (var accepted = await buy.SendAsync("refunds"))
            Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);

        var order = await Eventually.GetAsync(buy.GetAsync, o => o.Refund is null);
        Assert.Equal(OrderStatus.Fulfilled, order.Status);
        Assert.Equal(0, buy.Count("POST /internal/orders/*/refunds"));
    }

    [Fact]
    public async Task A_cancelled_event_is_refunded_also_where_a_ticket_was_transferred()
    {
        var buy = app.NewPurchase(Transferred);
        await buy.PaidAsync();
        await app.DeliverAsync(new EventCancelled(buy.EventId, 9, "chuva", TimeProvider.System.GetUtcNow()));
        await buy.AskedAsync("POST /internal/orders/*/refunds");
        await buy.RefundedAsync();
        await buy.BecomesAsync(OrderStatus.Refunded);
    }
}
