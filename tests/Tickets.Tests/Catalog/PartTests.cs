using System.Net;
using Ticketing.Contracts;
using Ticketing.Tickets.Holds;
using static Ticketing.Tickets.Tests.Wire;

namespace Ticketing.Tickets.Tests.Catalog;

/// <summary>A large event comes in parts, and its messages in any order.</summary>
public sealed class PartTests(TicketsApp app)
{
    private const int OldPrice = 15000;
    private const int NewPrice = 20000;

    /// <summary>A part of the event: these of its sessions, as they were at this version.</summary>
    private static EventSnapshot Part(Show show, long version, params SessionSnapshot[] sessions) =>
        show.Snapshot() with
        {
            Version = version,
            Title = $"v{version}",
            Partial = true,
            Sessions = [.. sessions.Select(s => s with { Version = s.Version ?? version })],
        };

    private static SessionSnapshot SessionOf(Show show) => show.Snapshot().Sessions.Single();

    private async Task TellAsync(EventSnapshot snapshot) =>
        Assert.Equal(HttpStatusCode.OK, await app.System.DeliverAsync(AppIds.Tickets, new EventChanged(snapshot)));

    private async Task<HoldView> HoldAsync(Show show, Guid type)
    {
        using var buyer = app.Person();
        return await (await buyer.HoldAsync(show.SessionId, Some(type))).ReadAsync<HoldView>(201);
    }

    [Fact]
    public async Task A_part_leaves_sessions_that_it_does_not_name_alone()
    {
        var (edited, other) = (new Show(), new Show());
        var (kept, dropped) = (edited.Standing(10), edited.Standing(10, name: "Camarote"));
        var (standing, seated) = (other.Standing(10), other.Seated(1, 2));
        app.AddSeatMap(other.SeatMap());
        await app.SellAsync(edited);
        await TellAsync(Part(edited, 1, SessionOf(other)));
        var pool = edited.PoolOf(dropped);

        edited.Types.RemoveAt(1);
        edited.Pools.RemoveAt(1);
        edited.Types[0] = edited.Types[0] with { Price = new(NewPrice, "BRL") };
        await TellAsync(Part(edited, 2, SessionOf(edited)));

        Assert.Equal(NewPrice, (await HoldAsync(edited, kept)).Items[0].UnitPrice.Amount);
        using var buyer = app.Person();
        await (await buyer.HoldAsync(edited.SessionId, Some(dropped))).ProblemAsync(409, "sale-not-open");
        Assert.Equal(new PoolState(0, 0, 0, 0, 0), await app.PoolAsync(pool));
        await HoldAsync(other, standing);
        await (await buyer.HoldAsync(other.SessionId, Seats(seated, other.SeatsOf(seated)[0]))).ReadAsync<HoldView>(
            201
        );

        // Told whole, what is not in it is over.
        await TellAsync(Part(edited, 3, SessionOf(edited)) with { Partial = false });
        var problem = await (await buyer.HoldAsync(other.SessionId, Some(standing))).ProblemAsync(409, "sale-not-open");
        Assert.Equal("cancelled", problem.GetProperty("reason").GetString());
        await TellAsync(Part(edited, 2, SessionOf(other)));
        await (await buyer.HoldAsync(other.SessionId, Some(standing))).ProblemAsync(409, "sale-not-open");
        await HoldAsync(edited, kept);
    }

    [Fact]
    public async Task Whatever_the_order_of_parts_and_edits_the_end_is_the_same()
    {
        foreach (var order in Orders([0, 1, 2, 3]))
        {
            var (first, second) = (new Show(), new Show());
            var (early, late) = (first.Standing(10), second.Standing(10));
            var (firstAtOnce, secondAtOnce) = (SessionOf(first), SessionOf(second));
            first.Types[0] = first.Types[0] with { Price = new(NewPrice, "BRL") };
            second.Pools[0] = second.Pools[0] with { Capacity = 20 };
            EventSnapshot[] told =
            [
                Part(first, 1, firstAtOnce),
                Part(first, 1, secondAtOnce),
                Part(first, 2, SessionOf(first)),
                // The whole of it: the first session last changed before.
                Part(first, 3, SessionOf(first) with { Version = 2 }, SessionOf(second)) with
                {
                    Partial = false,
                },
            ];

            foreach (var n in order)
                await TellAsync(told[n]);

            Assert.Equal(NewPrice, (await HoldAsync(first, early)).Items[0].UnitPrice.Amount);
            Assert.Equal(OldPrice, (await HoldAsync(second, late)).Items[0].UnitPrice.Amount);
            Assert.Equal(new PoolState(20, 19, 1, 0, 0), await app.PoolAsync(second.PoolOf(late)));
            Assert.Equal("v3", await app.ScalarAsync<string>("SELECT title FROM events WHERE id = $1", first.EventId));
        }
    }

    [Fact]
    public async Task What_comes_after_its_cancellation_brings_nothing_of_an_event_back()
    {
        var (known, unheard) = (new Show(), new Show());
        var (type, other) = (known.Standing(10), unheard.Standing(10));
        await TellAsync(Part(known, 1, SessionOf(known)));

        var cancelled = new EventCancelled(known.EventId, 2, "chuva", known.StartsAt);
        Assert.Equal(HttpStatusCode.OK, await app.System.DeliverAsync(AppIds.Tickets, cancelled));
        await TellAsync(Part(known, 1, SessionOf(unheard)));
        await TellAsync(Part(known, 5, SessionOf(known)));

        using var buyer = app.Person();
        var problem = await (await buyer.HoldAsync(known.SessionId, Some(type))).ProblemAsync(409, "sale-not-open");
        Assert.Equal("cancelled", problem.GetProperty("reason").GetString());
        Assert.Equal(
            "sessionId",
            (await (await buyer.HoldAsync(unheard.SessionId, Some(other))).ProblemAsync(422, "invalid")).Field()
        );
    }

    [Fact]
    public async Task A_cancellation_counts_whatever_was_told_before_it()
    {
        var show = new Show { Version = 9 };
        var type = show.Standing(10);
        await app.SellAsync(show);

        var cancelled = new EventCancelled(show.EventId, 4, "chuva", show.StartsAt);
        Assert.Equal(HttpStatusCode.OK, await app.System.DeliverAsync(AppIds.Tickets, cancelled));

        using var buyer = app.Person();
        await (await buyer.HoldAsync(show.SessionId, Some(type))).ProblemAsync(409, "sale-not-open");
    }

    private static IEnumerable<int[]> Orders(int[] all) =>
        all.Length == 0
            ?
            [
                [],
            ]
            : all.SelectMany(n => Orders([.. all.Where(m => m != n)]).Select(rest => (int[])[n, .. rest]));
}
