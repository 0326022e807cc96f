using Ticketing.Contracts;

namespace Ticketing.Events.Tests;

/// <summary>A price that no payment provider of the installation takes is refused when it is set.</summary>
public sealed class PriceTests(CarefulEvents careful) : IClassFixture<CarefulEvents>
{
    private readonly EventsApp app = careful.App;

    private static object TypeOf(long amount, string currency) =>
        new
        {
            name = "Pista",
            kind = "full",
            price = new Money(amount, currency),
            capacity = 10,
        };

    [Fact]
    public async Task A_ticket_type_has_a_price_that_somebody_can_pay()
    {
        var ana = await app.Organizer();
        var path = $"/api/v1/sessions/{await ana.Session(await ana.Draft())}/ticket-types";

        var refused = await ana.Post(path, TypeOf(1000, "EUR"), 422);
        Assert.Equal(["price.currency"], refused.ErrorFields);
        await ana.Post(path, TypeOf(1000, "USD"), 201);
    }

    [Fact]
    public async Task What_is_free_needs_nobody_who_takes_money()
    {
        var ana = await app.Organizer();

        await ana.Post($"/api/v1/sessions/{await ana.Session(await ana.Draft())}/ticket-types", TypeOf(0, "EUR"), 201);
    }

    [Fact]
    public async Task A_price_does_not_become_one_that_nobody_can_pay()
    {
        var ana = await app.Organizer();
        var typeId = await ana.TicketType(await ana.Session(await ana.Draft()));

        var refused = await ana.Patch($"/api/v1/ticket-types/{typeId}", new { price = new Money(5, "JPY") }, 422);

        Assert.Equal(["price.currency"], refused.ErrorFields);
        await ana.Patch($"/api/v1/ticket-types/{typeId}", new { price = new Money(5, "USD") });
    }
}
