using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Orders.Tests;

public sealed class SalesTests(OrdersApp app)
{
    [Fact]
    public async Task Sales_and_refunds_are_added_up_by_day_each_once()
    {
        var (organizer, show) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var sold = Enumerable
            .Range(0, 8)
            .Select(_ => app.NewPurchase(p => (p.OrganizerId, p.EventId) = (organizer, show)))
            .Append(app.NewPurchase(p => p.OrganizerId = organizer))
            .ToList();
        await Task.WhenAll(sold.Select(p => p.PaidAsync()));
        using (await sold[0].SendAsync("refunds")) { }
        await sold[0].AskedAsync("POST /internal/orders/*/refunds");
        await sold[0].RefundedAsync();
        var finance = await app.NewTeamMemberAsync(organizer, TeamRole.Finance);
        using var http = app.System.Client(AppIds.Orders, finance);

        async Task<JsonNode?> DayAsync(string of) =>
            (await http.GetFromJsonAsync<JsonNode>($"/api/v1/orders/sales?organizerId={organizer}{of}"))!["items"]!
                .AsArray()
                .SingleOrDefault();

        var all = await Eventually.GetAsync(
            () => DayAsync(""),
            d => (int?)d?["orders"] == 9 && (int?)d?["refundedOrders"] == 1
        );
        Assert.Equal(18, (int)all!["tickets"]!);
        Assert.Equal(sold.Sum(p => p.Total), (long)all["gross"]!["amount"]!);
        Assert.Equal(sold[0].Total, (long)all["refunded"]!["amount"]!);
        var one = await DayAsync($"&eventId={show}");
        Assert.Equal(8, (int)one!["orders"]!);
        Assert.Null(await DayAsync($"&eventId={Guid.CreateVersion7()}"));
        Assert.Equal(
            0,
            await app.ScalarAsync<long>(
                "SELECT count(*) FROM sales_facts f JOIN orders o ON o.id = f.order_id WHERE o.organizer_id = $1",
                organizer
            )
        );
    }

    [Fact]
    public async Task A_zone_that_the_database_does_not_know_stops_nobody_s_figures()
    {
        var organizer = Guid.CreateVersion7();
        var sold = app.NewPurchase(p => p.OrganizerId = organizer);
        await sold.PlaceAsync();
        await app.ScalarAsync<object>("UPDATE orders SET time_zone = 'America/Nova' WHERE id = $1", sold.Id);
        await sold.SettleAsync();
        await sold.BecomesAsync(OrderStatus.Fulfilled);
        // Nor do orders that disagree about whose event it is.
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ => app.NewPurchase(p => (p.EventId, p.OrganizerId) = (sold.EventId, Guid.CreateVersion7())))
                .Select(p => p.PaidAsync())
        );
        using var http = app.System.Client(AppIds.Orders, await app.NewTeamMemberAsync(organizer, TeamRole.Finance));
        await Eventually.GetAsync(
            () => http.GetFromJsonAsync<JsonNode>($"/api/v1/orders/sales?organizerId={organizer}"),
            sales => sales!["items"]!.AsArray().Count == 1
        );
    }

    [Fact]
    public async Task Sales_are_for_the_team_that_sees_money()
    {
        var organizer = Guid.CreateVersion7();
        var elsewhere = await app.NewTeamMemberAsync(Guid.CreateVersion7(), TeamRole.Owner);
        var door = await app.NewTeamMemberAsync(organizer, TeamRole.Door);
        foreach (var person in new[] { elsewhere, door })
        {
            using var http = app.System.Client(AppIds.Orders, person);
            using var response = await http.GetAsync($"/api/v1/orders/sales?organizerId={organizer}");
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }
    }

    [Fact]
    public async Task An_order_is_found_by_its_number()
    {
        var show = Guid.CreateVersion7();
        var organizer = Guid.CreateVersion7();
        var wanted = app.NewPurchase(p => (p.OrganizerId, p.EventId) = (organizer, show));
        var order = await wanted.PlaceAsync();
        await app.NewPurchase(p => (p.OrganizerId, p.EventId) = (organizer, show)).PlaceAsync();
        using var http = app.System.Client(AppIds.Orders, await app.NewTeamMemberAsync(organizer));
        var found = await http.GetFromJsonAsync<JsonNode>(
            $"/api/v1/orders?eventId={show}&number=%20{order.Number.ToLowerInvariant()}"
        );
        Assert.Equal(wanted.Id.ToString(), Assert.Single(found!["items"]!.AsArray())!["id"]!.ToString());
        var none = await http.GetFromJsonAsync<JsonNode>($"/api/v1/orders?eventId={show}&number=XXXXXXXX");
        Assert.Empty(none!["items"]!.AsArray());
    }
}
