using Ticketing.Local.Seeding;

namespace Ticketing.System.Tests;

/// <summary>What happens when a buyer does not pay in time, or pays too late.</summary>
public sealed class DeadlineTests(ImpatientSystem system) : IClassFixture<ImpatientSystem>
{
    [Fact]
    public async Task An_unpaid_order_expires_and_frees_the_places()
    {
        var show = await system.ShowAsync(capacity: 1);
        var buyer = await system.BuyerAsync();
        var order = await buyer.OrderByPixAsync(show);
        await buyer.WaitForStatusAsync(order, "expired");
        await show.UntilAvailableAsync(buyer.Api, 1);
        await system.AssertInvariantsAsync();
    }

    [Fact]
    public async Task Late_money_gets_its_ticket_while_the_place_is_free()
    {
        var show = await system.ShowAsync(capacity: 1);
        var buyer = await system.BuyerAsync();
        var order = await buyer.OrderByPixAsync(show);
        await buyer.WaitForStatusAsync(order, "expired");
        await buyer.PayAsync(order, late: true);
        await buyer.WaitForStatusAsync(order, "fulfilled");
        Assert.Single(await buyer.TicketsAsync());
        await system.AssertInvariantsAsync();
    }

    [Fact]
    public async Task Late_money_is_given_back_when_the_place_is_gone()
    {
        var show = await system.ShowAsync(capacity: 1);
        var late = await system.BuyerAsync();
        var order = await late.OrderByPixAsync(show);
        await late.WaitForStatusAsync(order, "expired");
        var winner = await system.BuyerAsync();
        await show.UntilAvailableAsync(winner.Api, 1);
        var bought = await winner.OrderByCardAsync(show, "tok_approve");
        await winner.WaitForStatusAsync(bought, "fulfilled");

        await late.PayAsync(order, late: true);
        await late.WaitForStatusAsync(order, "refunded");
        Assert.Empty(await late.TicketsAsync());
        await system.AssertInvariantsAsync();
    }
}
