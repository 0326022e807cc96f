using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Ticketing.Contracts;
using Ticketing.Orders.Reading;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Orders.Tests;

/// <summary>What the organizer's team gives back of an order, while the rest of it stands.</summary>
public sealed class PartialRefundTests(OrdersApp app)
{
    private const string Parts = "POST /internal/orders/*/refunds/parts";
    private const string Void = "POST /internal/orders/*/void";
    private const string Returns = "POST /internal/holds/*/returns";

    private async Task<(Purchase Buy, Guid Team, OrderView Order)> BoughtAsync(Action<Purchase>? with = null)
    {
        var buy = app.NewPurchase(with ?? (_ => { }));
        await buy.PaidAsync();
        return (buy, await app.NewTeamMemberAsync(buy.OrganizerId), await buy.BecomesAsync(OrderStatus.Fulfilled));
    }

    private static async Task<OrderView> RefundedAsync(Purchase buy, Guid team, object request)
    {
        using var response = await buy.SendAsync("refunds", request, by: team);
        Assert.True(response.StatusCode == HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync());
        return await Purchase.ReadAsync<OrderView>(response);
    }

    private static Task<OrderView> CompletedAsync(Purchase buy, int count) =>
        Eventually.GetAsync(buy.GetAsync, order => order.PartialRefunds.Count(r => r.Completed) == count);

    [Fact]
    public async Task A_ticket_and_an_add_on_go_back_and_the_rest_stays()
    {
        var shirt = Guid.CreateVersion7();
        var (buy, team, order) = await BoughtAsync(p =>
        {
            (p.Quantity, p.Price, p.Fee, p.PlatformFee) = (3, 11000, 1000, 1500);
            p.Products.Add(new(shirt, "Camiseta", new(7000, "BRL"), 2));
        });
        var ticket = order.Tickets[1];
        var id = Guid.CreateVersion7();

        await RefundedAsync(
            buy,
            team,
            new
            {
                id,
                ticketIds = new[] { ticket.Id },
                products = new[] { new { productId = shirt, quantity = 1 } },
                reason = "trocou de cidade",
            }
        );

        var now = await CompletedAsync(buy, 1);
        Assert.Equal(OrderStatus.Fulfilled, now.Status);
        Assert.Null(now.Refund);
        Assert.Equal([ticket.Id], now.Tickets.Where(t => t.Refunded).Select(t => t.Id));
        var refund = Assert.Single(now.PartialRefunds);
        Assert.Equal((id, 18000, "trocou de cidade"), (refund.Id, refund.Amount.Amount, refund.Reason));
        Assert.Equal([ticket.Id], refund.TicketIds);
        Assert.Equal((shirt, 1), (refund.Products[0].ProductId, refund.Products[0].Quantity));
        var voided = buy.Asked.First(r => r.Is(Void)).Read<VoidTickets>();
        Assert.Equal([ticket.Id], voided.TicketIds!);
        Assert.True(voided.EvenIfTransferred);
        var returned = buy.Asked.First(r => r.Is(Returns)).Read<ReturnProducts>();
        Assert.Equal((id, 1), (returned.RefundId, returned.Items[0].Quantity));
        var part = buy.Asked.First(r => r.Is(Parts)).Read<RefundPart>();
        Assert.Equal((id, buy.Payments[1].Id, 18000, 1500), (part.Id, part.PaymentId, part.Amount, part.Fee));
        var told = await app.HeardAsync<OrderPartiallyRefunded>(buy.Id);
        Assert.Equal((id, 18000), (told.RefundId, told.Amount.Amount));
        Assert.Equal([ticket.Number], told.Tickets);
        var act = await app.Acts.OfAsync("refund.requested", buy.Id);
        Assert.Equal((team, "18000", "1"), (act.ActorId, act.Details["total"], act.Details["tickets"]));
        Assert.DoesNotContain("cidade", string.Join(' ', act.Details.Values), StringComparison.Ordinal);
    }

    /// <summary>Each ticket alone, in any order: to the cent what was paid, with the fees.</summary>
    [Fact]
    public async Task All_parts_are_the_whole() =>
        await Gen.Select(Gen.Long[0, 20_000], Gen.Int[1, 6], Gen.Double[0, 1], Gen.Int[0, 30], Gen.Bool)
            .SampleAsync(
                async (price, quantity, coupon, percent, borne) =>
                {
                    var platformFee = price * percent / 100;
                    var (buy, team, order) = await BoughtAsync(p =>
                    {
                        (p.Price, p.Quantity) = (Math.Max(1, price), quantity);
                        (p.Fee, p.PlatformFee) = (borne ? platformFee : 0, platformFee);
                        p.Discount = (long)(coupon * (p.Price * p.Quantity - 1));
                    });
                    foreach (var ticket in order.Tickets.Reverse())
                        await RefundedAsync(buy, team, new { ticketIds = new[] { ticket.Id } });

                    var now = await CompletedAsync(buy, quantity);

                    Assert.Equal(order.Total.Amount, now.PartialRefunds.Sum(r => r.Amount.Amount));
                    var parts = buy
                        .Asked.Where(r => r.Is(Parts))
                        .Select(r => r.Read<RefundPart>())
                        .DistinctBy(r => r.Id);
                    var fees = buy.PlatformFee * quantity;
                    var gross = buy.Price * quantity;
                    Assert.Equal(
                        (long)decimal.Round((decimal)fees * (gross - buy.Discount) / gross),
                        parts.Sum(p => p.Fee)
                    );
                },
                iter: 15,
                threads: 4
            );

    [Fact]
    public async Task A_fee_may_be_kept_and_an_amount_agreed_on()
    {
        var (buy, team, order) = await BoughtAsync(p =>
            (p.Quantity, p.Price, p.Fee, p.PlatformFee) = (2, 11000, 1000, 1000)
        );

        await RefundedAsync(buy, team, new { ticketIds = new[] { order.Tickets[0].Id }, keepFee = true });
        await RefundedAsync(buy, team, new { amount = 500 });
        await RefundedAsync(buy, team, new { ticketIds = new[] { order.Tickets[1].Id }, amount = 5500 });

        var now = await CompletedAsync(buy, 3);
        Assert.Equal([10000, 500, 5500], now.PartialRefunds.Select(r => r.Amount.Amount));
        var fees = buy.Asked.Where(r => r.Is(Parts)).Select(r => r.Read<RefundPart>()).DistinctBy(p => p.Id);
        Assert.Equal([0, 45, 500], fees.Select(p => p.Fee));
    }

    [Fact]
    public async Task Never_more_than_was_paid_however_many_ask_at_once()
    {
        var (buy, team, _) = await BoughtAsync();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => buy.SendAsync("refunds", new { amount = 9000 }, by: team))
        );

        Assert.Equal(3, answers.Count(a => a.StatusCode == HttpStatusCode.Accepted));
        foreach (var refused in answers.Where(a => a.StatusCode != HttpStatusCode.Accepted))
        {
            var problem = await refused.Content.ReadFromJsonAsync<JsonNode>();
            Assert.EndsWith("refund-exceeds-order", (string)problem!["type"]!, StringComparison.Ordinal);
            Assert.Equal(3000, (long)problem["left"]!["amount"]!);
        }
        Assert.Equal(27000, (await CompletedAsync(buy, 3)).PartialRefunds.Sum(r => r.Amount.Amount));
    }

    [Fact]
    public async Task The_same_refund_again_is_one()
    {
        var (buy, team, order) = await BoughtAsync();
        var request = new { id = Guid.CreateVersion7(), ticketIds = new[] { order.Tickets[0].Id } };

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => buy.SendAsync("refunds", request, by: team))
        );

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Accepted, a.StatusCode));
        await CompletedAsync(buy, 1);
        await app.HeardAsync<OrderPartiallyRefunded>(buy.Id);
        Assert.Equal(1, app.CountTold<OrderPartiallyRefunded>(buy.Id));
        using var other = await buy.SendAsync("refunds", new { request.id, amount = 5 }, by: team);
        Assert.Equal("already-refunded", await Purchase.ProblemAsync(other));
        using var ticket = await buy.SendAsync("refunds", new { request.ticketIds }, by: team);
        Assert.Equal("already-refunded", await Purchase.ProblemAsync(ticket));
    }

    [Fact]
    public async Task Whether_the_fee_goes_back_is_the_organizers_policy_unless_a_refund_says_otherwise()
    {
        var (buy, team, order) = await BoughtAsync(p => (p.Quantity, p.Price, p.Fee) = (3, 11000, 1000));
        var owner = await app.NewTeamMemberAsync(buy.OrganizerId, TeamRole.Owner);

        Assert.Equal((200, false), await PolicyAsync(HttpMethod.Get, team));
        Assert.Equal(403, (await PolicyAsync(HttpMethod.Put, team, true)).Status);
        Assert.Equal(404, (await PolicyAsync(HttpMethod.Put, Guid.CreateVersion7(), true)).Status);
        Assert.Equal((200, true), await PolicyAsync(HttpMethod.Put, owner, true));
        Assert.Equal((200, true), await PolicyAsync(HttpMethod.Put, owner, true));
        Assert.Equal((200, true), await PolicyAsync(HttpMethod.Get, team));
        Assert.Equal("True", (await app.Acts.OfAsync("refund-policy.changed", buy.OrganizerId)).Details["keepsFee"]);

        Assert.Equal(10000, await GiveBackAsync(0, null));
        Assert.Equal(11000, await GiveBackAsync(1, false));
        await PolicyAsync(HttpMethod.Put, owner, false);
        Assert.Equal(11000, await GiveBackAsync(2, null));

        async Task<long> GiveBackAsync(int ticket, bool? keepFee)
        {
            var ids = new[] { order.Tickets[ticket].Id };
            using var answer = await buy.SendAsync("refunds", new { ticketIds = ids, keepFee }, by: team);
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            return (await buy.GetAsync()).PartialRefunds[^1].Amount.Amount;
        }

        async Task<(int Status, bool? KeepsFee)> PolicyAsync(HttpMethod method, Guid by, bool? keepsFee = null)
        {
            using var http = app.System.Client(AppIds.Orders, by);
            using var request = new HttpRequestMessage(
                method,
                $"/api/v1/orders/refund-policy?organizerId={buy.OrganizerId}"
            );
            if (keepsFee is not null)
                request.Content = JsonContent.Create(new { keepsFee });
            using var answer = await http.SendAsync(request);
            var body = await answer.Content.ReadFromJsonAsync<JsonNode>();
            return ((int)answer.StatusCode, (bool?)body!["keepsFee"]);
        }
    }

    public static TheoryData<string, int, string> Nonsense() =>
        new()
        {
            { """{"ticketIds":["TICKET","TICKET"]}""", 422, "invalid" },
            { """{"ticketIds":["STRANGER"]}""", 422, "invalid" },
            { """{"ticketIds":["x"]}""", 400, "invalid" },
            { """{"ticketIds":"TICKET"}""", 400, "invalid" },
            { """{"products":[{"productId":"STRANGER","quantity":1}]}""", 422, "invalid" },
            { """{"products":[{"productId":"SHIRT","quantity":0}]}""", 400, "invalid" },
            { """{"products":[{"productId":"SHIRT","quantity":-1}]}""", 400, "invalid" },
            { """{"products":[{"productId":"SHIRT","quantity":3}]}""", 422, "invalid" },
            {
                """{"products":[{"productId":"SHIRT","quantity":1},{"productId":"SHIRT","quantity":1}]}""",
                422,
                "invalid"
            },
            { """{"products":[null]}""", 422, "invalid" },
            { """{"amount":0}""", 422, "invalid" },
            { """{"amount":-1}""", 400, "invalid" },
            { """{"amount":9223372036854775807}""", 400, "invalid" },
            { """{"amount":1.5}""", 400, "invalid" },
            { """{"amount":44001}""", 409, "refund-exceeds-order" },
            { """{"ticketIds":["TICKET"],"amount":44001}""", 409, "refund-exceeds-order" },
            { """{"keepFee":true}""", 422, "invalid" },
            { """{"id":"TICKET"}""", 422, "invalid" },
        };

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task Nonsense_is_refused_and_changes_nothing(string body, int status, string code)
    {
        var shirt = Guid.CreateVersion7();
        var (buy, team, order) = await BoughtAsync(p => p.Products.Add(new(shirt, "Camiseta", new(7000, "BRL"), 2)));
        var json = body.Replace("TICKET", $"{order.Tickets[0].Id}", StringComparison.Ordinal)
            .Replace("STRANGER", $"{Guid.CreateVersion7()}", StringComparison.Ordinal)
            .Replace("SHIRT", $"{shirt}", StringComparison.Ordinal);

        using var response = await buy.SendAsync("refunds", JsonNode.Parse(json), by: team);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(code, await Purchase.ProblemAsync(response));
        Assert.Empty((await buy.GetAsync()).PartialRefunds);
        Assert.Equal(0, buy.Count(Void) + buy.Count(Returns) + buy.Count(Parts));
    }

    [Fact]
    public async Task Only_the_team_gives_back_a_part()
    {
        var (buy, _, order) = await BoughtAsync();
        var request = new { ticketIds = new[] { order.Tickets[0].Id } };

        using var buyer = await buy.SendAsync("refunds", request);
        using var stranger = await buy.SendAsync("refunds", request, by: Guid.CreateVersion7());
        using var other = await buy.SendAsync(
            "refunds",
            request,
            by: await app.NewTeamMemberAsync(Guid.CreateVersion7())
        );

        Assert.Equal(HttpStatusCode.UnprocessableEntity, buyer.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, stranger.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        Assert.Empty((await buy.GetAsync()).PartialRefunds);
    }

    [Fact]
    public async Task A_used_ticket_is_refunded_only_knowingly()
    {
        var (buy, team, order) = await BoughtAsync(p =>
            p.When(
                Void,
                request =>
                    Task.FromResult(
                        request.Read<VoidTickets>().EvenIfUsed ? null : PeerStub.Problem(409, "ticket-used")
                    )
            )
        );
        var tickets = new[] { order.Tickets[0].Id };

        using var refused = await buy.SendAsync("refunds", new { ticketIds = tickets }, by: team);
        Assert.Equal("ticket-used", await Purchase.ProblemAsync(refused));
        Assert.Empty((await buy.GetAsync()).PartialRefunds);
        Assert.Equal(0, buy.Count(Parts));

        await RefundedAsync(buy, team, new { ticketIds = tickets, evenIfUsed = true });
        await CompletedAsync(buy, 1);
    }

    /// <summary>The provider takes days, or Tickets is away for a moment: nothing is lost, and nothing done twice.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_takes_its_time_is_completed_by_itself(bool told)
    {
        var done = false;
        var voids = 0;
        var (buy, team, order) = await BoughtAsync(p =>
            p.When(Parts, () => done ? null : PeerStub.Json(new RefundAccepted(new(15000, "BRL"), false), 202))
                .When(Void, () => Interlocked.Increment(ref voids) == 1 ? PeerStub.Problem(503, "away") : null)
        );

        var accepted = await RefundedAsync(buy, team, new { ticketIds = new[] { order.Tickets[0].Id } });
        Assert.False(Assert.Single(accepted.PartialRefunds).Completed);
        await buy.AskedAsync(Parts);
        await buy.SagaEndsAsync();
        done = true;
        var fact = new SettlementFact(
            SettlementKind.PartRefunded,
            buy.Payments[1].Id,
            buy.Id,
            new(15000, "BRL"),
            TimeProvider.System.GetUtcNow(),
            RefundId: accepted.PartialRefunds[0].Id
        );
        if (told)
            Assert.Equal(
                HttpStatusCode.OK,
                await app.DeliverAsync(
                    new PaymentRefunded(fact.RefundId!.Value, fact.PaymentId, buy.Id, fact.Amount, fact.At)
                )
            );
        else
            app.Neighbours.Settlements.Enqueue(fact);

        await CompletedAsync(buy, 1);
        await app.HeardAsync<OrderPartiallyRefunded>(buy.Id);
        Assert.Equal(1, app.CountTold<OrderPartiallyRefunded>(buy.Id));
        Assert.Single(buy.Asked.Where(r => r.Is(Parts)).Select(r => r.Read<RefundPart>().Id).Distinct());
    }

    [Fact]
    public async Task After_a_part_all_that_is_left_goes_back_and_the_days_add_up()
    {
        var (buy, team, order) = await BoughtAsync();
        await RefundedAsync(buy, team, new { ticketIds = new[] { order.Tickets[0].Id } });
        await CompletedAsync(buy, 1);

        using (await buy.SendAsync("refunds", new { reason = "tudo" }, by: team)) { }
        await buy.AskedAsync("POST /internal/orders/*/refunds");
        await buy.RefundedAsync();

        await buy.BecomesAsync(OrderStatus.Refunded);
        Assert.Equal(15000, (await app.HeardAsync<OrderRefunded>(buy.Id)).Amount.Amount);
        using var late = await buy.SendAsync("refunds", new { amount = 1 }, by: team);
        Assert.Equal("already-refunded", await Purchase.ProblemAsync(late));
        using var http = app.System.Client(AppIds.Orders, team);
        var day = (
            await Eventually.GetAsync(
                () => http.GetFromJsonAsync<JsonNode>($"/api/v1/orders/sales?organizerId={buy.OrganizerId}"),
                sales => sales!["items"] is JsonArray { Count: 1 } items && (int)items[0]!["refundedOrders"]! == 1
            )
        )!["items"]![0]!;
        Assert.Equal(30000, (long)day["gross"]!["amount"]!);
        Assert.Equal(30000, (long)day["refunded"]!["amount"]!);
    }

    [Fact]
    public async Task A_free_ticket_goes_back_without_money()
    {
        var buy = app.NewPurchase(p => p.Price = 0);
        await buy.PlaceAsync();
        var order = await buy.BecomesAsync(OrderStatus.Fulfilled);
        var team = await app.NewTeamMemberAsync(buy.OrganizerId);

        await RefundedAsync(buy, team, new { ticketIds = new[] { order.Tickets[0].Id } });

        await CompletedAsync(buy, 1);
        Assert.Equal(0, buy.Count(Parts));
    }

    [Theory]
    [InlineData(false, "payment-disputed")]
    [InlineData(true, "order-not-paid")]
    public async Task Not_while_a_bank_decides_nor_before_it_is_paid(bool open, string code)
    {
        var buy = app.NewPurchase();
        await (open ? buy.PlaceAsync() : buy.PaidAsync());
        var team = await app.NewTeamMemberAsync(buy.OrganizerId);
        if (!open)
        {
            await buy.BecomesAsync(OrderStatus.Fulfilled);
            await app.DeliverAsync(
                new PaymentDisputed(
                    buy.Payments[1].Id,
                    buy.Id,
                    new(buy.Total, "BRL"),
                    TimeProvider.System.GetUtcNow(),
                    Guid.CreateVersion7()
                )
            );
        }

        using var response = await buy.SendAsync("refunds", new { amount = 100 }, by: team);

        Assert.Equal(code, await Purchase.ProblemAsync(response));
    }
}
