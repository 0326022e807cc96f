using Microsoft.Playwright;
using Ticketing.Local.Seeding;
using Ticketing.System.Tests;

namespace Ticketing.Web.Tests;

/// <summary>At the door: every answer is told by colour, sign and words, with a script and without.</summary>
[Collection(WebPages.Name)]
public sealed class DoorTests(WebSystem system)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_ticket_comes_in_once_by_its_code_or_its_number(bool scripts)
    {
        var team = await system.TeamAsync(publish: true);
        var elsewhere = await Show.PublishAsync(team.Person.Api, 5, 10000, 0);
        var buyer = await system.BuyerAsync();
        var orders = new[]
        {
            await buyer.OrderByCardAsync(team.Show, "tok_approve"),
            await buyer.OrderByCardAsync(team.Show, "tok_approve"),
            await buyer.OrderByCardAsync(team.Show, "tok_approve"),
            await buyer.OrderByCardAsync(elsewhere, "tok_approve"),
        };
        var tickets = new List<(string Code, string Number)>();
        foreach (var order in orders)
        {
            var id = (await buyer.WaitForStatusAsync(order, "fulfilled"))["tickets"]![0]!.Id();
            var ticket = await buyer.Api.GetAsync($"/api/v1/tickets/{id}", default);
            tickets.Add((ticket.Text("code"), ticket.Text("number")));
        }
        await using var visitor = await system.VisitAsync(new() { JavaScriptEnabled = scripts });
        var page = visitor.Page;
        await visitor.SignInFirstAsync(team.Person);
        await visitor.GoAsync("/portaria");
        await page.Locator(".row-title").Filter(new() { HasText = "Cena" }).Last.ClickAsync();
        await page.WaitForURLAsync("**/portaria/*-*");
        await visitor.GoAsync($"/portaria/{team.Show.SessionId}");
        await visitor.SeesAsync("0 de 3 dentro", ".door-count");

        async Task ScanAsync(string code, string colour, string says)
        {
            await page.FillAsync("#code", code);
            await page.Keyboard.PressAsync("Enter");
            await visitor.SeesAsync(says, $".outcome.{colour}");
            await Assertions.Expect(page.Locator("#code")).ToBeFocusedAsync();
            await Assertions.Expect(page.Locator("#code")).ToHaveValueAsync("");
        }

        await page.FillAsync("#gate", "Portão Norte");
        await ScanAsync(tickets[0].Code, "good", "Zoé Simões");
        await visitor.SeesAsync("1 de 3 dentro", ".door-count");
        await ScanAsync(tickets[0].Code, "bad", "Portão Norte");
        await visitor.SeesAsync("Já entrou", ".outcome");
        await ScanAsync(
            $" {tickets[1].Number[..4].ToLowerInvariant()}-{tickets[1].Number[4..]}",
            "good",
            "Pode entrar"
        );
        await ScanAsync(tickets[3].Code, "bad", "É de outra data");
        await ScanAsync("NADA2345", "bad", "Não é um ingresso daqui");
        await ScanAsync(new string('x', 140), "bad", "Não é um ingresso daqui");
        await team.Person.Api.PostAsync($"/api/v1/orders/{orders[2].Id()}/refunds", null, default);
        await ScanAsync(tickets[2].Code, "bad", "Não vale mais");

        // The gate is remembered; the team sees who is in.
        await visitor.GoAsync($"/portaria/{team.Show.SessionId}");
        Assert.Equal("Portão Norte", await page.InputValueAsync("#gate"));
        await visitor.GoAsync($"{team.Room}/eventos/{team.EventId}/entrada");
        await visitor.SeesAsync("2 de 2 entraram");
        await using var stranger = await system.VisitAsync();
        await stranger.SignInFirstAsync(buyer);
        Assert.Equal(404, (await stranger.GoAsync($"/portaria/{team.Show.SessionId}")).Status);
    }

    [Fact]
    public async Task Without_a_connection_the_door_says_so_and_keeps_the_code()
    {
        var team = await system.TeamAsync(publish: true);
        await using var visitor = await system.VisitAsync();
        await visitor.SignInFirstAsync(team.Person);
        await visitor.GoAsync($"/portaria/{team.Show.SessionId}");
        await visitor.Page.Context.SetOfflineAsync(true);
        await visitor.Page.FillAsync("#code", "ABCD2345");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await visitor.SeesAsync("Sem conexão", ".door-form [role=alert]");
        Assert.Equal("ABCD2345", await visitor.Page.InputValueAsync("#code"));
        await visitor.Page.Context.SetOfflineAsync(false);
        await visitor.Page.Keyboard.PressAsync("Enter");
        await visitor.SeesAsync("Não é um ingresso daqui", ".outcome.bad");
    }

    [Fact]
    public async Task The_doors_pages_are_accessible_and_fit_the_narrowest_phone()
    {
        var team = await system.TeamAsync(publish: true);
        await using var visitor = await system.VisitAsync(new() { BypassCSP = true });
        await visitor.SignInFirstAsync(team.Person);
        await visitor.GoAsync("/portaria");
        await visitor.AssertAccessibleAsync();
        await visitor.GoAsync($"/portaria/{team.Show.SessionId}");
        await visitor.AssertAccessibleAsync();
        await visitor.Page.FillAsync("#code", "ABCD2345");
        await visitor.Page.Keyboard.PressAsync("Enter");
        await visitor.Page.WaitForSelectorAsync(".outcome.bad");
        await visitor.AssertAccessibleAsync();
    }
}
