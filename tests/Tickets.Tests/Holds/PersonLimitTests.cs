using System.Net;
using CsCheck;
using Ticketing.TestKit;
using Ticketing.Tickets.Catalog;
using Ticketing.Tickets.Holds;
using static Ticketing.Tickets.Tests.Wire;

namespace Ticketing.Tickets.Tests.Holds;

/// <summary>What one person may have of a session, and hold unpaid.</summary>
public sealed class PersonLimitTests(TicketsApp app)
{
    private async Task<(Show Show, Guid Type)> SellAsync(int maxPerPerson, int capacity = 200)
    {
        var show = new Show { MaxPerPerson = maxPerPerson };
        var type = show.Standing(capacity, maxPerOrder: 20);
        await app.SellAsync(show);
        return (show, type);
    }

    private async Task<HttpResponseMessage> TryAsync(Guid buyer, Show show, Guid type, int quantity = 1)
    {
        using var http = app.Person(buyer);
        return await http.HoldAsync(show.SessionId, Some(type, quantity));
    }

    private async Task<HoldView> HoldAsync(Guid buyer, Show show, Guid type, int quantity = 1) =>
        await (await TryAsync(buyer, show, type, quantity)).ReadAsync<HoldView>(201);

    private async Task RefusedAsync(Guid buyer, Show show, Guid type, int quantity, int left)
    {
        var problem = await (await TryAsync(buyer, show, type, quantity)).ProblemAsync(409, "person-limit-reached");
        Assert.Equal(show.MaxPerPerson, problem.GetProperty("limit").GetInt32());
        Assert.Equal(left, problem.GetProperty("left").GetInt32());
    }

    private async Task LapseAsync(Guid hold)
    {
        await app.LapseAsync(hold);
        await app.ScalarAsync<int>("SELECT expire_holds(1000)");
        await app.UntilStatusAsync(hold, "Expired");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Ten_requests_of_one_person_at_once_get_the_limit_exactly(int each)
    {
        var (show, type) = await SellAsync(maxPerPerson: 4);
        var buyer = Guid.CreateVersion7();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => TryAsync(buyer, show, type, each)));

        Assert.Equal(4 / each, answers.Count(a => a.StatusCode == HttpStatusCode.Created));
        foreach (var refused in answers.Where(a => a.StatusCode != HttpStatusCode.Created))
            Assert.Equal(0, (await refused.ProblemAsync(409, "person-limit-reached")).GetProperty("left").GetInt32());
        Assert.Equal(4, (await app.PoolAsync(show.PoolOf(type))).Held);
    }

    [Fact]
    public async Task What_was_bought_counts_and_what_came_back_does_not()
    {
        var (show, type) = await SellAsync(maxPerPerson: 4);
        var buyer = Guid.CreateVersion7();
        var order = await app.BuyAsync(show.SessionId, buyer, Some(type, 3));
        await RefusedAsync(buyer, show, type, 2, left: 1);
        var held = await HoldAsync(buyer, show, type);
        (await app.AttachAsync(held.Id, buyer)).EnsureSuccessStatusCode();
        await RefusedAsync(buyer, show, type, 1, left: 0);
        // Others, and this person at another session, are not concerned.
        await HoldAsync(Guid.CreateVersion7(), show, type, 4);
        var (other, otherType) = await SellAsync(maxPerPerson: 4);
        await HoldAsync(buyer, other, otherType, 4);

        (await app.ReleaseAsync(held.Id)).EnsureSuccessStatusCode();
        await LapseAsync((await HoldAsync(buyer, show, type)).Id);
        await RefusedAsync(buyer, show, type, 2, left: 1);
        (await app.VoidAsync(order.OrderId)).EnsureSuccessStatusCode();
        await HoldAsync(buyer, show, type, 4);
        await app.AssertInvariantsAsync(show.SessionId);
    }

    [Fact]
    public async Task A_ticket_that_was_passed_on_counts_for_its_buyer()
    {
        var (show, type) = await SellAsync(maxPerPerson: 2);
        var order = await app.BuyAsync(show.SessionId, null, Some(type, 2));

        var friend = await app.TransferAsync(order.BuyerId, order.Tickets[0].Id);

        await RefusedAsync(order.BuyerId, show, type, 1, left: 0);
        await HoldAsync(friend.Id, show, type, 2);
    }

    [Fact]
    public async Task The_organizer_may_change_the_limit_and_nobody_loses_what_they_have()
    {
        var (show, type) = await SellAsync(maxPerPerson: 6);
        var buyer = Guid.CreateVersion7();
        var hold = await HoldAsync(buyer, show, type, 6);

        show.MaxPerPerson = 3;
        show.Version++;
        await app.SellAsync(show);

        using var http = app.Anonymous();
        // An answer is up to a second old.
        await Eventually.TrueAsync(async () =>
            (
                await (
                    await http.GetAsync($"/api/v1/sessions/{show.SessionId}/availability")
                ).ReadAsync<GetAvailability.Response>()
            ).MaxPerPerson == 3
        );
        await RefusedAsync(buyer, show, type, 1, left: 0);
        (await app.AttachAsync(hold.Id, buyer)).EnsureSuccessStatusCode();
        (await app.CommitAsync(hold.Id, buyer)).EnsureSuccessStatusCode();
        await RefusedAsync(buyer, show, type, 1, left: 0);
    }

    [Fact]
    public async Task A_late_payment_and_new_holds_at_once_stay_within_the_limit()
    {
        for (var round = 0; round < 10; round++)
        {
            var (show, type) = await SellAsync(maxPerPerson: 4);
            var buyer = Guid.CreateVersion7();
            var late = await HoldAsync(buyer, show, type, 4);
            (await app.AttachAsync(late.Id, buyer)).EnsureSuccessStatusCode();
            (await app.ReleaseAsync(late.Id)).EnsureSuccessStatusCode();

            var commit = app.CommitAsync(late.Id, buyer);
            var holds = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TryAsync(buyer, show, type, 2)));

            var held = holds.Count(h => h.StatusCode == HttpStatusCode.Created);
            if ((await commit).IsSuccessStatusCode)
                Assert.Equal(0, held);
            else
            {
                // A code by which Orders gives the money back.
                await (await commit).ProblemAsync(409, "hold-released");
                Assert.Equal(2, held);
            }
            var pool = await app.PoolAsync(show.PoolOf(type));
            Assert.Equal(4, pool.Held + pool.Sold);
            await app.AssertInvariantsAsync(show.SessionId);
        }
    }

    [Fact]
    public async Task Unpaid_places_are_limited_over_all_sessions()
    {
        var buyer = Guid.CreateVersion7();
        var shows = new List<(Show Show, Guid Type)>();
        for (var i = 0; i < 3; i++)
            shows.Add(await SellAsync(maxPerPerson: 100));
        var first = await HoldAsync(buyer, shows[0].Show, shows[0].Type, 20);
        await HoldAsync(buyer, shows[1].Show, shows[1].Type, 19);
        var (show, type) = shows[2];

        var problem = await (await TryAsync(buyer, show, type, 2)).ProblemAsync(409, "limit-reached");
        Assert.Equal(HoldLimits.MaxUnpaidPlaces, problem.GetProperty("limit").GetInt32());
        await HoldAsync(buyer, show, type);

        // What is paid is no longer on hold.
        (await app.AttachAsync(first.Id, buyer)).EnsureSuccessStatusCode();
        await (await TryAsync(buyer, show, type)).ProblemAsync(409, "limit-reached");
        (await app.CommitAsync(first.Id, buyer)).EnsureSuccessStatusCode();
        await HoldAsync(buyer, show, type, 20);
    }

    [Fact]
    public async Task Who_lets_holds_lapse_again_and_again_waits()
    {
        var (show, type) = await SellAsync(maxPerPerson: 4);
        var buyer = Guid.CreateVersion7();
        // Given back is not lapsed.
        using var http = app.Person(buyer);
        for (var i = 0; i < HoldLimits.MaxLapsedHolds; i++)
            await http.DeleteAsync($"/api/v1/holds/{(await HoldAsync(buyer, show, type)).Id}");
        for (var i = 0; i < HoldLimits.MaxLapsedHolds; i++)
        {
            var hold = await HoldAsync(buyer, show, type);
            if (i % 2 == 0)
                await LapseAsync(hold.Id);
            else
            {
                (await app.AttachAsync(hold.Id, buyer, 24 * 3600)).EnsureSuccessStatusCode();
                (await app.ReleaseAsync(hold.Id)).EnsureSuccessStatusCode();
            }
        }

        var refused = await TryAsync(buyer, show, type);

        await refused.ProblemAsync(429, "too-many-lapsed-holds");
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalMinutes, 30, 60);
        await HoldAsync(Guid.CreateVersion7(), show, type);
        var (other, otherType) = await SellAsync(maxPerPerson: 4);
        await HoldAsync(buyer, other, otherType);
        // When the first of them is an hour old.
        await app.ExecuteAsync(
            """
            UPDATE holds SET expires_at = expires_at - interval '1 hour'
            WHERE id = (SELECT id FROM holds WHERE buyer_id = $1 AND session_id = $2 AND status = 'Expired' LIMIT 1)
            """,
            buyer,
            show.SessionId
        );
        await HoldAsync(buyer, show, type);
    }

    private const int Limit = 5;

    /// <param name="Quantity">Of a hold that is taken.</param>
    /// <param name="Which">Of the buyer's holds, by turns.</param>
    private sealed record Step(string Move, int Quantity, int Which);

    private static readonly string[] Moves =
    [
        "take",
        "take",
        "return",
        "release",
        "expire",
        "commit",
        "commit",
        "void",
    ];

    private static readonly Gen<Step[]> Lives = Gen.Select(Gen.Int[0, Moves.Length - 1], Gen.Int[1, 4], Gen.Int[0, 9])
        .Select((move, quantity, which) => new Step(Moves[move], quantity, which))
        .Array[1, 25];

    [Fact]
    public async Task Whatever_a_buyer_does_the_limit_counts_what_they_have() =>
        await Lives.SampleAsync(
            async steps =>
            {
                var (show, type) = await SellAsync(Limit);
                var buyer = Guid.CreateVersion7();
                var holds = new List<Had>();
                foreach (var step in steps)
                    await StepAsync(step, holds, buyer, show, type);
                await app.AssertInvariantsAsync(show.SessionId);
                var pool = await app.PoolAsync(show.PoolOf(type));
                Assert.Equal(holds.Sum(h => h.Places), pool.Held + pool.Sold);
            },
            iter: 40,
            threads: 2
        );

    private sealed class Had(Guid id, int quantity)
    {
        public Guid Id => id;
        public int Quantity => quantity;
        public HoldStatus Status { get; set; }
        public int Places => Status is HoldStatus.Held or HoldStatus.Ordered or HoldStatus.Committed ? quantity : 0;
    }

    private async Task StepAsync(Step step, List<Had> holds, Guid buyer, Show show, Guid type)
    {
        var places = holds.Sum(h => h.Places);
        if (step.Move == "take")
        {
            var answer = await TryAsync(buyer, show, type, step.Quantity);
            if (holds.Count(h => h.Status is HoldStatus.Expired or HoldStatus.Released) >= HoldLimits.MaxLapsedHolds)
                await answer.ProblemAsync(429, "too-many-lapsed-holds");
            else if (places + step.Quantity > Limit)
                Assert.Equal(
                    Limit - places,
                    (await answer.ProblemAsync(409, "person-limit-reached")).GetProperty("left").GetInt32()
                );
            else if (holds.Count(h => h.Status == HoldStatus.Held) >= HoldLimits.MaxLiveHolds)
                await answer.ProblemAsync(409, "limit-reached");
            else
                holds.Add(new((await answer.ReadAsync<HoldView>(201)).Id, step.Quantity));
            return;
        }
        if (holds.Count == 0)
            return;
        var hold = holds[step.Which % holds.Count];
        var live = hold.Status == HoldStatus.Held;
        switch (step.Move)
        {
            case "return":
                using (var http = app.Person(buyer))
                    await http.DeleteAsync($"/api/v1/holds/{hold.Id}");
                hold.Status = live ? HoldStatus.Returned : hold.Status;
                break;
            case "release":
                await app.ReleaseAsync(hold.Id);
                hold.Status = live ? HoldStatus.Released : hold.Status;
                break;
            case "expire" when live:
                await LapseAsync(hold.Id);
                hold.Status = HoldStatus.Expired;
                break;
            case "commit":
                var late = hold.Status is HoldStatus.Expired or HoldStatus.Released;
                var answer = await app.CommitAsync(hold.Id, buyer);
                if (live || hold.Status == HoldStatus.Committed || (late && places + hold.Quantity <= Limit))
                {
                    await answer.ReadAsync<Contracts.IssuedTickets>();
                    hold.Status = HoldStatus.Committed;
                }
                else
                    await answer.ProblemAsync(409, "hold-released");
                break;
            case "void":
                (await app.VoidAsync(hold.Id)).EnsureSuccessStatusCode();
                hold.Status = HoldStatus.Voided;
                break;
        }
    }
}
