using System.Globalization;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Tests;

/// <summary>What the platform takes of each ticket, and who bears it.</summary>
public sealed class FeeTests(EventsApp app)
{
    private static string PathOf(Person owner) => $"/api/v1/organizers/{owner.OrganizerId}/fee";

    private static object Terms(decimal percent, long amount, string currency = "BRL") =>
        new { percent, @fixed = new Money(amount, currency) };

    private static async Task<(long Price, long Fee)> TypeAsync(Person owner, Guid typeId)
    {
        var type = await owner.Get($"/api/v1/ticket-types/{typeId}");
        return ((long)type["price"]!["amount"]!, (long)type["fee"]!["amount"]!);
    }

    [Fact]
    public async Task Buyers_pay_it_on_top_or_the_organizer_out_of_the_price()
    {
        var (ana, admin) = (await app.Organizer(), app.Person(Auth.Admin));
        var (eventId, sessionId, typeId) = await ana.Published(amount: 15000);
        var free = await ana.TicketType(sessionId, amount: 0, name: "Cortesia");
        await admin.Put(PathOf(ana), Terms(7.5m, 100), 200);

        // 7.5 % of 150.00 and 1.00.
        Assert.Equal((15000, 1225), await TypeAsync(ana, typeId));
        Assert.Equal((0, 0), await TypeAsync(ana, free));
        var told = (await app.ToldOf(eventId, 3))[^1].Snapshot!.Sessions.Single().TicketTypes;
        Assert.Equal(
            [(16225, 1225, 1225), (0, 0, 0)],
            told.OrderBy(t => t.Id).Select(t => (t.Price.Amount, t.Fee, t.PlatformFee))
        );
        var found = (await app.Anonymous.Get($"/api/v1/events/{eventId}"))["sessions"]![0]!["ticketTypes"]![0]!;
        Assert.Equal(1225, (long)found["fee"]!["amount"]!);

        var view = await ana.Put($"{PathOf(ana)}/bearer", new { passedOn = false }, 200);
        Assert.Equal((false, 7.5m), ((bool)view["passedOn"]!, (decimal)view["percent"]!));
        Assert.Equal((15000, 0), await TypeAsync(ana, typeId));
        var borne = (await app.ToldOf(eventId, 4))[^1].Snapshot!.Sessions.Single().TicketTypes;
        Assert.Equal(
            (15000, 0, 1225),
            borne.Where(t => t.Id == typeId).Select(t => (t.Price.Amount, t.Fee, t.PlatformFee)).Single()
        );

        // A new price and a new type go by the same terms, and a sum that is set again changes nothing.
        await ana.Patch($"/api/v1/ticket-types/{typeId}", new { price = new Money(1000, "BRL") });
        var cheap = (await app.ToldOf(eventId, 5))[^1].Snapshot!.Sessions.Single().TicketTypes;
        Assert.Equal(175, cheap.Single(t => t.Id == typeId).PlatformFee);
        await admin.Put(PathOf(ana), Terms(7.50m, 100), 200);
        await ana.Patch($"/api/v1/ticket-types/{typeId}", new { name = "Pista" });
        Assert.Equal(6, (await app.ToldOf(eventId, 6)).Count);
    }

    [Theory]
    [InlineData("0", 0, 9999, 0)]
    [InlineData("10", 0, 5, 1)]
    [InlineData("10", 0, 4, 0)]
    [InlineData("0.01", 0, 5000, 1)]
    [InlineData("50", 500, 700, 700)]
    [InlineData("0", 100, 50, 50)]
    public async Task A_fee_is_rounded_and_never_more_than_the_price(string percent, long amount, long price, long fee)
    {
        var (ana, admin) = (await app.Organizer(), app.Person(Auth.Admin));
        await admin.Put(PathOf(ana), Terms(decimal.Parse(percent, CultureInfo.InvariantCulture), amount), 200);
        var typeId = await ana.TicketType(await ana.Session(await ana.Draft()), price);

        Assert.Equal((price, fee), await TypeAsync(ana, typeId));
    }

    [Fact]
    public async Task A_fixed_fee_is_of_tickets_in_its_currency()
    {
        var (ana, admin) = (await app.Organizer(), app.Person(Auth.Admin));
        await admin.Put(PathOf(ana), Terms(10, 100, "USD"), 200);
        var typeId = await ana.TicketType(await ana.Session(await ana.Draft()), 1000);

        Assert.Equal((1000, 100), await TypeAsync(ana, typeId));
    }

    [Theory]
    [InlineData("-1", 0, "BRL", "percent")]
    [InlineData("50.01", 0, "BRL", "percent")]
    [InlineData("1.001", 0, "BRL", "percent")]
    [InlineData("1", -1, "BRL", "fixed.amount")]
    [InlineData("1", 100_001, "BRL", "fixed.amount")]
    [InlineData("1", 1, "XXX", "fixed.currency")]
    public async Task Nonsense_is_refused(string percent, long amount, string currency, string field)
    {
        var (ana, admin) = (await app.Organizer(), app.Person(Auth.Admin));
        var terms = Terms(decimal.Parse(percent, CultureInfo.InvariantCulture), amount, currency);

        Assert.Equal([field], (await admin.Put(PathOf(ana), terms, 422)).ErrorFields);
    }

    [Fact]
    public async Task Administrators_agree_it_owners_and_managers_say_who_bears_it_and_the_team_sees_it()
    {
        var (ana, door, stranger) = (await app.Organizer(), app.Person(), app.Person());
        await app.Join(ana, door, "door");

        await ana.Put(PathOf(ana), Terms(0, 0), 403);
        await door.Put($"{PathOf(ana)}/bearer", new { passedOn = false }, 403);
        await stranger.Put($"{PathOf(ana)}/bearer", new { passedOn = false }, 404);
        await stranger.Get(PathOf(ana), 404);
        await app.Anonymous.Get(PathOf(ana), 401);
        Assert.True((bool)(await door.Get(PathOf(ana)))["passedOn"]!);
        await app.Person(Auth.Admin).Get($"/api/v1/organizers/{Guid.CreateVersion7()}/fee", 404);
    }
}
