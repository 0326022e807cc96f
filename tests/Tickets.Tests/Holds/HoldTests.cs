using System.Net;
using System.Text.Json;
using Ticketing.Contracts;
using Ticketing.Tickets.Holds;
using static Ticketing.Tickets.Tests.Wire;

namespace Ticketing.Tickets.Tests.Holds;

public sealed class HoldTests(TicketsApp app)
{
    [Fact]
    public async Task A_hold_takes_stock_at_the_price_of_the_moment()
    {
        var show = new Show();
        var full = show.Standing(100);
        var half = show.Type(show.PoolOf(full), "Pista meia", TicketKind.Half, price: 7500);
        await app.SellAsync(show);
        var buyer = Guid.CreateVersion7();
        using var http = app.Person(buyer);

        var response = await http.HoldAsync(show.SessionId, Some(full, 2), Some(half, 1));

        var hold = await response.ReadAsync<HoldView>(201);
        Assert.Equal($"/api/v1/holds/{hold.Id}", response.Headers.Location?.ToString());
        Assert.Equal(HoldStatus.Held, hold.Status);
        Assert.Equal(show.SessionId, hold.SessionId);
        Assert.Equal([2, 1], hold.Items.Select(i => i.Quantity));
        Assert.Equal([new Money(15000, "BRL"), new Money(7500, "BRL")], hold.Items.Select(i => i.UnitPrice));
        Assert.Equal([TicketKind.Full, TicketKind.Half], hold.Items.Select(i => i.Kind));
        Assert.Equal(new PoolState(100, 97, 3, 0, 0), await app.PoolAsync(show.PoolOf(full)));
        var read = await (await http.GetAsync(response.Headers.Location)).ReadAsync<HoldDetails>();
        Assert.Equal(JsonSerializer.Serialize(hold.Items), JsonSerializer.Serialize(read.Items));
        Assert.Equal((hold.Status, hold.ExpiresAt), (read.Status, read.ExpiresAt));
        var told = show.Snapshot();
        Assert.Equal(
            (told.Id, told.Title, told.Venue.Name, told.Venue.TimeZone),
            (read.Session.EventId, read.Session.EventTitle, read.Session.VenueName, read.Session.TimeZone)
        );
        Assert.Equal(told.Sessions[0].StartsAt, read.Session.StartsAt, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task Seats_and_general_admission_mix_in_one_hold()
    {
        var show = new Show();
        var (standing, seated) = (show.Standing(10), show.Seated(2, 3));
        app.AddSeatMap(show.SeatMap());
        await app.SellAsync(show);
        using var http = app.Person();

        var hold = await (
            await http.HoldAsync(
                show.SessionId,
                Seats(seated, show.SeatsOf(seated)[4], show.SeatsOf(seated)[0]),
                Some(standing, 3)
            )
        ).ReadAsync<HoldView>(201);

        Assert.Equal(["Plateia · B · 2", "Plateia · A · 1"], hold.Items[0].Seats.Select(s => s.Label));
        Assert.Equal(2, hold.Items[0].Quantity);
        Assert.Empty(hold.Items[1].Seats);
        await app.AssertInvariantsAsync(show.SessionId);
    }

    [Fact]
    public async Task Fifty_buyers_after_the_last_ten_get_ten_holds_and_forty_refusals()
    {
        var show = new Show();
        var type = show.Standing(10);
        await app.SellAsync(show);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(async _ =>
                {
                    using var http = app.Person();
                    return await http.HoldAsync(show.SessionId, Some(type));
                })
        );

        Assert.Equal(10, answers.Count(a => a.StatusCode == HttpStatusCode.Created));
        foreach (var refused in answers.Where(a => a.StatusCode != HttpStatusCode.Created))
            await refused.ProblemAsync(409, "sold-out");
        Assert.Equal(new PoolState(10, 0, 10, 0, 0), await app.PoolAsync(show.PoolOf(type)));
        await app.AssertInvariantsAsync(show.SessionId);
    }

    [Fact]
    public async Task One_seat_goes_to_one_buyer()
    {
        var show = new Show();
        var type = show.Seated(1, 4);
        app.AddSeatMap(show.SeatMap());
        await app.SellAsync(show);
        var seats = show.SeatsOf(type);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 30)
                .Select(async i =>
                {
                    using var http = app.Person();
                    // Overlapping pairs, in both orders.
                    Guid[] pair = [seats[i % 3], seats[i % 3 + 1]];
                    return await http.HoldAsync(show.SessionId, Seats(type, i % 2 == 0 ? pair : [.. pair.Reverse()]));
                })
        );

        var granted = new List<Guid>();
        foreach (var answer in answers.Where(a => a.StatusCode == HttpStatusCode.Created))
            granted.AddRange((await answer.ReadAsync<HoldView>(201)).Items[0].Seats.Select(s => s.Id));
        Assert.NotEmpty(granted);
        Assert.Equal(granted.Distinct().Count(), granted.Count);
        foreach (var answer in answers.Where(a => a.StatusCode != HttpStatusCode.Created))
        {
            var problem = await answer.ProblemAsync(409, "seats-taken");
            var taken = problem.GetProperty("seatIds").Deserialize<Guid[]>()!;
            Assert.NotEmpty(taken);
            Assert.Subset(granted.ToHashSet(), taken.ToHashSet());
        }
        await app.AssertInvariantsAsync(show.SessionId);
    }
}
