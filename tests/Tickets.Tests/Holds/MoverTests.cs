using System.Net;
using System.Net.Http.Json;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;
using Ticketing.Tickets.Holds;
using Ticketing.Tickets.IssuedTickets;
using Ticketing.Tickets.Transfers;
using static Ticketing.Tickets.Tests.Wire;

namespace Ticketing.Tickets.Tests.Holds;

/// <summary>Of its own: its connections are ended to count their deadlocks.</summary>
public sealed class MovedTickets : IAsyncLifetime
{
    public TicketsApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync() => App = await TicketsApp.StartAsync();

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

/// <summary>Whatever moves a hold, a ticket or a pool meets every other such move, in every state of the hold.</summary>
public sealed class MoverTests(MovedTickets moved) : IClassFixture<MovedTickets>
{
    private readonly TicketsApp app = moved.App;

    private enum Start
    {
        Held,
        Ordered,
        Expired,
        Lapsed,
        Committed,
    }

    private sealed record Target(Show Show, Guid Hold, Guid Buyer, object[] Items, TicketView? Ticket);

    private Dictionary<string, Func<Target, Task<HttpResponseMessage>>> Movers =>
        new()
        {
            ["attach"] = t => app.AttachAsync(t.Hold, t.Buyer),
            ["commit"] = t => app.CommitAsync(t.Hold, t.Buyer),
            ["release"] = t => app.ReleaseAsync(t.Hold),
            ["void"] = t => app.VoidAsync(t.Hold, evenIfUsed: true, evenIfTransferred: true),
            ["return"] = async t =>
            {
                using var http = app.Person(t.Buyer);
                return await http.DeleteAsync($"/api/v1/holds/{t.Hold}");
            },
            ["take"] = async t =>
            {
                using var http = app.Person();
                return await http.HoldAsync(t.Show.SessionId, [.. t.Items.Reverse()]);
            },
            ["expire"] = async t =>
            {
                await app.LapseAsync(t.Hold);
                await app.ScalarAsync<int>("SELECT expire_holds(1000)");
                return new(HttpStatusCode.OK);
            },
            ["block"] = async t =>
            {
                await app.DisputeAsync(t.Hold);
                return new(HttpStatusCode.OK);
            },
            ["unblock"] = async t =>
            {
                await app.DisputeIsWonAsync(t.Hold);
                return new(HttpStatusCode.OK);
            },
            ["edit"] = async t => new(await EditAsync(t.Show)),
            ["erase"] = async t =>
                new(await app.System.DeliverAsync(AppIds.Tickets, new UserErased(t.Buyer, DateTimeOffset.UnixEpoch))),
            ["transfer"] = async t =>
            {
                var (friend, ticket) = (app.NewPerson(), t.Ticket?.Id ?? t.Hold);
                using var offered = await app.OfferAsync(t.Buyer, ticket, friend.Email);
                return offered.IsSuccessStatusCode
                    ? await app.AcceptAsync(friend.Id, ticket, (await offered.ReadAsync<TransferView>(201)).Id)
                    : new(offered.StatusCode);
            },
            ["reissue"] = async t =>
            {
                using var owner = app.Person(t.Buyer);
                return await owner.PostAsync($"/api/v1/tickets/{t.Ticket?.Id ?? t.Hold}/reissue", null);
            },
            ["check-in"] = async t =>
            {
                using var door = app.Person(null, "admin");
                return await door.PostAsJsonAsync(
                    "/api/v1/check-ins",
                    new { code = t.Ticket?.Code ?? "none", gate = "A" }
                );
            },
        };

    private long version = 1;

    private Task<HttpStatusCode> EditAsync(Show show)
    {
        EventSnapshot changed;
        lock (show)
        {
            show.Version = Interlocked.Increment(ref version);
            for (var i = 0; i < show.Pools.Count; i++)
                show.Pools[i] = show.Pools[i] with { Capacity = 60 + (int)(show.Version % 3) };
            changed = show.Snapshot();
        }
        return app.System.DeliverAsync(AppIds.Tickets, new EventChanged(changed));
    }

    [Fact]
    public async Task Every_two_moves_at_once_keep_the_invariants_and_never_deadlock()
    {
        var movers = Movers;
        foreach (var (a, one) in movers)
        foreach (var (b, other) in movers)
        {
            if (string.CompareOrdinal(a, b) > 0)
                continue;
            var show = new Show { Version = Interlocked.Increment(ref version) };
            Guid[] types = [show.Standing(60), show.Standing(60), show.Seated(2, 10)];
            app.AddSeatMap(show.SeatMap());
            await app.SellAsync(show);
            var targets = new List<Target>();
            foreach (var start in Enum.GetValues<Start>())
                targets.Add(await PrepareAsync(show, types, start, targets.Count));

            var answers = await Task.WhenAll(targets.SelectMany(t => new[] { one(t), other(t) }));

            foreach (var answer in answers)
                Assert.True(
                    (int)answer.StatusCode < 500,
                    $"{a}, {b}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}"
                );
            await app.AssertInvariantsAsync(show.SessionId);
        }
        Assert.Equal(0, await Deadlocks.CountAsync(app.Database));
        await Deadlocks.MakeAsync(app.Database);
        Assert.Equal(1, await Deadlocks.CountAsync(app.Database));
    }

    private async Task<Target> PrepareAsync(Show show, Guid[] types, Start start, int number)
    {
        var buyer = Guid.CreateVersion7();
        var seats = show.SeatsOf(types[2]);
        object[] items = [Some(types[0]), Seats(types[2], seats[2 * number], seats[2 * number + 1]), Some(types[1], 2)];
        if (number % 2 == 1)
            Array.Reverse(items);
        using var http = app.Person(buyer);
        var hold = await (await http.HoldAsync(show.SessionId, items)).ReadAsync<HoldView>(201);
        if (start != Start.Held)
            (await app.AttachAsync(hold.Id, buyer)).EnsureSuccessStatusCode();
        if (start is Start.Lapsed or Start.Expired)
            await app.LapseAsync(hold.Id);
        if (start == Start.Expired)
            await app.ScalarAsync<int>("SELECT expire_holds(1000)");
        TicketView? ticket = null;
        if (start == Start.Committed)
        {
            var issued = await (await app.CommitAsync(hold.Id, buyer)).ReadAsync<Contracts.IssuedTickets>();
            ticket = await (await http.GetAsync($"/api/v1/tickets/{issued.Tickets[0].Id}")).ReadAsync<TicketView>();
        }
        // Who takes wants other seats: those of this hold are most often taken.
        return new(show, hold.Id, buyer, [Some(types[0]), Seats(types[2], seats[10 + number]), Some(types[1])], ticket);
    }
}
