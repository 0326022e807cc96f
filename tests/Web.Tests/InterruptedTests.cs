using Microsoft.Playwright;
using Ticketing.System.Tests;
using Ticketing.TestKit;

namespace Ticketing.Web.Tests;

using Buyer = Ticketing.System.Tests.Buyer;

/// <summary>Sessions that end, or change, while a page is open.</summary>
[Collection(WebPages.Name)]
public sealed class InterruptedTests(WebSystem system)
{
    private const string SessionOver = "Sua sessão tinha acabado: nada foi enviado.";
    private const string KeptInTab = "sessionStorage.length";

    /// <summary>Of the pages alone: the provider knows its person still, and asks nothing.</summary>
    private static Task EndSessionAsync(Visitor visitor) =>
        visitor.Page.Context.ClearCookiesAsync(new() { Name = "ticketing-session" });

    private async Task<Visitor> AtCheckoutAsync(Buyer buyer)
    {
        var show = await system.ShowAsync(capacity: 10, stock: 5);
        var visitor = await system.VisitAsync(new() { BypassCSP = true });
        await visitor.SignInFirstAsync(buyer);
        await visitor.HoldAsync(show, 2);
        return visitor;
    }

    [Fact]
    public async Task What_was_typed_is_there_when_the_session_had_ended()
    {
        await using var visitor = await AtCheckoutAsync(await system.BuyerAsync());
        var page = visitor.Page;
        var checkout = page.Url;
        await page.FillAsync("#buyer-name", "Zoé Simões");
        await page.FillAsync("#attendee-1", "Bruna");
        await page.Locator(".types .stepper button").Last.ClickAsync();
        await page.CheckAsync("input[value=card]");
        await page.SelectOptionAsync("#card", "tok_decline");
        await EndSessionAsync(visitor);
        await visitor.PressAsync("Finalizar compra");

        await visitor.SeesAsync(SessionOver, "main [role=status]");
        await visitor.AssertAccessibleAsync();
        await Assertions.Expect(page).ToHaveURLAsync(checkout);
        await Assertions.Expect(page.Locator("#buyer-name")).ToHaveValueAsync("Zoé Simões");
        await Assertions.Expect(page.Locator("#attendee-1")).ToHaveValueAsync("Bruna");
        await Assertions.Expect(page.Locator("[data-sum]").First).ToContainTextAsync("250,00");
        await Assertions.Expect(page.Locator("input[value=card]")).ToBeCheckedAsync();
        // A card's is not kept.
        await Assertions.Expect(page.Locator("#card")).ToHaveValueAsync("tok_approve");
        await visitor.CountsAsync(KeptInTab, 0);

        await page.SelectOptionAsync("#card", "tok_approve");
        await visitor.PressAsync("Finalizar compra");
        await page.AtAsync("**/pedidos/*");
        await visitor.SeesAsync("Bruna");
        await visitor.CountsAsync(KeptInTab, 0);
    }

    [Fact]
    public async Task A_password_is_not_kept_and_what_was_typed_is_gone_at_the_next_page()
    {
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;
        await visitor.GoAsync("/cadastro");
        await page.FillAsync("#name", "Zoé Simões");
        await page.FillAsync("#email", "x");
        await page.FillAsync("#password", "ticketing-demo-1");
        // Nothing is sent: what is kept is looked at.
        await page.EvaluateAsync(
            """
            () => {
              const form = document.querySelector("form[data-once]");
              form.noValidate = true;
              addEventListener("submit", event => event.preventDefault());
              form.requestSubmit();
            }
            """
        );
        var kept = await page.EvaluateAsync<string>("sessionStorage.getItem('typed')");
        Assert.Contains("Zoé Simões", kept);
        Assert.DoesNotContain("ticketing-demo-1", kept);
        Assert.DoesNotContain("__RequestVerificationToken", kept);
        await visitor.GoAsync("/entrada-interrompida?volta=%2Fconta%3Finterrompido%3D1");
        await visitor.CountsAsync(KeptInTab, 1);
        await visitor.GoAsync("/");
        await visitor.CountsAsync(KeptInTab, 0);
    }

    [Fact]
    public async Task A_choice_is_there_when_somebody_signed_in_in_another_tab()
    {
        var show = await system.ShowAsync(capacity: 10);
        var buyer = await system.BuyerAsync();
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;
        await visitor.GoAsync(WebSystem.PathOf(show));
        await page.FillAsync("input[type=number]", "3");
        var other = await page.Context.NewPageAsync();
        await other.GotoAsync("/entrar");
        await other.FillAsync("#email", buyer.Email);
        await other.FillAsync("#password", Buyer.Password);
        await other.ClickAsync("button[type=submit]");
        await other.AwayFromProviderAsync();
        await page.Locator(".buy-bar button").ClickAsync();

        await visitor.SeesAsync("Você entrou ou saiu em outra aba: nada foi enviado.");
        await Assertions.Expect(page).ToHaveURLAsync(new Uri(system.BaseUrl, WebSystem.PathOf(show)).AbsoluteUri);
        await Assertions.Expect(page.Locator("input[type=number]")).ToHaveValueAsync("3");
        await page.Locator(".buy-bar button").ClickAsync();
        await page.AtAsync("**/reservas/**");
    }

    [Fact]
    public async Task A_page_that_waits_leads_to_the_sign_in_when_nobody_is_signed_in_any_more()
    {
        await using var visitor = await AtCheckoutAsync(await system.BuyerAsync());
        var page = visitor.Page;
        await visitor.OrderAsync();
        await page.WaitForSelectorAsync(".pix");
        await page.Context.ClearCookiesAsync();
        // What waits is cut off, and asks again.
        await page.Context.SetOfflineAsync(true);
        await page.Context.SetOfflineAsync(false);
        await page.AtAsync("**/account/login**");
    }

    [Fact]
    public async Task Figures_that_change_lead_to_the_sign_in_when_nobody_is_signed_in_any_more()
    {
        var team = await system.TeamAsync(publish: true);
        await using var visitor = await system.VisitAsync();
        await visitor.SignInFirstAsync(team.Person);
        await visitor.GoAsync($"{team.Room}/eventos/{team.EventId}/entrada");
        await visitor.Page.Context.ClearCookiesAsync();
        await visitor.Page.AtAsync("**/account/login**");
    }

    [Fact]
    public async Task A_picture_that_nobody_who_is_signed_in_sends_is_said_to_be_unsent()
    {
        var team = await system.TeamAsync(publish: true);
        await using var visitor = await system.VisitAsync();
        await visitor.SignInFirstAsync(team.Person);
        await visitor.GoAsync($"{team.Room}/eventos/{team.EventId}/editar");
        await EndSessionAsync(visitor);
        await visitor.Page.SetInputFilesAsync(
            "#file",
            new FilePayload
            {
                Name = "foto.jpg",
                MimeType = "image/jpeg",
                Buffer = Jpegs.Baseline,
            }
        );
        await visitor.SeesAsync("Não foi enviada.", "[data-told]");
    }
}
