using Microsoft.Playwright;
using Ticketing.TestKit;

namespace Ticketing.Web.Tests;

/// <summary>The platform's administrators, and the page for when everybody comes at once.</summary>
[Collection(WebPages.Name)]
public sealed class AdminTests(WebSystem system)
{
    [Fact]
    public async Task An_administrator_finds_an_organizer_refuses_it_with_a_reason_and_approves_it()
    {
        var name = $"Circo {Guid.CreateVersion7():N}";
        var team = await system.TeamAsync(publish: true, name: name);
        await using var admin = await system.AdminAsync(new() { BypassCSP = true });
        await admin.GoAsync("/conta");
        await admin.PressAsync("Administração", AriaRole.Link);
        await admin.AssertAccessibleAsync();
        await admin.Page.FillAsync("#q", name[..20].ToUpperInvariant());
        await admin.PressAsync("Buscar");
        var card = admin.Page.Locator($"#o-{team.OrganizerId}").First;
        await Assertions.Expect(card).ToContainTextAsync("Esperando");
        await card.Locator("summary", new() { HasText = "Recusar" }).ClickAsync();
        await card.Locator("textarea").FillAsync("O site não existe: quem organiza?");
        await card.Locator(".button.danger").ClickAsync();
        await admin.SeesAsync("Salvo", "[role=status]");
        await Assertions.Expect(card).ToContainTextAsync("Recusada");
        await Assertions.Expect(card).ToContainTextAsync("quem organiza?");
        await admin.AssertAccessibleAsync();

        // Nobody else has such a page.
        await using var owner = await system.VisitAsync();
        await owner.SignInFirstAsync(team.Person);
        Assert.Equal(404, (await owner.GoAsync("/administracao")).Status);

        await card.GetByRole(AriaRole.Button, new() { Name = "Aprovar" }).ClickAsync();
        await Assertions.Expect(card).ToContainTextAsync("Aprovada");
        await AgreeOnAFeeAsync(admin, owner, team, card);
        await admin.Page.FillAsync("#q", "<b>%");
        await admin.PressAsync("Buscar");
        await admin.SeesAsync("Nenhuma organização começa assim");
    }

    [Fact]
    public async Task An_administrator_holds_the_banks_list_against_the_books()
    {
        var show = await system.ShowAsync(capacity: 2);
        var buyer = await system.BuyerAsync();
        await buyer.WaitForStatusAsync(await buyer.OrderByCardAsync(show, "tok_approve"), "fulfilled");
        await using var admin = await system.AdminAsync(new() { BypassCSP = true });
        await admin.GoAsync("/administracao");
        await admin.PressAsync("Conciliação", AriaRole.Link);
        await admin.SeesAsync("Diferenças");
        await admin.Page.SelectOptionAsync("#provider", "stripe");
        await admin.PressAsync("Comparar");
        await Assertions.Expect(admin.Page.Locator("tbody tr")).ToHaveCountAsync(2);
        foreach (var row in await admin.Page.Locator("tbody tr").AllAsync())
            Assert.Contains("R$", await row.InnerTextAsync(), StringComparison.Ordinal);
        await admin.AssertAccessibleAsync();

        // A day in which nothing was, one that is none, and one before anything.
        await admin.GoAsync("/administracao/conciliacao?de=stripe&dia=2020-02-29");
        await admin.SeesAsync("as duas listas dizem o mesmo");
        Assert.True((await admin.GoAsync("/administracao/conciliacao?de=x&dia=2020-02-30")).Ok);
        Assert.Equal(422, (await admin.GoAsync("/administracao/conciliacao?dia=0001-01-01")).Status);
        await admin.SeesAsync("Não há o que comparar", "[role=alert]");
        Assert.Equal(422, (await admin.GoAsync("/administracao/conciliacao?dia=9999-12-31")).Status);
        await using var stranger = await system.VisitAsync();
        await stranger.SignInFirstAsync(buyer);
        Assert.Equal(404, (await stranger.GoAsync("/administracao/conciliacao")).Status);
    }

    /// <summary>Agreed by the administrator, seen by the team, by buyers before they pay, at the order and in the statement.</summary>
    private async Task AgreeOnAFeeAsync(Visitor admin, Visitor owner, Team team, ILocator card)
    {
        await card.Locator("summary", new() { HasText = "Mudar a taxa" }).ClickAsync();
        await card.GetByLabel("Porcentagem do preço").FillAsync("muito");
        await card.GetByRole(AriaRole.Button, new() { Name = "Salvar a taxa" }).ClickAsync();
        await admin.SeesAsync("Escreva a taxa como 7,5", "[role=alert]");
        await card.GetByLabel("Porcentagem do preço").FillAsync("7,5");
        await card.GetByLabel("E por ingresso").FillAsync("1,00");
        await card.GetByRole(AriaRole.Button, new() { Name = "Salvar a taxa" }).ClickAsync();
        await admin.SeesAsync("Salvo", "[role=status]");
        await Assertions.Expect(card).ToContainTextAsync("7,5% + R$\u00a01,00 por ingresso");
        await admin.AssertAccessibleAsync();

        await owner.GoAsync($"{team.Room}/perfil");
        await owner.SeesAsync("7,5% + R$\u00a01,00 por ingresso");
        await owner.AssertAccessibleAsync();
        await owner.Page.CheckAsync("[name=keepsFee]");
        await owner.PressAsync("Salvar a regra");
        await owner.SeesAsync("Salvo", "[role=status]");
        await Assertions.Expect(owner.Page.Locator("[name=keepsFee]")).ToBeCheckedAsync();

        await using var buyer = await system.VisitAsync();
        await Eventually.TrueAsync(async () =>
        {
            await buyer.GoAsync(WebSystem.PathOf(team.Show));
            return (await buyer.TextAsync()).Contains("taxa de serviço", StringComparison.Ordinal);
        });
        await buyer.SeesAsync("R$\u00a0108,50");
        await buyer.SeesAsync("inclui R$\u00a08,50 de taxa de serviço");
        await buyer.SignInFirstAsync(await system.BuyerAsync());
        await buyer.HoldAsync(team.Show, 2);
        await buyer.SeesAsync("Taxa de serviço, incluída", ".summary");
        await buyer.SeesAsync("R$\u00a017,00", ".summary");
        await buyer.AssertAccessibleAsync();
        await buyer.OrderAsync("tok_approve");
        await buyer.SeesAsync("R$\u00a017,00", ".summary");
        await buyer.SeesAsync("R$\u00a0217,00", ".summary");

        await Eventually.TrueAsync(async () =>
        {
            await owner.GoAsync($"{team.Room}/eventos/{team.Show.EventId}/vendas");
            return (await owner.TextAsync()).Contains("xtrato", StringComparison.Ordinal);
        });
        await owner.AssertAccessibleAsync();
        await owner.GoAsync($"{team.Room}/perfil");
        await owner.Page.UncheckAsync("input[name=passedOn]");
        await owner.PressAsync("Salvar a escolha");
        await owner.SeesAsync("Salvo", "[role=status]");
        await Eventually.TrueAsync(async () =>
        {
            await buyer.GoAsync(WebSystem.PathOf(team.Show));
            return !(await buyer.TextAsync()).Contains("taxa de serviço", StringComparison.Ordinal);
        });
        await buyer.SeesAsync("R$\u00a0100");
    }

    [Fact]
    public async Task Who_waits_keeps_the_page_and_tries_again_by_itself()
    {
        await using var visitor = await system.VisitAsync(new() { BypassCSP = true });
        // It goes on within 15 seconds, which a busy machine needs to look at it.
        await visitor.Page.RouteAsync("**/eventos/x", route => route.AbortAsync("aborted"));
        var page = await visitor.GoAsync("/fila?volta=%2Feventos%2Fx");
        Assert.Equal(503, page.Status);
        Assert.Equal("15", await page.HeaderValueAsync("retry-after"));
        Assert.Equal("no-store", await page.HeaderValueAsync("cache-control"));
        await visitor.SeesAsync("tenta de novo sozinha");
        await visitor.AssertAccessibleAsync();
        await Assertions.Expect(visitor.Page.Locator("[data-next='/eventos/x']")).ToBeVisibleAsync();
        // Without a script, too.
        Assert.Contains("content=\"15;url=/eventos/x\"", await page.TextAsync(), StringComparison.Ordinal);
        // Not to anybody else's page.
        var home = await visitor.GoAsync("/fila?volta=https%3A%2F%2Fevil.example");
        Assert.Contains("content=\"15;url=/\"", await home.TextAsync(), StringComparison.Ordinal);
    }
}
