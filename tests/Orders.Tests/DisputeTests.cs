using System.Net;
using System.Net.Http.Json;
using Ticketing.Contracts;
using Ticketing.Orders.Disputing;
using Ticketing.Orders.Reading;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Orders.Tests;

/// <summary>A bank asks the money of an order back; Tickets and Payments are others.</summary>
public sealed class DisputeTests(OrdersApp app)
{
    private const string Block = "POST /internal/orders/*/block";
    private const string Unblock = "POST /internal/orders/*/unblock";
    private const string Void = "POST /internal/orders/*/void";
    private const string Refunds = "POST /internal/orders/*/refunds";

    private readonly Guid dispute = Guid.CreateVersion7();

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private async Task<Purchase> PaidAsync()
    {
        var buy = app.NewPurchase();
        await buy.PaidAsync();
        return buy;
    }

    private async Task TellAsync<T>(T told)
        where T : IEvent => Assert.Equal(HttpStatusCode.OK, await app.DeliverAsync(told));

    private Task OpenAsync(Purchase buy, Guid? payment = null) =>
        TellAsync(new PaymentDisputed(payment ?? buy.Payments[1].Id, buy.Id, new(buy.Total, "BRL"), Now, dispute));

    private Task WinAsync(Purchase buy, Guid? payment = null) =>
        TellAsync(new PaymentDisputeWon(payment ?? buy.Payments[1].Id, buy.Id, new(buy.Total, "BRL"), Now, dispute));

    private Task LoseAsync(Purchase buy, long? amount = null, Guid? payment = null) =>
        TellAsync(
            new PaymentDisputeLost(payment ?? buy.Payments[1].Id, buy.Id, new(amount ?? buy.Total, "BRL"), Now, dispute)
        );

    [Fact]
    public async Task Won_it_opens_the_door_and_may_be_refunded()
    {
        var buy = await PaidAsync();
        var finance = await app.NewTeamMemberAsync(buy.OrganizerId);
        await app.NewTeamMemberAsync(buy.OrganizerId, TeamRole.Door);
        await OpenAsync(buy);
        Assert.Equal(DisputeStatus.Open, (await buy.GetAsync()).Dispute!.State);
        var told = await app.HeardAsync<OrderDisputed>(buy.Id);
        Assert.Equal([finance], told.TeamIds);
        Assert.Equal(
            (DisputeState.Opened, dispute, buy.OrganizerId, buy.Total),
            (told.State, told.DisputeId, told.OrganizerId, told.Amount.Amount)
        );
        using (var refused = await buy.SendAsync("refunds"))
            Assert.Equal("payment-disputed", await Purchase.ProblemAsync(refused));

        for (var again = 0; again < 2; again++)
            await WinAsync(buy);
        // Told late.
        await OpenAsync(buy);

        Assert.Equal((1, 1), (buy.Count(Block), buy.Count(Unblock)));
        Assert.Equal(DisputeStatus.Won, (await buy.GetAsync()).Dispute!.State);
        Assert.Equal(0, buy.Count(Void));
        await app.Acts.OfAsync("payment.disputed", buy.Id);
        await app.Acts.OfAsync("payment.dispute-won", buy.Id);
        await Eventually.TrueAsync(() => Task.FromResult(app.CountTold<OrderDisputed>(buy.Id) == 2));
        using var refund = await buy.SendAsync("refunds");
        Assert.Equal(HttpStatusCode.Accepted, refund.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Lost_it_ends_the_order_whoever_has_its_tickets(bool onlyTheOutcomeIsTold)
    {
        var buy = await PaidAsync();
        buy.When(Refunds, () => PeerStub.Json(new RefundAccepted(new(0, "BRL"), true), 202));
        if (!onlyTheOutcomeIsTold)
            await OpenAsync(buy);

        for (var again = 0; again < 2; again++)
            await LoseAsync(buy);

        var order = await buy.BecomesAsync(OrderStatus.Refunded);
        Assert.Equal((DisputeStatus.Lost, "dispute-lost"), (order.Dispute!.State, order.Refund!.Reason));
        var asked = buy.Asked.First(r => r.Is(Void)).Read<VoidTickets>();
        Assert.Equal(new VoidTickets("dispute-lost", true, true), asked);
        Assert.Equal(0, buy.Count(Unblock));
        await app.HeardAsync<OrderRefunded>(buy.Id);
        Assert.Equal(1, app.CountTold<OrderRefunded>(buy.Id));
        await app.Acts.OfAsync("payment.dispute-lost", buy.Id);
        await OpenAsync(buy);
        Assert.Equal(DisputeStatus.Lost, (await buy.GetAsync()).Dispute!.State);
    }

    /// <summary>Payments gives back what the bank did not take; the order waits for that.</summary>
    [Fact]
    public async Task Lost_in_part_the_rest_is_given_back()
    {
        var buy = await PaidAsync();

        await LoseAsync(buy, amount: 1);

        await buy.AskedAsync(Refunds);
        Assert.Equal(OrderStatus.Fulfilled, (await buy.GetAsync()).Status);
        await buy.RefundedAsync();
        await buy.BecomesAsync(OrderStatus.Refunded);
    }

    /// <summary>The show is cancelled meanwhile: the money goes back when the bank lets it go.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_refund_that_waits_for_the_bank_goes_on_with_its_outcome(bool won)
    {
        var buy = await PaidAsync();
        var decided = false;
        buy.When(
            Refunds,
            () =>
                decided
                    ? PeerStub.Json(new RefundAccepted(new(0, "BRL"), true), 202)
                    : PeerStub.Problem(409, "payment-disputed")
        );
        await OpenAsync(buy);
        await TellAsync(new EventCancelled(buy.EventId, 9, "chuva", Now));
        await buy.AskedAsync(Refunds);
        Assert.Equal(OrderStatus.Fulfilled, (await buy.GetAsync()).Status);

        decided = true;
        await (won ? WinAsync(buy) : LoseAsync(buy));

        await buy.BecomesAsync(OrderStatus.Refunded);
        await app.HeardAsync<OrderRefunded>(buy.Id);
    }

    /// <summary>Second money of a paid order: its loss costs no ticket.</summary>
    [Fact]
    public async Task A_payment_that_the_order_does_not_keep_is_only_money()
    {
        var buy = await PaidAsync();
        var other = Guid.CreateVersion7();
        buy.When(Refunds, () => PeerStub.Problem(409, "payment-disputed"));
        await TellAsync(new PaymentSettled(other, buy.Id, new(buy.Total, "BRL"), PaymentMethod.Pix, Now));
        await OpenAsync(buy, other);
        Assert.Null((await buy.GetAsync()).Dispute);
        await buy.AskedAsync(Block);

        await LoseAsync(buy, payment: other);

        await buy.AskedAsync(Unblock);
        await buy.SagaEndsAsync();
        Assert.Equal((OrderStatus.Fulfilled, 0), ((await buy.GetAsync()).Status, buy.Count(Void)));
        Assert.True(
            await app.ScalarAsync<bool>("SELECT refunded_at IS NOT NULL FROM settlements WHERE payment_id = $1", other)
        );
    }

    [Fact]
    public async Task An_outcome_may_be_told_before_the_money()
    {
        var buy = app.NewPurchase();
        await buy.PlaceAsync();

        await LoseAsync(buy);
        await TellAsync(buy.Settled());

        Assert.Equal(OrderStatus.AwaitingPayment, (await buy.GetAsync()).Status);
        Assert.Equal(0, buy.Count("POST /internal/holds/*/commit"));
    }

    [Fact]
    public async Task All_that_is_told_at_once_ends_as_its_outcome()
    {
        for (var round = 0; round < 5; round++)
        {
            var tests = new DisputeTests(app);
            var buy = await PaidAsync();
            await Task.WhenAll(tests.OpenAsync(buy), tests.WinAsync(buy), tests.OpenAsync(buy), tests.WinAsync(buy));

            Assert.Equal(DisputeStatus.Won, (await buy.GetAsync()).Dispute!.State);
            var door = buy.Asked.Last(r => r.Is(Block) || r.Is(Unblock));
            Assert.True(door.Is(Unblock), "the door was told last what is true");
        }
    }

    private DisputeSnapshot Snapshot(Purchase buy, string? evidence = null) =>
        new(
            dispute,
            buy.Id,
            buy.Payments[1].Id,
            PaymentMethod.Card,
            Contracts.DisputeState.NeedsEvidence,
            new(buy.Total, "BRL"),
            "fraudulent",
            Now,
            Now.AddDays(7),
            evidence,
            evidence is null ? null : Now,
            null
        );

    [Fact]
    public async Task The_team_sees_it_and_says_what_happened_once()
    {
        var buy = await PaidAsync();
        string? said = null;
        buy.When("GET /internal/orders/*/disputes", () => PeerStub.Json(new DisputeList([Snapshot(buy, said)])));
        buy.When(
            "POST /internal/orders/*/disputes/*/evidence",
            request =>
            {
                said = request.Read<AttachEvidence>().Text;
                return Task.FromResult<Microsoft.AspNetCore.Http.IResult?>(PeerStub.Json(Snapshot(buy, said), 202));
            }
        );
        await OpenAsync(buy);
        var finance = await app.NewTeamMemberAsync(buy.OrganizerId);
        using var team = app.System.Client(AppIds.Orders, finance);

        var seen = await team.GetFromJsonAsync<DisputeList>(
            $"/api/v1/orders/{buy.Id}/disputes",
            ServiceDefaultsExtensions.Json
        );
        for (var again = 0; again < 2; again++)
            using (
                var answered = await buy.SendAsync(
                    $"disputes/{dispute}/evidence",
                    new { text = "Entrou às 20 h." },
                    finance
                )
            )
                Assert.Equal(HttpStatusCode.Accepted, answered.StatusCode);

        Assert.Equal(dispute, Assert.Single(seen!.Items).Id);
        Assert.Equal("Entrou às 20 h.", said);
        var act = await app.Acts.OfAsync("dispute.answered", buy.Id);
        Assert.Equal((finance, buy.OrganizerId), (act.ActorId, act.OrganizerId));
        Assert.DoesNotContain("Entrou", string.Join(' ', act.Details.Values), StringComparison.Ordinal);
        using var unknown = await buy.SendAsync(
            $"disputes/{Guid.CreateVersion7()}/evidence",
            new { text = "x" },
            finance
        );
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var empty = await buy.SendAsync($"disputes/{dispute}/evidence", new { text = "" }, finance);
        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
    }

    [Fact]
    public async Task Nobody_else_sees_it_nor_the_buyer()
    {
        var buy = await PaidAsync();
        using var stranger = app.System.Client(AppIds.Orders, Guid.CreateVersion7());
        using var buyer = buy.Buyer();
        foreach (var http in new[] { stranger, buyer })
            using (var refused = await http.GetAsync($"/api/v1/orders/{buy.Id}/disputes"))
                Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        using var answered = await buy.SendAsync($"disputes/{dispute}/evidence", new { text = "x" });
        Assert.Equal(HttpStatusCode.NotFound, answered.StatusCode);
    }
}
