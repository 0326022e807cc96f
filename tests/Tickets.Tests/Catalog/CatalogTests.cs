using System.Net;
using System.Net.Http.Headers;
using Ticketing.Contracts;
using Ticketing.TestKit;
using Ticketing.Tickets.Catalog;
using Ticketing.Tickets.Holds;
using static Ticketing.Tickets.Tests.Wire;

namespace Ticketing.Tickets.Tests.Catalog;

public sealed class CatalogTests(TicketsApp app)
{
    private Task<HttpStatusCode> ChangeAsync(Show show) =>
        app.System.DeliverAsync(AppIds.Tickets, new EventChanged(show.Snapshot()));

    private Task<HttpStatusCode> CancelAsync(Show show) =>
        app.System.DeliverAsync(AppIds.Tickets, new EventCancelled(show.EventId, show.Version, "chuva", show.StartsAt));

    /// <summary>As of now: answers may be a second old.</summary>
    private async Task<GetAvailability.Response> AvailabilityAsync(
        Show show,
        Func<GetAvailability.Response, bool> until
    )
    {
        using var http = app.Anonymous();
        return await Eventually.GetAsync(
            async () =>
                await (
                    await http.GetAsync($"/api/v1/sessions/{show.SessionId}/availability")
                ).ReadAsync<GetAvailability.Response>(),
            until
        );
    }

    [Fact]
    public async Task A_message_through_the_broker_puts_an_event_on_sale()
    {
        var show = new Show();
        show.Standing(10);
        await app.System.PublishAsync(new EventPublished(show.Snapshot()));
        using var http = app.Anonymous();
        await Eventually.TrueAsync(async () =>
            (await http.GetAsync($"/api/v1/sessions/{show.SessionId}/availability")).IsSuccessStatusCode
        );
    }

    [Fact]
    public async Task Redelivered_and_older_versions_change_nothing()
    {
        var show = new Show { Version = 5, Title = "Novo" };
        var type = show.Standing(10);
        await app.SellAsync(show);
        using var buyer = app.Person();
        await (await buyer.HoldAsync(show.SessionId, Some(type, 3))).ReadAsync<HoldView>(201);

        await app.SellAsync(show);
        show.Version = 4;
        show.Pools[0] = show.Pools[0] with { Capacity = 99 };
        Assert.Equal(HttpStatusCode.OK, await ChangeAsync(show));

        Assert.Equal(new PoolState(10, 7, 3, 0, 0), await app.PoolAsync(show.PoolOf(type)));
    }

    [Fact]
    public async Task A_changed_price_is_for_new_holds()
    {
        var show = new Show();
        var type = show.Standing(10);
        await app.SellAsync(show);
        using var buyer = app.Person();
        var before = await (await buyer.HoldAsync(show.SessionId, Some(type))).ReadAsync<HoldView>(201);

        show.Version++;
        show.Types[0] = show.Types[0] with { Price = new(20000, "BRL") };
        await ChangeAsync(show);

        var after = await (await buyer.HoldAsync(show.SessionId, Some(type))).ReadAsync<HoldView>(201);
        var still = await (await buyer.GetAsync($"/api/v1/holds/{before.Id}")).ReadAsync<HoldView>();
        Assert.Equal(15000, still.Items[0].UnitPrice.Amount);
        Assert.Equal(20000, after.Items[0].UnitPrice.Amount);
    }

    [Fact]
    public async Task A_capacity_below_what_is_taken_offers_nothing_until_enough_came_back()
    {
        var show = new Show();
        var type = show.Standing(10);
        await app.SellAsync(show);
        var sold = await app.BuyAsync(show.SessionId, null, Some(type, 4));
        using var buyer = app.Person();
        var held = await (await buyer.HoldAsync(show.SessionId, Some(type, 3))).ReadAsync<HoldView>(201);

        show.Version++;
        show.Pools[0] = show.Pools[0] with { Capacity = 5 };
        await ChangeAsync(show);
        Assert.Equal(new PoolState(7, 0, 3, 4, 0), await app.PoolAsync(show.PoolOf(type)));
        await (await buyer.HoldAsync(show.SessionId, Some(type))).ProblemAsync(409, "sold-out");

        (await buyer.DeleteAsync($"/api/v1/holds/{held.Id}")).EnsureSuccessStatusCode();
        Assert.Equal(new PoolState(5, 1, 0, 4, 0), await app.PoolAsync(show.PoolOf(type)));
        (await app.VoidAsync(sold.OrderId)).EnsureSuccessStatusCode();
        Assert.Equal(new PoolState(5, 5, 0, 0, 0), await app.PoolAsync(show.PoolOf(type)));

        show.Version++;
        show.Pools[0] = show.Pools[0] with { Capacity = 8 };
        await ChangeAsync(show);
        Assert.Equal(new PoolState(8, 8, 0, 0, 0), await app.PoolAsync(show.PoolOf(type)));
    }

    [Fact]
    public async Task An_edit_waits_for_no_pool_but_those_whose_capacity_it_changes()
    {
        var show = new Show();
        var (busy, edited) = (show.Standing(10), show.Standing(10));
        show.Seated(1, 2);
        app.AddSeatMap(show.SeatMap());
        await app.SellAsync(show);
        await using var connection = await app.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT count(*) FROM (SELECT 1 FROM pools WHERE session_id = $2 AND id <> $1 FOR UPDATE) locked";
        command.Parameters.AddWithValue(show.PoolOf(edited));
        command.Parameters.AddWithValue(show.SessionId);
        await command.ExecuteNonQueryAsync();

        show.Version++;
        show.Title = "Noite adiada";
        show.StartsAt = show.StartsAt.AddDays(1);
        show.Types[0] = show.Types[0] with { Price = new(20000, "BRL") };
        show.Pools[1] = show.Pools[1] with { Capacity = 20 };
        Assert.Equal(HttpStatusCode.OK, await ChangeAsync(show));

        Assert.Equal(20, (await app.PoolAsync(show.PoolOf(edited))).Capacity);
        await transaction.RollbackAsync();
        Assert.Equal(10, (await app.PoolAsync(show.PoolOf(busy))).Capacity);
    }

    [Fact]
    public async Task What_is_no_longer_told_of_is_no_longer_sold()
    {
        var show = new Show();
        var (kept, dropped) = (show.Standing(10), show.Standing(10, name: "Camarote"));
        await app.SellAsync(show);
        var pool = show.PoolOf(dropped);

        show.Version++;
        show.Types.RemoveAt(1);
        show.Pools.RemoveAt(1);
        await ChangeAsync(show);

        using var buyer = app.Person();
        var problem = await (await buyer.HoldAsync(show.SessionId, Some(dropped))).ProblemAsync(409, "sale-not-open");
        Assert.Equal("closed", problem.GetProperty("reason").GetString());
        await (await buyer.HoldAsync(show.SessionId, Some(kept))).ReadAsync<HoldView>(201);
        Assert.Equal(new PoolState(0, 0, 0, 0, 0), await app.PoolAsync(pool));
    }

    [Fact]
    public async Task A_cancelled_event_sells_nothing_whatever_comes_first()
    {
        var known = new Show();
        var type = known.Standing(10);
        await app.SellAsync(known);
        known.Version++;
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.OK, await CancelAsync(known));
        using var buyer = app.Person();
        var problem = await (await buyer.HoldAsync(known.SessionId, Some(type))).ProblemAsync(409, "sale-not-open");
        Assert.Equal("cancelled", problem.GetProperty("reason").GetString());
        var seen = await AvailabilityAsync(known, a => a.TicketTypes[0].Status == GetAvailability.SaleStatus.Cancelled);
        Assert.Single(seen.TicketTypes);

        var unknown = new Show { Version = 2 };
        var other = unknown.Standing(10);
        await CancelAsync(unknown);
        unknown.Version = 1;
        await app.SellAsync(unknown);
        Assert.Equal(
            "sessionId",
            (await (await buyer.HoldAsync(unknown.SessionId, Some(other))).ProblemAsync(422, "invalid")).Field()
        );
    }

    [Fact]
    public async Task Seats_that_cannot_be_fetched_are_asked_for_again()
    {
        var show = new Show();
        var type = show.Seated(1, 2);
        var message = new EventPublished(show.Snapshot());
        // Not the neighbour's 404, by which Dapr would drop the message.
        Assert.Equal(HttpStatusCode.InternalServerError, await app.System.DeliverAsync(AppIds.Tickets, message));

        app.AddSeatMap(show.SeatMap());
        Assert.Equal(HttpStatusCode.OK, await app.System.DeliverAsync(AppIds.Tickets, message));
        show.Version++;
        Assert.Equal(HttpStatusCode.OK, await ChangeAsync(show));

        Assert.Equal(new PoolState(2, 2, 0, 0, 0), await app.PoolAsync(show.PoolOf(type)));
        // Once it had them it asked no more.
        Assert.Equal(2, app.Events.Requests.Count(r => r.Path.EndsWith($"{show.SeatMapId}", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Availability_tells_types_prices_and_what_is_left()
    {
        var show = new Show();
        var open = show.Standing(2);
        show.Type(show.PoolOf(open), "Meia", TicketKind.Half, maxPerOrder: 50, price: 7500);
        var later = show.Type(show.PoolOf(open), "2º lote", salesStart: show.StartsAt.AddDays(-1));
        var over = show.Type(show.PoolOf(open), "Promo", salesEnd: show.StartsAt.AddDays(-60));
        await app.SellAsync(show);

        var fresh = await AvailabilityAsync(show, _ => true);
        Assert.Equal(
            [
                GetAvailability.SaleStatus.Available,
                GetAvailability.SaleStatus.Available,
                GetAvailability.SaleStatus.NotYetOpen,
                GetAvailability.SaleStatus.Closed,
            ],
            fresh.TicketTypes.Select(t => t.Status)
        );
        Assert.Equal(
            (open, "Pista", 2, false),
            (
                fresh.TicketTypes[0].Id,
                fresh.TicketTypes[0].Name,
                fresh.TicketTypes[0].Available,
                fresh.TicketTypes[0].Seated
            )
        );
        Assert.Equal([15000, 7500, 15000, 15000], fresh.TicketTypes.Select(t => t.Price.Amount));
        // No hold has more than 20, whatever the type allows.
        Assert.Equal([10, 20, 10, 10], fresh.TicketTypes.Select(t => t.MaxPerOrder));

        using var buyer = app.Person();
        var problem = await (await buyer.HoldAsync(show.SessionId, Some(later))).ProblemAsync(409, "sale-not-open");
        Assert.Equal(
            show.StartsAt.AddDays(-1),
            problem.GetProperty("opensAt").GetDateTimeOffset(),
            TimeSpan.FromMilliseconds(1)
        );
        Assert.Equal("not-yet-open", problem.GetProperty("reason").GetString());
        problem = await (await buyer.HoldAsync(show.SessionId, Some(over))).ProblemAsync(409, "sale-not-open");
        Assert.Equal("closed", problem.GetProperty("reason").GetString());
        await (await buyer.HoldAsync(show.SessionId, Some(open, 2))).ReadAsync<HoldView>(201);
        var gone = await AvailabilityAsync(show, a => a.TicketTypes[0].Available == 0);
        Assert.Equal(GetAvailability.SaleStatus.SoldOut, gone.TicketTypes[0].Status);
    }

    [Theory]
    [InlineData("availability")]
    [InlineData("seats")]
    public async Task Public_answers_are_cacheable_and_revalidate(string what)
    {
        var show = new Show();
        show.Standing(5);
        await app.SellAsync(show);
        using var http = app.Anonymous();
        var path = $"/api/v1/sessions/{show.SessionId}/{what}";

        var first = await http.GetAsync(path);
        Assert.Equal("public, max-age=1", first.Headers.CacheControl?.ToString());
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Parse(first.Headers.ETag!.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, (await http.SendAsync(request)).StatusCode);
        await (await http.GetAsync($"/api/v1/sessions/{Guid.CreateVersion7()}/{what}")).ProblemAsync(404, "not-found");
    }

    [Fact]
    public async Task The_seat_map_shows_what_is_free_in_the_order_of_the_map()
    {
        var show = new Show();
        var (front, balcony) = (show.Seated(40, 50), show.Seated(2, 2, "Balcão"));
        var half = show.Type(show.PoolOf(balcony), "Balcão meia", TicketKind.Half);
        app.AddSeatMap(show.SeatMap());
        await app.SellAsync(show);
        await app.BuyAsync(show.SessionId, null, Seats(front, show.SeatsOf(front)[51]));
        using var buyer = app.Person();
        await (await buyer.HoldAsync(show.SessionId, Seats(half, show.SeatsOf(balcony)[0]))).ReadAsync<HoldView>(201);

        using var http = app.Anonymous();
        var response = await http.GetAsync($"/api/v1/sessions/{show.SessionId}/seats");
        var map = await response.ReadAsync<GetSeats.Response>();

        Assert.Equal(["Plateia", "Balcão"], map.Sections.Select(s => s.Name));
        Assert.Equal([balcony, half], map.Sections[1].TicketTypeIds);
        Assert.Equal(40, map.Sections[0].Rows.Count);
        Assert.Equal(["1", "2", "3"], map.Sections[0].Rows[1].Seats.Take(3).Select(s => s.Number));
        Assert.Equal(SeatStatus.Sold, map.Sections[0].Rows[1].Seats[1].Status);
        Assert.Equal(SeatStatus.Held, map.Sections[1].Rows[0].Seats[0].Status);
        Assert.Equal(2002, map.Sections.Sum(s => s.Rows.Sum(r => r.Seats.Count(x => x.Status == SeatStatus.Free))));
        // 2,004 seats with their places.
        Assert.InRange(response.Content.Headers.ContentLength!.Value, 1, 250_000);
    }
}
