using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Ticketing.Contracts;
using Ticketing.TestKit;
using Ticketing.Tickets.Holds;
using static Ticketing.Tickets.Tests.Wire;

namespace Ticketing.Tickets.Tests.Holds;

/// <summary>What Orders asks of a hold: attach, commit, release, void.</summary>
public sealed class OrderedHoldTests(TicketsApp app)
{
    private async Task<(Show Show, Guid Type, Guid Buyer, HoldView Hold)> HeldAsync(int capacity = 10, int quantity = 2)
    {
        var show = new Show();
        var type = show.Standing(capacity);
        await app.SellAsync(show);
        var buyer = Guid.CreateVersion7();
        using var http = app.Person(buyer);
        var hold = await (await http.HoldAsync(show.SessionId, Some(type, quantity))).ReadAsync<HoldView>(201);
        return (show, type, buyer, hold);
    }

    private async Task<(Show Show, Guid Type, Guid Buyer, HoldView Hold)> SeatedAsync()
    {
        var show = new Show();
        var type = show.Seated(1, 4);
        app.AddSeatMap(show.SeatMap());
        await app.SellAsync(show);
        var buyer = Guid.CreateVersion7();
        using var http = app.Person(buyer);
        var hold = await (
            await http.HoldAsync(show.SessionId, Seats(type, show.SeatsOf(type)[1], show.SeatsOf(type)[2]))
        ).ReadAsync<HoldView>(201);
        return (show, type, buyer, hold);
    }

    [Fact]
    public async Task A_hold_keeps_the_fee_of_the_moment()
    {
        var show = new Show();
        var standing = show.Standing(10);
        var type = show.Type(show.PoolOf(standing), "Com taxa", price: 11000, fee: 1000, platformFee: 1200);
        await app.SellAsync(show);
        var buyer = Guid.CreateVersion7();
        using var http = app.Person(buyer);
        var hold = await (await http.HoldAsync(show.SessionId, Some(standing), Some(type, 2))).ReadAsync<HoldView>(201);
        var available = await (
            await http.GetAsync($"/api/v1/sessions/{show.SessionId}/availability")
        ).ReadAsync<JsonElement>();

        show.Types[1] = show.Types[1] with { Price = new(10000, "BRL"), Fee = 0, PlatformFee = 900 };
        show.Version++;
        await app.SellAsync(show);
        var lines = (await (await app.AttachAsync(hold.Id, buyer)).ReadAsync<HoldSnapshot>()).Lines;

        Assert.Equal([0, 1000], hold.Items.Select(i => i.Fee.Amount));
        Assert.Equal(
            [(15000, 0, 0), (11000, 1000, 1200)],
            lines.Select(l => (l.UnitPrice.Amount, l.Fee, l.PlatformFee))
        );
        Assert.Equal(
            [0, 1000],
            available
                .GetProperty("ticketTypes")
                .EnumerateArray()
                .Select(t => t.GetProperty("fee").GetProperty("amount").GetInt64())
        );
    }

    [Fact]
    public async Task Attaching_extends_the_lease_and_tells_what_is_held()
    {
        var (show, type, buyer, hold) = await HeldAsync();

        var snapshot = await (await app.AttachAsync(hold.Id, buyer, 1800)).ReadAsync<HoldSnapshot>();
        var again = await (await app.AttachAsync(hold.Id, buyer, 60)).ReadAsync<HoldSnapshot>();

        Assert.True(snapshot.ExpiresAt > hold.ExpiresAt);
        Assert.Equal(snapshot.ExpiresAt, again.ExpiresAt);
        Assert.Equal(
            (hold.Id, buyer, show.OrganizerId, show.EventId, show.Title, show.SessionId),
            (
                snapshot.Id,
                snapshot.BuyerId,
                snapshot.OrganizerId,
                snapshot.EventId,
                snapshot.EventTitle,
                snapshot.SessionId
            )
        );
        var line = Assert.Single(snapshot.Lines);
        Assert.Equal((type, 2, new Money(15000, "BRL")), (line.TicketTypeId, line.Quantity, line.UnitPrice));
    }

    [Fact]
    public async Task Who_attaches_again_and_again_does_not_keep_the_stock()
    {
        var (_, _, buyer, hold) = await HeldAsync();
        const int lease = 15 * 60;
        await app.AttachAsync(hold.Id, buyer, lease);

        // The whole lease until the hold's own end, and a moment longer.
        await SetAsync(ownEnd: "5 minutes", leaseEnd: "1 minute");
        (await app.AttachAsync(hold.Id, buyer, lease)).EnsureSuccessStatusCode();
        Assert.InRange(await LeaseAsync(), 10, 15);
        await SetAsync(ownEnd: "-10 seconds", leaseEnd: "1 minute");
        (await app.AttachAsync(hold.Id, buyer, lease)).EnsureSuccessStatusCode();
        Assert.Equal(15, await LeaseAsync());

        // Then none, but for the order that has it: it asks for no more than it has.
        await SetAsync(ownEnd: "-5 minutes", leaseEnd: "10 minutes");
        await (await app.AttachAsync(hold.Id, buyer, lease)).ProblemAsync(409, "hold-expired");
        (await app.AttachAsync(hold.Id, buyer, 10 * 60)).EnsureSuccessStatusCode();
        Assert.Equal(15, await LeaseAsync());

        Task<int> SetAsync(string ownEnd, string leaseEnd) =>
            app.ExecuteAsync(
                $"""
                UPDATE holds SET granted_until = now() + interval '{ownEnd}', expires_at = now() + interval '{leaseEnd}'
                WHERE id = $1
                """,
                hold.Id
            );
        // Minutes from the hold's own end.
        async Task<double> LeaseAsync() =>
            (
                await app.ScalarAsync<TimeSpan>("SELECT expires_at - granted_until FROM holds WHERE id = $1", hold.Id)
            ).TotalMinutes;
    }

    [Fact]
    public async Task Only_the_buyers_live_hold_is_attached()
    {
        var (_, _, buyer, hold) = await HeldAsync();
        await (await app.AttachAsync(hold.Id, Guid.CreateVersion7())).ProblemAsync(404, "hold-not-found");
        await (await app.AttachAsync(Guid.CreateVersion7(), buyer)).ProblemAsync(404, "hold-not-found");
        await (await app.AttachAsync(hold.Id, buyer, 0)).ProblemAsync(422, "invalid");
        await app.LapseAsync(hold.Id);
        await (await app.AttachAsync(hold.Id, buyer)).ProblemAsync(409, "hold-expired");
    }

    [Fact]
    public async Task A_lease_that_ends_gives_its_stock_back()
    {
        var (show, type, buyer, hold) = await SeatedAsync();
        await app.AttachAsync(hold.Id, buyer);

        await app.LapseAsync(hold.Id);
        await app.UntilStatusAsync(hold.Id, "Expired");

        Assert.Equal(new PoolState(4, 4, 0, 0, 0), await app.PoolAsync(show.PoolOf(type)));
        await app.AssertInvariantsAsync(show.SessionId);
        using var http = app.Person(buyer);
        var read = await (await http.GetAsync($"/api/v1/holds/{hold.Id}")).ReadAsync<HoldView>();
        Assert.Equal(HoldStatus.Expired, read.Status);
    }

    [Fact]
    public async Task Committing_sells_and_issues_once()
    {
        var (show, type, buyer, hold) = await HeldAsync();
        await app.AttachAsync(hold.Id, buyer);

        var first = await (
            await app.CommitAsync(hold.Id, buyer, new Attendee("João Müller", null))
        ).ReadAsync<Contracts.IssuedTickets>();
        var again = await (await app.CommitAsync(hold.Id, buyer)).ReadAsync<Contracts.IssuedTickets>();

        Assert.Equal(first.Tickets, again.Tickets);
        Assert.Equal(["João Müller", "Ana Conceição"], first.Tickets.Select(t => t.HolderName));
        Assert.All(first.Tickets, t => Assert.Matches("^[2-9A-HJKMNP-Z]{8}$", t.Number));
        Assert.Equal(new PoolState(10, 8, 0, 2, 0), await app.PoolAsync(show.PoolOf(type)));
        await (await app.ReleaseAsync(hold.Id)).ProblemAsync(409, "hold-committed");
        using var http = app.Person(buyer);
        await (await http.DeleteAsync($"/api/v1/holds/{hold.Id}")).ProblemAsync(409, "hold-ordered");
        // A paid order that asks again is told the same.
        (await app.AttachAsync(hold.Id, buyer)).EnsureSuccessStatusCode();
        await app.AssertInvariantsAsync(show.SessionId);
    }

    [Fact]
    public async Task A_number_that_is_taken_is_drawn_again()
    {
        var (show, type, buyer, hold) = await HeldAsync();
        var taken = (await app.BuyAsync(show.SessionId, null, Some(type))).Tickets[0].Number;
        // The first draw meets it: a sequence does not roll back.
        await app.ExecuteAsync(
            $"""
            CREATE SEQUENCE draws;
            CREATE FUNCTION draw_again() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF nextval('draws') = 1 THEN
                    NEW.number := '{taken}';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER draw_again BEFORE INSERT ON tickets FOR EACH ROW
                WHEN (NEW.order_id = '{hold.Id}') EXECUTE FUNCTION draw_again();
            """
        );

        var issued = await (await app.CommitAsync(hold.Id, buyer)).ReadAsync<Contracts.IssuedTickets>();

        Assert.True(await app.ScalarAsync<long>("SELECT last_value FROM draws") > 2);
        Assert.Equal(3, issued.Tickets.Select(t => t.Number).Append(taken).Distinct().Count());
        await app.AssertInvariantsAsync(show.SessionId);
    }

    [Theory]
    [InlineData("lapsed")]
    [InlineData("expired")]
    [InlineData("released")]
    public async Task A_late_payment_takes_the_same_stock_again(string end)
    {
        var (show, type, buyer, hold) = await SeatedAsync();
        await app.AttachAsync(hold.Id, buyer);
        await EndAsync(hold.Id, end);

        var issued = await (await app.CommitAsync(hold.Id, buyer)).ReadAsync<Contracts.IssuedTickets>();

        Assert.Equal(["Plateia · A · 2", "Plateia · A · 3"], issued.Tickets.Select(t => t.Seat));
        Assert.Equal(new PoolState(4, 2, 0, 2, 0), await app.PoolAsync(show.PoolOf(type)));
        await app.AssertInvariantsAsync(show.SessionId);
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("released")]
    public async Task A_late_payment_for_a_seat_that_is_gone_is_sold_out(string end)
    {
        var (show, type, buyer, hold) = await SeatedAsync();
        await app.AttachAsync(hold.Id, buyer);
        await EndAsync(hold.Id, end);
        using var other = app.Person();
        await (await other.HoldAsync(show.SessionId, Seats(type, show.SeatsOf(type)[2]))).ReadAsync<HoldView>(201);

        await (await app.CommitAsync(hold.Id, buyer)).ProblemAsync(409, "sold-out");

        Assert.Equal(new PoolState(4, 3, 1, 0, 0), await app.PoolAsync(show.PoolOf(type)));
        await app.AssertInvariantsAsync(show.SessionId);
    }

    [Fact]
    public async Task A_late_payment_for_general_admission_that_is_gone_is_sold_out()
    {
        var (show, type, buyer, hold) = await HeldAsync(capacity: 2);
        await app.AttachAsync(hold.Id, buyer);
        await EndAsync(hold.Id, "expired");
        using var other = app.Person();
        await (await other.HoldAsync(show.SessionId, Some(type))).ReadAsync<HoldView>(201);

        await (await app.CommitAsync(hold.Id, buyer)).ProblemAsync(409, "sold-out");

        await app.AssertInvariantsAsync(show.SessionId);
    }

    private async Task EndAsync(Guid hold, string end)
    {
        if (end == "released")
        {
            (await app.ReleaseAsync(hold)).EnsureSuccessStatusCode();
            return;
        }
        await app.LapseAsync(hold);
        if (end == "expired")
            await app.UntilStatusAsync(hold, "Expired");
    }

    [Fact]
    public async Task What_the_buyer_gave_back_is_never_sold_to_them()
    {
        var (show, type, buyer, hold) = await HeldAsync();
        using var http = app.Person(buyer);

        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync($"/api/v1/holds/{hold.Id}")).StatusCode);

        Assert.Equal(new PoolState(10, 10, 0, 0, 0), await app.PoolAsync(show.PoolOf(type)));
        await (await app.AttachAsync(hold.Id, buyer)).ProblemAsync(409, "hold-expired");
        await (await app.CommitAsync(hold.Id, buyer)).ProblemAsync(409, "hold-released");
        await (await app.CommitAsync(hold.Id, Guid.CreateVersion7())).ProblemAsync(404, "hold-not-found");
    }

    [Fact]
    public async Task A_hold_is_its_buyers_alone_and_an_ordered_one_its_orders()
    {
        var (show, type, buyer, hold) = await HeldAsync();
        using var mine = app.Person(buyer);
        using var other = app.Person();
        await (await other.GetAsync($"/api/v1/holds/{hold.Id}")).ProblemAsync(404, "not-found");
        await (await other.DeleteAsync($"/api/v1/holds/{hold.Id}")).ProblemAsync(404, "not-found");
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await app.Anonymous().GetAsync($"/api/v1/holds/{hold.Id}")).StatusCode
        );

        await app.AttachAsync(hold.Id, buyer);

        await (await mine.DeleteAsync($"/api/v1/holds/{hold.Id}")).ProblemAsync(409, "hold-ordered");
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.NoContent, (await app.ReleaseAsync(hold.Id)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await app.ReleaseAsync(Guid.CreateVersion7())).StatusCode);
        Assert.Equal(new PoolState(10, 10, 0, 0, 0), await app.PoolAsync(show.PoolOf(type)));
    }

    [Fact]
    public async Task Voiding_returns_the_stock_once_and_is_final()
    {
        var (show, type, buyer, hold) = await SeatedAsync();
        await app.AttachAsync(hold.Id, buyer);
        await app.CommitAsync(hold.Id, buyer);

        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.NoContent, (await app.VoidAsync(hold.Id)).StatusCode);

        Assert.Equal(new PoolState(4, 4, 0, 0, 0), await app.PoolAsync(show.PoolOf(type)));
        await (await app.CommitAsync(hold.Id, buyer)).ProblemAsync(409, "hold-released");
        await app.AssertInvariantsAsync(show.SessionId);
        // The seats are on sale again.
        await app.BuyAsync(show.SessionId, null, Seats(type, show.SeatsOf(type)[1]));
        await app.AssertInvariantsAsync(show.SessionId);
    }

    [Fact]
    public async Task Commit_release_void_and_expiry_at_once_have_one_outcome()
    {
        var (show, type, buyer, hold) = await SeatedAsync();
        await app.AttachAsync(hold.Id, buyer);
        await app.LapseAsync(hold.Id);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(i => i % 3 == 0 ? app.ReleaseAsync(hold.Id) : app.CommitAsync(hold.Id, buyer))
        );

        Assert.All(
            answers,
            a =>
                Assert.Contains(
                    a.StatusCode,
                    (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.NoContent, HttpStatusCode.Conflict]
                )
        );
        Assert.Equal(new PoolState(4, 2, 0, 2, 0), await app.PoolAsync(show.PoolOf(type)));
        await app.AssertInvariantsAsync(show.SessionId);
        Assert.Equal(2L, await app.ScalarAsync<long>("SELECT count(*) FROM tickets WHERE order_id = $1", hold.Id));
    }

    [Fact]
    public async Task A_hold_of_a_cancelled_session_is_neither_ordered_nor_sold()
    {
        var (show, type, buyer, hold) = await HeldAsync();
        var (orderedShow, orderedType, orderedBuyer, ordered) = await SeatedAsync();
        (await app.AttachAsync(ordered.Id, orderedBuyer)).EnsureSuccessStatusCode();
        var sold = await app.BuyAsync(show.SessionId, null, Some(type));
        foreach (var cancelled in (Show[])[show, orderedShow])
            Assert.Equal(
                HttpStatusCode.OK,
                await app.System.DeliverAsync(
                    AppIds.Tickets,
                    new EventCancelled(cancelled.EventId, 2, "chuva", cancelled.StartsAt)
                )
            );

        var problem = await (await app.AttachAsync(hold.Id, buyer)).ProblemAsync(409, "sale-not-open");
        Assert.Equal("cancelled", problem.GetProperty("reason").GetString());
        await (await app.AttachAsync(ordered.Id, orderedBuyer)).ProblemAsync(409, "sale-not-open");
        // A code by which Orders gives the money back.
        await (await app.CommitAsync(ordered.Id, orderedBuyer)).ProblemAsync(409, "hold-released");
        await app.LapseAsync(ordered.Id);
        await app.UntilStatusAsync(ordered.Id, "Expired");
        await (await app.CommitAsync(ordered.Id, orderedBuyer)).ProblemAsync(409, "hold-released");

        Assert.Equal(new PoolState(4, 4, 0, 0, 0), await app.PoolAsync(orderedShow.PoolOf(orderedType)));
        // What was sold before is told again, until its order is refunded.
        var again = await (await app.CommitAsync(sold.OrderId, sold.BuyerId)).ReadAsync<Contracts.IssuedTickets>();
        Assert.Equal(sold.Tickets, again.Tickets);
        (await app.AttachAsync(sold.OrderId, sold.BuyerId)).EnsureSuccessStatusCode();
        await app.AssertInvariantsAsync(show.SessionId);
    }

    [Fact]
    public async Task Attaching_and_committing_are_one_statement_each()
    {
        var (_, _, buyer, hold) = await SeatedAsync();
        // The first time connections are opened and keys are read.
        var (_, _, earlierBuyer, earlier) = await HeldAsync();
        (await app.AttachAsync(earlier.Id, earlierBuyer)).EnsureSuccessStatusCode();
        (await app.CommitAsync(earlier.Id, earlierBuyer)).EnsureSuccessStatusCode();

        Assert.Equal(["WITH"], await StatementsAsync(() => app.AttachAsync(hold.Id, buyer)));
        Assert.Equal(["SELECT"], await StatementsAsync(() => app.CommitAsync(hold.Id, buyer)));
        Assert.Equal(["SELECT"], await StatementsAsync(() => app.CommitAsync(hold.Id, buyer)));
        Assert.Equal(["SELECT"], await StatementsAsync(() => app.VoidAsync(hold.Id)));
        Assert.Equal(["SELECT"], await StatementsAsync(() => app.ReleaseAsync(hold.Id)));
    }

    /// <summary>Verbs of the commands that the request sent to the database.</summary>
    private static async Task<List<string>> StatementsAsync(Func<Task<HttpResponseMessage>> request)
    {
        using var trace = new Activity("test").Start();
        var verbs = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = a =>
            {
                // Opening a connection is a span too.
                if (a.TraceId == trace.TraceId && a.GetTagItem("db.query.text") is not null)
                    verbs.Enqueue(a.DisplayName);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await request();
        return [.. verbs];
    }

    [Fact]
    public async Task Holds_are_forgotten_after_a_month_and_what_they_sold_is_not()
    {
        var (_, _, buyer, old) = await HeldAsync();
        var (_, _, _, recent) = await HeldAsync();
        foreach (var hold in (Guid[])[old.Id, recent.Id])
            (await app.ReleaseAsync(hold)).EnsureSuccessStatusCode();
        var (show, type, soldTo, sold) = await SeatedAsync();
        await app.AttachAsync(sold.Id, soldTo);
        var issued = await (await app.CommitAsync(sold.Id, soldTo)).ReadAsync<Contracts.IssuedTickets>();
        var (oldId, soldId) = (await AgeAsync(old.Id), await AgeAsync(sold.Id));

        await app.RetainAsync();

        await Eventually.TrueAsync(async () =>
            await app.ScalarAsync<long>(
                """
                SELECT (SELECT count(*) FROM holds WHERE id = ANY ($1))
                    + (SELECT count(*) FROM hold_items WHERE hold_id = ANY ($1))
                """,
                new[] { oldId, soldId }
            ) == 0
        );
        using var http = app.Person(buyer);
        await (await http.GetAsync($"/api/v1/holds/{oldId}")).ProblemAsync(404, "not-found");
        Assert.Equal(1L, await app.ScalarAsync<long>("SELECT count(*) FROM hold_items WHERE hold_id = $1", recent.Id));
        // The order can still ask for its tickets, and be refunded.
        await (await app.CommitAsync(oldId, buyer)).ProblemAsync(404, "hold-not-found");
        var again = await (await app.CommitAsync(soldId, soldTo)).ReadAsync<Contracts.IssuedTickets>();
        Assert.Equal(issued.Tickets, again.Tickets);
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.NoContent, (await app.VoidAsync(soldId)).StatusCode);
        Assert.Equal(new PoolState(4, 4, 0, 0, 0), await app.PoolAsync(show.PoolOf(type)));
        await (await app.CommitAsync(soldId, soldTo)).ProblemAsync(404, "hold-not-found");
        await app.AssertInvariantsAsync(show.SessionId);
    }

    /// <summary>As if it had been made a while ago: its id says when.</summary>
    private async Task<Guid> AgeAsync(Guid hold)
    {
        var aged = Guid.CreateVersion7(TimeProvider.System.GetUtcNow().AddDays(-32));
        foreach (
            var column in (string[])
                ["holds SET id", "hold_items SET hold_id", "tickets SET order_id", "seats SET hold_id"]
        )
            await app.ExecuteAsync($"UPDATE {column} = $2 WHERE {column.Split(' ')[2]} = $1", hold, aged);
        return aged;
    }
}
