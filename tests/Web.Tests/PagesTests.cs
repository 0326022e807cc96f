using Microsoft.Playwright;
using Npgsql;
using Ticketing.Local.Seeding;
using Ticketing.System.Tests;
using Xunit.Sdk;

namespace Ticketing.Web.Tests;

/// <summary>Every page, as eyes, keyboards, screen readers and small screens have it.</summary>
[Collection(WebPages.Name)]
public sealed class PagesTests(WebSystem system)
{
    internal const int MaxHtmlBytes = 50_000;

    [Theory]
    [InlineData("<img src='/icon.svg'>", "image-alt")]
    [InlineData(
        "<style>@media (prefers-color-scheme: dark) { p { color: #222; background: #333 } }</style><p>Noite</p>",
        "Dark: color-contrast"
    )]
    [InlineData(
        "<iframe title='Dentro' srcdoc=\"<html lang='pt'><title>Dentro</title><main><input></main></html>\"></iframe>",
        "label <input>"
    )]
    [InlineData("<div style='width: 400px; height: 1px'></div>", "is wider than its window")]
    public async Task What_is_not_accessible_is_told(string markup, string says)
    {
        await using var visitor = await system.VisitAsync(new() { BypassCSP = true });
        await visitor.GoAsync("/cadastro");
        await visitor.AssertAccessibleAsync();
        await visitor.Page.EvaluateAsync("markup => { document.querySelector('main').innerHTML += markup; }", markup);
        if (markup.StartsWith("<iframe", StringComparison.Ordinal))
            await visitor.Page.FrameLocator("main iframe").Locator("input").WaitForAsync();
        var told = await Assert.ThrowsAsync<TrueException>(visitor.AssertAccessibleAsync);
        Assert.Contains(says, told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_page_is_accessible_in_light_and_dark_and_fits_the_narrowest_phone()
    {
        var show = await system.ShowAsync(capacity: 10, stock: 5);
        var buyer = await system.BuyerAsync();
        await using var visitor = await system.VisitAsync(new() { BypassCSP = true });
        var page = visitor.Page;
        var (festival, musical) = (await system.PathOfAsync("mare"), await system.PathOfAsync("compadecida"));
        foreach (
            var path in new[]
            {
                "/",
                "/?q=nada-que-exista",
                festival,
                musical,
                "/nao-existe",
                "/cadastro",
                "/entrada-interrompida",
                "/account/login",
                "/account/forgot",
                "/docs",
                "/docs/authentication",
                "/docs/errors",
                "/docs/webhooks",
                "/docs/sandbox",
                "/docs/reference",
                "/docs/reference/PlaceOrder",
                "/docs/sandbox/reference",
                WebSystem.PathOf(show),
            }
        )
        {
            var answer = await visitor.GoAsync(path);
            Assert.InRange((await answer.BodyAsync()).Length, 1, MaxHtmlBytes);
            await visitor.AssertAccessibleAsync();
        }
        await visitor.GoAsync(festival);
        await page.Locator(".event-head a").ClickAsync();
        await visitor.AssertAccessibleAsync();
        await visitor.GoAsync(musical);
        await page.Locator(".date .button").First.ClickAsync();
        await page.WaitForSelectorAsync(".seat");
        await visitor.AssertAccessibleAsync();

        await visitor.SignInFirstAsync(buyer);
        await visitor.HoldAsync(show, 2);
        await visitor.AssertAccessibleAsync();
        await page.FillAsync("#buyer-cpf", "1");
        await visitor.GoAsync("/");
        await visitor.AssertAccessibleAsync();
        await visitor.PressAsync("Continuar", AriaRole.Link);
        await visitor.OrderAsync("tok_decline");
        await visitor.SeesAsync("não foi aceito");
        await visitor.AssertAccessibleAsync();
        await visitor.Page.CheckAsync("input[value=pix]");
        await page.Locator("form .button.wide").ClickAsync();
        await page.WaitForSelectorAsync(".pix");
        await visitor.AssertAccessibleAsync();
        await visitor.PressAsync("Ambiente de teste: pagar no banco simulado");
        await page.WaitForSelectorAsync(".ticket-row");
        await visitor.AssertAccessibleAsync();
        foreach (var path in new[] { "/pedidos", "/ingressos", "/conta", "/account/security" })
        {
            await visitor.GoAsync(path);
            await visitor.AssertAccessibleAsync();
        }
        await visitor.GoAsync("/ingressos");
        await page.Locator(".row-title").First.ClickAsync();
        await visitor.AssertAccessibleAsync();
        await page.FillAsync("#to-name", "Bruna");
        await page.FillAsync("#to-email", "bruna@example.com");
        await visitor.PressAsync("Oferecer ingresso");
        await page.WaitForSelectorAsync("#offer");
        await visitor.AssertAccessibleAsync();

        // An order that nobody paid in time.
        await visitor.HoldAsync(show);
        await visitor.OrderAsync();
        await page.WaitForSelectorAsync(".pix");
        await using (var orders = NpgsqlDataSource.Create(system.Local.DatabaseOf("orders")))
        await using (
            var late = orders.CreateCommand("UPDATE orders SET expires_at = now(), drive_after = now() WHERE id = $1")
        )
        {
            late.Parameters.Add(new() { Value = Guid.Parse(page.Url.Split('/')[^1]) });
            Assert.Equal(1, await late.ExecuteNonQueryAsync());
        }
        await visitor.SeesAsync("O tempo acabou");
        await visitor.AssertAccessibleAsync();

        // A hold that is lost.
        await visitor.HoldAsync(show);
        var hold = $"/api/v1/holds/{page.Url.Split('/')[^1]}";
        using (var released = await buyer.Api.SendAsync(HttpMethod.Delete, hold, null, default))
            Assert.True(released.IsSuccessStatusCode);
        Assert.Equal(410, (await visitor.GoAsync(page.Url)).Status);
        await visitor.AssertAccessibleAsync();
    }

    /// <summary>What still moves, if only for a moment.</summary>
    private const string Moving = """
        () => [...document.querySelectorAll("*")]
          .filter(element => {
            const style = getComputedStyle(element);
            const lasts = durations => durations.split(",").some(text => parseFloat(text) > 0.01);
            return (style.animationName !== "none" && lasts(style.animationDuration)) || lasts(style.transitionDuration);
          })
          .map(element => element.outerHTML.slice(0, 80))
        """;

    /// <summary>Running text of more characters a line than eyes follow.</summary>
    private const string Lengthy = """
        () => [...document.querySelectorAll("main p, main li, main dd, main summary")]
          .filter(element => {
            const range = document.createRange();
            range.selectNodeContents(element);
            const lines = new Set([...range.getClientRects()].map(rect => Math.round(rect.top / 8)));
            const flows = ![...element.children].some(child => getComputedStyle(child).display !== "inline");
            return flows && lines.size > 0 && element.innerText.length / lines.size > 100;
          })
          .map(element => element.outerHTML.slice(0, 200))
        """;

    [Fact]
    public async Task Wide_screens_keep_lines_short_text_of_twice_the_size_fits_and_nothing_moves_for_who_does_not_want_it()
    {
        var team = await system.TeamAsync(publish: true);
        var order = await team.Person.OrderByCardAsync(team.Show, "tok_approve");
        await team.Person.WaitForStatusAsync(order, "fulfilled");
        var ticket = (await team.Person.TicketsAsync())[0];
        var hold = await team.Person.HoldAsync(team.Show);
        await using var visitor = await system.VisitAsync(new() { BypassCSP = true });
        await visitor.SignInFirstAsync(team.Person);
        await visitor.Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        // Where the waiting room leads to by itself.
        await visitor.Page.RouteAsync("**/eventos/x", route => route.AbortAsync("aborted"));
        foreach (
            var path in new[]
            {
                "/",
                await system.PathOfAsync("compadecida"),
                WebSystem.PathOf(team.Show),
                $"/reservas/{hold.Id()}",
                $"/pedidos/{order.Id()}",
                $"/ingressos/{ticket.Id()}",
                "/conta",
                team.Room,
                $"{team.Room}/eventos/{team.EventId}",
                $"{team.Room}/locais/{team.VenueId}/mapas/novo",
                $"/portaria/{team.Show.SessionId}",
                "/fila?volta=%2Feventos%2Fx",
            }
        )
        {
            await visitor.Page.SetViewportSizeAsync(3840, 2160);
            await visitor.GoAsync(path);
            Assert.Empty(await visitor.Page.EvaluateAsync<string[]>(Moving));
            await visitor.AssertNotWiderAsync();
            // What a script closes is open where there is none.
            await visitor.Page.EvaluateAsync("document.querySelectorAll('details').forEach(d => d.open = true)");
            Assert.Empty(await visitor.Page.EvaluateAsync<string[]>(Lengthy));
            // As a screen of 1,280 pixels is at 200 %.
            await visitor.Page.SetViewportSizeAsync(640, 900);
            await visitor.Page.AddStyleTagAsync(new() { Content = "html { font-size: 200% }" });
            await visitor.AssertNotWiderAsync();
        }
    }

    [Fact]
    public async Task Every_page_of_an_organizer_is_accessible_and_fits_the_narrowest_phone()
    {
        var team = await system.TeamAsync(publish: true);
        var draft = await system.TeamAsync(person: team.Person, organizerId: team.OrganizerId);
        var map = await team.Person.Api.PostAsync(
            $"/api/v1/venues/{team.VenueId}/seat-maps",
            new
            {
                name = "Sala",
                sections = new[] { new { name = "Plateia", rows = new[] { new { name = "A", seats = 40 } } } },
            },
            default
        );
        var invitation = await team.Person.Api.PostAsync(
            $"/api/v1/organizers/{team.OrganizerId}/invitations",
            new { email = "door@example.com", role = "door" },
            default
        );
        var buyer = await system.BuyerAsync();
        var order = await buyer.OrderByCardAsync(team.Show, "tok_approve");
        await buyer.WaitForStatusAsync(order, "fulfilled");
        await using var visitor = await system.VisitAsync(new() { BypassCSP = true });
        await visitor.SignInFirstAsync(team.Person);
        var (room, show) = (team.Room, $"{team.Room}/eventos/{team.EventId}");
        foreach (
            var path in new[]
            {
                "/organizar",
                room,
                $"{room}/perfil",
                $"{room}/locais",
                $"{room}/locais/novo",
                $"{room}/locais/{team.VenueId}",
                $"{room}/locais/{team.VenueId}/mapas/novo",
                $"{room}/locais/{team.VenueId}/mapas/{map.Id()}",
                $"{room}/eventos",
                $"{room}/eventos/novo",
                $"{room}/eventos/{draft.EventId}",
                $"{room}/eventos/{draft.EventId}/editar",
                $"{room}/eventos/{draft.EventId}/datas/nova",
                show,
                $"{show}/datas/{team.Show.SessionId}",
                $"{show}/cupons",
                $"{show}/vendas",
                $"{show}/pedidos",
                $"{show}/participantes",
                $"{show}/entrada",
                $"{room}/pedidos/{order.Id()}",
                $"{room}/equipe",
                $"{room}/registro",
                $"{room}/repasses",
            }
        )
        {
            var answer = await visitor.GoAsync(path);
            Assert.True(answer.Ok, $"{path}: {answer.Status}");
            Assert.InRange((await answer.BodyAsync()).Length, 1, MaxHtmlBytes);
            foreach (var details in await visitor.Page.Locator("main details").AllAsync())
                await details.EvaluateAsync("d => { d.open = true; }");
            await visitor.AssertAccessibleAsync();
        }
        Assert.Equal(404, (await visitor.GoAsync($"/convites/{team.OrganizerId}/{invitation.Id()}")).Status);
    }

    [Fact]
    public async Task A_buyers_an_organizers_and_a_doors_pages_are_in_English_too()
    {
        var team = await system.TeamAsync(publish: true);
        var buyer = team.Person;
        var unpaid = await buyer.OrderByPixAsync(team.Show);
        var paid = await buyer.WaitForStatusAsync(await buyer.OrderByCardAsync(team.Show, "tok_approve"), "fulfilled");
        var hold = await buyer.HoldAsync(team.Show);
        await using var visitor = await system.VisitAsync(new() { Locale = "en-US" });
        await visitor.GoAsync("/cadastro");
        await AssertEnglishAsync();
        await visitor.GoAsync("/entrar");
        await visitor.Page.AtAsync("**/account/login**");
        await AssertEnglishAsync();
        await visitor.SignInAsync(team.Person);
        var show = $"{team.Room}/eventos/{team.EventId}";
        foreach (
            var path in new[]
            {
                "/organizar",
                team.Room,
                $"{team.Room}/perfil",
                $"{team.Room}/locais/{team.VenueId}",
                $"{team.Room}/locais/{team.VenueId}/mapas/novo",
                $"{team.Room}/eventos/novo",
                show,
                $"{show}/datas/{team.Show.SessionId}",
                $"{show}/cupons",
                $"{show}/vendas",
                $"{show}/pedidos?busca={new string('x', 300)}",
                $"{show}/participantes?situacao=voided",
                $"{show}/entrada",
                $"{team.Room}/eventos?ordem=-starts",
                $"{team.Room}/equipe",
                $"{team.Room}/registro",
                $"{team.Room}/repasses",
                "/portaria",
                $"/portaria/{team.Show.SessionId}",
                "/?q=nothing",
                $"/eventos/{team.EventId}",
                WebSystem.PathOf(team.Show),
                $"/reservas/{hold.Id()}",
                $"/pedidos/{unpaid.Id()}",
                $"/pedidos/{paid.Id()}",
                "/pedidos",
                "/ingressos",
                $"/ingressos/{paid["tickets"]![0]!.Id()}",
                "/conta",
                "/account/security",
            }
        )
        {
            Assert.True((await visitor.GoAsync(path)).Ok, path);
            await AssertEnglishAsync();
        }

        async Task AssertEnglishAsync()
        {
            await Assertions.Expect(visitor.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");
            // Of whole words that no page in English has, wherever a reader or a screen reader meets them.
            Assert.DoesNotMatch(
                @"\b(Salvar|Novo|Nova|Nenhum|Nenhuma|Pedidos?|Ingressos?|Evento|Eventos|Mudar|até|não|Filtrar|Buscar|Pagar|Pagamento|Finalizar|Compra|Cupom|Cartão|Seus?|Suas?|Resumo|Lugar|Nome|Senha|Conta|Entrar|Sair|Baixar|Enviar|Escolher|Devolver|Você|Prazo|Para|Com)\b",
                await visitor.Page.EvaluateAsync<string>(Words)
            );
        }
    }

    /// <summary>All of a page but its footer, which names the languages: also what is folded, and what names things to screen readers.</summary>
    private const string Words = """
        () => {
          const words = [document.title];
          for (const element of document.querySelectorAll("header *, main *")) {
            for (const name of ["aria-label", "alt", "placeholder", "title", "data-none", "data-one", "data-many", "data-copied"])
              words.push(element.getAttribute(name));
            for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) words.push(node.data);
          }
          return words.join("\n");
        }
        """;

    [Fact]
    public async Task The_language_is_the_browsers_until_somebody_chooses()
    {
        await using var visitor = await system.VisitAsync(new() { Locale = "en-US" });
        var page = visitor.Page;
        await visitor.GoAsync("/");
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        await visitor.SeesAsync("Coming up");
        await visitor.GoAsync(await system.PathOfAsync("mare"));
        await visitor.SeesAsync("180.00");
        await visitor.PressAsync("Português", AriaRole.Link);
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "pt-BR");
        Assert.Contains("/eventos/", page.Url);
        await visitor.SeesAsync("R$\u00a0180,00");
        await visitor.GoAsync("/");
        await visitor.SeesAsync("Próximos eventos");
    }

    [Fact]
    public async Task The_search_finds_by_words_city_and_category()
    {
        await using var visitor = await system.VisitAsync();
        await visitor.GoAsync("/");
        await visitor.Page.FillAsync("#q", "mare");
        await visitor.PressAsync("Buscar");
        Assert.Equal("Festival Maré Alta", await visitor.TextAsync(".card-title"));
        await visitor.GoAsync("/?cidade=Belo+Horizonte&categoria=concert");
        await visitor.SeesAsync("Recital", ".card-title");
        await visitor.GoAsync("/?desde=2999-01-01");
        await visitor.SeesAsync("Nenhum evento");
    }
}
