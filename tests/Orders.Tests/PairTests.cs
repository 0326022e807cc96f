using System.Net;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Orders.Tests;

/// <summary>
/// The pairs of services/README.md as an order goes through them: Tickets answers as it would, and is asked for what the
/// table says. (What Tickets itself does, its own tests go through.)
/// </summary>
public sealed class PairTests(OrdersApp app)
{
    private static readonly PairTable Table = PairTable.Read();

    /// <summary>Moves that an order sees as Tickets' answer alone.</summary>
    private static readonly string[] AtTickets = ["transfer", "check-in", "erase-holder", "reissue"];

    private static readonly string[] OfOrders = [.. Table.Moves.Except(AtTickets)];

    public static IEnumerable<TheoryDataRow<string, string>> Orderly() =>
        from first in Table.Moves
        from then in OfOrders
        select new TheoryDataRow<string, string>(first, then);

    public static IEnumerable<TheoryDataRow<string, string>> AtOnce() =>
        from one in OfOrders
        from other in OfOrders
        where string.CompareOrdinal(one, other) <= 0
        select new TheoryDataRow<string, string>(one, other);

    /// <summary>What Tickets and Payments know of the order's ticket and money.</summary>
    private sealed class Ground(Purchase buy)
    {
        public Purchase Buy => buy;
        public bool Transferred { get; set; }
        public bool Used { get; set; }
        public Guid Dispute { get; } = Guid.CreateVersion7();
        public bool Disputed { get; set; }
        public bool Decided { get; set; }
        public bool Lost { get; set; }
        public bool Void { get; set; }
    }

    private async Task<Ground> PrepareAsync()
    {
        Ground ground = null!;
        var buy = app.NewPurchase();
        ground = new(buy);
        buy.When(
            "POST /internal/orders/*/void",
            request =>
            {
                var asked = request.Read<VoidTickets>();
                lock (ground)
                {
                    if (ground.Transferred && !asked.EvenIfTransferred)
                        return Task.FromResult<Microsoft.AspNetCore.Http.IResult?>(
                            PeerStub.Problem(409, "ticket-transferred")
                        );
                    if (ground.Used && !asked.EvenIfUsed)
                        return Task.FromResult<Microsoft.AspNetCore.Http.IResult?>(
                            PeerStub.Problem(409, "ticket-used")
                        );
                    ground.Void = true;
                }
                return Task.FromResult<Microsoft.AspNetCore.Http.IResult?>(null);
            }
        );
        buy.When(
            "POST /internal/orders/*/refunds",
            () =>
                ground.Lost ? PeerStub.Json(new RefundAccepted(new(0, "BRL"), true), 202)
                : ground is { Disputed: true, Decided: false } ? PeerStub.Problem(409, "payment-disputed")
                : null
        );
        await buy.PaidAsync();
        return ground;
    }

    private async Task<string> MoveAsync(string move, Ground ground)
    {
        var buy = ground.Buy;
        switch (move)
        {
            case "transfer":
                ground.Transferred = true;
                return "ok";
            case "check-in":
                ground.Used = true;
                return "ok";
            case "refund-buyer":
                return await RefundAsync(buy, null);
            case "refund-team":
                return await RefundAsync(buy, await app.NewTeamMemberAsync(buy.OrganizerId));
            case "cancel":
                var cancelled = new EventCancelled(buy.EventId, 9, "chuva", TimeProvider.System.GetUtcNow());
                Assert.Equal(HttpStatusCode.OK, await app.DeliverAsync(cancelled));
                // Whatever holds other refunds up.
                await Eventually.TrueAsync(() => Task.FromResult(ground.Void));
                return "ok";
            case "dispute":
                ground.Disputed = true;
                var disputed = new PaymentDisputed(
                    buy.Payments[1].Id,
                    buy.Id,
                    new(buy.Total, "BRL"),
                    TimeProvider.System.GetUtcNow(),
                    ground.Dispute
                );
                Assert.Equal(HttpStatusCode.OK, await app.DeliverAsync(disputed));
                return "ok";
            case "dispute-won":
                ground.Decided = true;
                var won = new PaymentDisputeWon(
                    buy.Payments[1].Id,
                    buy.Id,
                    new(buy.Total, "BRL"),
                    TimeProvider.System.GetUtcNow(),
                    ground.Dispute
                );
                Assert.Equal(HttpStatusCode.OK, await app.DeliverAsync(won));
                return "ok";
            case "dispute-lost":
                // Another one than may be won.
                ground.Lost = true;
                var lost = new PaymentDisputeLost(
                    buy.Payments[1].Id,
                    buy.Id,
                    new(buy.Total, "BRL"),
                    TimeProvider.System.GetUtcNow(),
                    Guid.CreateVersion7()
                );
                Assert.Equal(HttpStatusCode.OK, await app.DeliverAsync(lost));
                await Eventually.TrueAsync(() => Task.FromResult(ground.Void));
                return "ok";
            case "erase-buyer":
                var erased = new UserErased(buy.BuyerId, TimeProvider.System.GetUtcNow());
                Assert.Equal(HttpStatusCode.OK, await app.DeliverAsync(erased));
                return "ok";
            default:
                return "ok";
        }
    }

    private static async Task<string> RefundAsync(Purchase buy, Guid? by)
    {
        using var answer = await buy.SendAsync("refunds", by: by);
        return answer.IsSuccessStatusCode ? "ok" : await Purchase.ProblemAsync(answer);
    }

    [Theory]
    [MemberData(nameof(Orderly))]
    public async Task One_after_the_other(string first, string then)
    {
        var ground = await PrepareAsync();
        Assert.Equal("ok", await MoveAsync(first, ground));
        var wasVoid = ground.Void;

        Assert.Equal(Table[first, then], await MoveAsync(then, ground));

        if (Table[first, then] != "ok")
            Assert.Equal(wasVoid, ground.Void);
        await AssertSettlesAsync(ground);
    }

    [Theory]
    [MemberData(nameof(AtOnce))]
    public async Task At_once(string one, string other)
    {
        var ground = await PrepareAsync();

        var answers = await Task.WhenAll(MoveAsync(one, ground), MoveAsync(other, ground));

        Assert.Contains(
            answers,
            (string[][])
                [
                    ["ok", Table[one, other]],
                    [Table[other, one], "ok"],
                ]
        );
        await AssertSettlesAsync(ground);
    }

    /// <summary>A void ticket's money goes back once, and only its money, unless the bank has it; a good ticket's stays.</summary>
    private static async Task AssertSettlesAsync(Ground ground)
    {
        var buy = ground.Buy;
        if (!ground.Void)
        {
            Assert.Null((await buy.GetAsync()).Refund);
            Assert.Equal(0, buy.Count("POST /internal/orders/*/refunds"));
            return;
        }
        await buy.AskedAsync("POST /internal/orders/*/refunds");
        if (ground is { Disputed: true, Decided: false, Lost: false })
            return;
        // The bank's money is no refund of ours.
        if (!ground.Lost)
            await buy.RefundedAsync();
        await buy.BecomesAsync(OrderStatus.Refunded);
        Assert.Single(
            buy.Asked.Where(r => r.Is("POST /internal/orders/*/refunds"))
                .Select(r => r.Read<RefundOrder>().OperationId)
                .Distinct()
        );
    }
}
