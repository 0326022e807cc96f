using Microsoft.Playwright;
using Ticketing.Local.Seeding;
using Ticketing.Users.Factors;

namespace Ticketing.Web.Tests;

/// <summary>The platform's administrators, and the page for when everybody comes at once.</summary>
[Collection(WebPages.Name)]
public sealed class AdminTests(WebSystem system)
{
    [Fact]
    public async Task An_administrator_finds_an_organizer_refuses_it_with_a_reason_and_approves_it()
    {
        var name = $"Circo {Guid.CreateVersion7():N}";
        var team = await system.TeamAsync(name: name);
        await using var admin = await system.VisitAsync(new() { BypassCSP = true });
        await SignInAsync(admin);
        await admin.GoAsync("/conta");
        await admin.PressAsync("Administração", AriaRole.Link);
        await admin.AssertAccessibleAsync();
        await admin.Page.FillAsync("#q", name[..20].ToUpperInvariant());
        await admin.PressAsync("Buscar");
        var card = admin.Page.Locator($"#o-{team.OrganizerId}").First;
        await Assertions.Expect(card).ToContainTextAsync("Esperando");
        await card.Locator("summary").ClickAsync();
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
        await admin.Page.FillAsync("#q", "<b>%");
        await admin.PressAsync("Buscar");
        await admin.SeesAsync("Nenhuma organização começa assim");
    }

    /// <summary>Whoever administers proves it twice: an app is set up at the first time.</summary>
    internal static async Task SignInAsync(Visitor visitor)
    {
        var page = visitor.Page;
        await visitor.GoAsync("/entrar");
        await page.WaitForURLAsync("**/account/login**");
        await page.FillAsync("#email", SeedLogins.Admin.Email);
        await page.FillAsync("#password", SeedLogins.Admin.Password);
        await page.ClickAsync("button[type=submit]");
        await page.WaitForURLAsync("**/account/security**");
        await page.Locator("section[aria-labelledby=app] button").ClickAsync();
        var secret = await page.Locator("section[aria-labelledby=app] code").InnerTextAsync();
        await page.FillAsync(
            "#code",
            Totp.CodeAt(secret.Replace(" ", "", StringComparison.Ordinal), TimeProvider.System.GetUtcNow())
        );
        await page.Locator("section[aria-labelledby=app] button").ClickAsync();
        await page.Locator("a.go").ClickAsync();
        await page.WaitForURLAsync(url => !url.Contains("/account/") && !url.Contains("/auth/"));
    }

    [Fact]
    public async Task Who_waits_keeps_the_page_and_tries_again_by_itself()
    {
        await using var visitor = await system.VisitAsync(new() { BypassCSP = true });
        var page = await visitor.GoAsync("/fila?volta=%2Feventos%2Fx");
        Assert.Equal(503, page.Status);
        Assert.Equal("15", await page.HeaderValueAsync("retry-after"));
        Assert.Equal("no-store", await page.HeaderValueAsync("cache-control"));
        await visitor.SeesAsync("Seu lugar está guardado");
        await visitor.AssertAccessibleAsync();
        await Assertions.Expect(visitor.Page.Locator("[data-next='/eventos/x']")).ToBeVisibleAsync();
        // Without a script, too.
        Assert.Contains("content=\"15;url=/eventos/x\"", await page.TextAsync(), StringComparison.Ordinal);
        // Not to anybody else's page.
        var home = await visitor.GoAsync("/fila?volta=https%3A%2F%2Fevil.example");
        Assert.Contains("content=\"15;url=/\"", await home.TextAsync(), StringComparison.Ordinal);
    }
}
