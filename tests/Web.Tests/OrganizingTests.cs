using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using Microsoft.Playwright;
using Ticketing.Local.Seeding;
using Ticketing.System.Tests;
using Ticketing.TestKit;
using Ticketing.Web.Language;

namespace Ticketing.Web.Tests;

using Buyer = Ticketing.System.Tests.Buyer;

/// <summary>An organizer's way through the pages: from nothing to the first sale, and what comes after it.</summary>
[Collection(WebPages.Name)]
public sealed class OrganizingTests(WebSystem system)
{
    [Fact]
    public async Task From_nothing_to_the_first_sale_without_a_script()
    {
        var (organizer, buyer) = (await system.BuyerAsync(), await system.BuyerAsync());
        await using var visitor = await system.VisitAsync(new() { JavaScriptEnabled = false });
        var page = visitor.Page;
        await visitor.GoAsync("/organizar");
        await visitor.SignInAsync(organizer);
        await page.FillAsync("#name", "Casa Nova Produções");
        await visitor.PressAsync("Criar organização");
        await visitor.PressAsync("Começar", AriaRole.Link);

        // The venue first; then the event that it was asked for.
        await page.FillAsync("#name", "Sala Nova");
        await page.FillAsync("#address", "Rua do Gasômetro, 1");
        await page.FillAsync("#city", "São Paulo");
        await page.FillAsync("#state", "SP");
        await visitor.PressAsync("Salvar local");
        var title = $"Primeira noite {Guid.CreateVersion7():N}";
        await page.FillAsync("#title", title);
        await page.FillAsync("#category", "show");
        await page.FillAsync("#description", "Uma noite para começar.");
        await visitor.PressAsync("Criar rascunho");
        await page.FillAsync("#starts", "2030-05-04T20:00");
        await page.FillAsync("#doors", "2030-05-04T19:00");
        await visitor.PressAsync("Criar data");
        await page.FillAsync("#new-name", "Pista");
        await page.FillAsync("#new-price", "80,50");
        await page.FillAsync("#new-capacity", "300");
        await visitor.PressAsync("Criar ingresso");
        await visitor.SeesAsync("Pista – meia-entrada");
        await visitor.SeesAsync("R$\u00a040,25");
        await page.FillAsync("#product-name", "Estacionamento");
        await page.FillAsync("#product-price", "30");
        await page.FillAsync("#product-stock", "5");
        await visitor.PressAsync("Criar adicional");
        await visitor.SeesAsync("0 vendidos, 5 de 5 disponíveis");

        // Nobody but the team sees the draft.
        await visitor.PressAsync(title, AriaRole.Link);
        await visitor.PressAsync("Ver prévia", AriaRole.Link);
        await visitor.SeesAsync("Prévia", "[role=status]");
        var address = new Uri(page.Url).AbsolutePath;
        await using (var stranger = await system.VisitAsync())
            Assert.Equal(404, (await stranger.GoAsync(address)).Status);
        await visitor.PressAsync("Voltar à edição", AriaRole.Link);
        await Assertions.Expect(page.Locator(".checklist .done")).ToHaveCountAsync(3);
        await visitor.PressAsync("Publicar e vender");
        await visitor.SeesAsync("Publicado", "h1");

        await using var audience = await system.VisitAsync();
        await audience.SignInFirstAsync(buyer);
        await Eventually.TrueAsync(async () =>
        {
            await audience.GoAsync(address);
            await audience.Page.Locator(".date .button").ClickAsync();
            return await audience.Page.Locator("input[type=number]").CountAsync() > 0;
        });
        await audience.Page.Locator("input[type=number]").First.FillAsync("1");
        await audience.Page.Locator(".buy-bar button").ClickAsync();
        await audience.Page.AtAsync("**/reservas/**");
        await Eventually.TrueAsync(async () =>
        {
            await audience.GoAsync(audience.Page.Url);
            return (await audience.TextAsync()).Contains("Estacionamento", StringComparison.Ordinal);
        });
        await audience.OrderAsync("tok_approve");
        await Assertions.Expect(audience.Page.Locator(".ticket-row")).ToHaveCountAsync(1);

        var room = new Uri(page.Url).AbsolutePath;
        await Eventually.TrueAsync(async () =>
        {
            await visitor.GoAsync(room);
            return (await visitor.TextAsync(".fills")).Contains("Vendidos: 1", StringComparison.Ordinal);
        });
        await Eventually.TrueAsync(async () =>
        {
            await visitor.GoAsync(room + "/vendas");
            // There are no figures before Orders knows the team.
            return await page.Locator(".tile").GetByText("1 ingresso em 1 pedido").CountAsync() > 0;
        });
        await visitor.SeesAsync("R$\u00a080,50", ".tile");
        await visitor.GoAsync(room + "/pedidos");
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        await visitor.SeesAsync("R$\u00a080,50", "tbody");
    }

    [Fact]
    public async Task On_phones_a_stranger_sells_a_room_out_and_lets_its_people_in()
    {
        await using var visitor = await system.VisitAsync(WebSystem.Phone);
        var page = visitor.Page;
        await page.AddInitScriptAsync(DoorTests.Told);

        // With nothing but the address: an account, an organizer, a venue, an event.
        var email = $"{Guid.CreateVersion7():N}@example.com";
        await visitor.GoAsync("/");
        await visitor.PressAsync("Organizar eventos", AriaRole.Link);
        await visitor.PressAsync("Criar conta", AriaRole.Link);
        await page.FillAsync("#name", "Olga Prado");
        await page.FillAsync("#email", email);
        await page.FillAsync("#password", Buyer.Password);
        await visitor.PressAsync("Criar conta");
        await visitor.SeesAsync("Quase lá");
        await visitor.PressAsync(page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "Entrar" }));
        await visitor.SignInAsync(email, Buyer.Password);
        await page.FillAsync("#name", "Sala Estreita Produções");
        await visitor.PressAsync("Criar organização");
        await visitor.PressAsync("Começar", AriaRole.Link);
        await page.FillAsync("#name", "Sala Estreita");
        await page.FillAsync("#address", "Rua Direita, 4");
        await page.FillAsync("#city", "Olinda");
        await page.FillAsync("#state", "PE");
        await visitor.PressAsync("Salvar local");
        var title = $"Quatro lugares {Guid.CreateVersion7():N}";
        await page.FillAsync("#title", title);
        await page.FillAsync("#category", "show");
        await page.FillAsync("#description", "Uma noite para quatro.");
        await visitor.PressAsync("Criar rascunho");

        // Its seats are numbered: the room is drawn, and the date is where it was.
        await visitor.PressAsync("Desenhe antes o mapa da sala", AriaRole.Link);
        await page.FillAsync("#name", "Sala");
        await visitor.DrawsAsync();
        await page.FillAsync("#section", "Plateia");
        await page.FillAsync("#rows", "1");
        await page.FillAsync("#seats", "5");
        await visitor.PressAsync("Acrescentar");
        await visitor.PressAsync("Abrir ou fechar um corredor", AriaRole.Radio);
        await visitor.PressAsync("fila A, lugar 3, comum", AriaRole.Gridcell);
        await visitor.PressAsync("Trocar o tipo", AriaRole.Radio);
        foreach (var kind in new[] { "comum", "acessível", "acompanhante" })
            await visitor.PressAsync($"fila A, lugar 5, {kind}", AriaRole.Gridcell);
        await Assertions.Expect(page.Locator("#text")).ToHaveValueAsync("Plateia; A; 1 2 _ 3 4 _\n");
        await visitor.PressAsync("Salvar mapa");
        await page.FillAsync("#starts", "2030-05-04T20:00");
        await page.SelectOptionAsync("#map", new SelectOptionValue { Label = "Sala (4)" });
        await visitor.PressAsync("Criar data");
        await page.FillAsync("#new-name", "Plateia");
        await page.FillAsync("#new-price", "80");
        await visitor.PressAsync("Criar ingresso");
        await visitor.SeesAsync("Plateia – meia-entrada");
        await visitor.PressAsync(title, AriaRole.Link);
        await visitor.PressAsync("Publicar e vender");
        await visitor.SeesAsync("Publicado", "h1");
        await visitor.PressAsync("Ver página", AriaRole.Link);
        await page.AtAsync("**/eventos/quatro-*");
        var address = new Uri(page.Url).AbsolutePath;

        // One by Pix, for half the price; three at once by card.
        var (one, three) = (await system.BuyerAsync(), await system.BuyerAsync());
        await using var alone = await system.VisitAsync(WebSystem.Phone);
        await TapSeatsAsync(alone, 1);
        await alone.Page.SelectOptionAsync(".seat-picked select", new SelectOptionValue { Index = 1 });
        await alone.SeesAsync("R$\u00a040,00", ".buy-total");
        await alone.PressAsync("Entrar e reservar");
        await alone.SignInAsync(one);
        await alone.SeesAsync("R$\u00a040,00", ".buy-total");
        await alone.PressAsync("Reservar");
        await alone.PressAsync("Finalizar compra");
        await alone.PressAsync("Ambiente de teste: pagar no banco simulado");
        await Assertions.Expect(alone.Page.Locator(".ticket-row")).ToHaveCountAsync(1);
        await using var party = await system.VisitAsync(WebSystem.Phone);
        await party.SignInFirstAsync(three);
        await TapSeatsAsync(party, 3);
        await party.PressAsync("Reservar");
        await party.PressAsync(party.Page.Locator("input[value=card]"));
        await party.Page.SelectOptionAsync("#card", "tok_approve");
        await party.PressAsync("Finalizar compra");
        await Assertions.Expect(party.Page.Locator(".ticket-row")).ToHaveCountAsync(3);
        await Eventually.TrueAsync(async () =>
        {
            await visitor.GoAsync(address);
            return await page.Locator(".date").GetByText("Esgotado").CountAsync() == 1;
        });
        await party.GoAsync(address);
        await party.PressAsync("Ver se algum voltou", AriaRole.Link);
        await party.SeesAsync("esgotado", "[role=tab]");
        await Assertions.Expect(party.Page.GetByText("Escolher os melhores")).ToBeHiddenAsync();

        // At the door every ticket comes in once, and each answer sounds and feels its own way.
        await visitor.PressAsync("Ticketing, página inicial", AriaRole.Link);
        await visitor.PressAsync("Organizar eventos", AriaRole.Link);
        await visitor.PressAsync("Portaria", AriaRole.Link);
        await visitor.PressAsync(title, AriaRole.Link);
        await visitor.SeesAsync("0 de 4 dentro", ".door-count");
        await DoorTests.ReadyAsync(visitor);
        var (half, whole) = (await one.TicketsAsync(), await three.TicketsAsync());
        var code = (await three.Api.GetAsync($"/api/v1/tickets/{whole[2].Id()}", default)).Text("code");
        await ShowAsync(half[0].Text("number"), "Entra: confira a meia-entrada", 1, "660 660 660, 80-60-80");
        await ShowAsync(whole[0].Text("number"), "Pode entrar", 2, "660 990, 80");
        await ShowAsync(whole[1].Text("number"), "Pode entrar", 3, "660 990, 80");
        await ShowAsync(code, "Pode entrar", 4, "660 990, 80");
        await ShowAsync(code, "Já entrou", 4, "300 180, 300-100-300");

        async Task TapSeatsAsync(Visitor buyer, int count)
        {
            await Eventually.TrueAsync(async () =>
            {
                await buyer.GoAsync(address);
                await buyer.PressAsync(buyer.Page.Locator(".date .button"));
                await buyer.Page.AtAsync("**/sessoes/*");
                return await buyer.Page.Locator("#seats").CountAsync() == 1;
            });
            var free = buyer.Page.Locator(".seat[role=checkbox]:not([aria-disabled=true], [aria-checked=true])");
            for (var i = 0; i < count; i++)
                await buyer.PressAsync(free.First);
            await Assertions.Expect(buyer.Page.Locator(".seat-picked li")).ToHaveCountAsync(count);
        }

        async Task ShowAsync(string ticket, string says, int inside, string told)
        {
            await page.FillAsync("#code", ticket);
            await visitor.PressAsync("Deixar entrar");
            await visitor.SeesAsync($"{inside} de 4 dentro", ".door-count");
            await visitor.SeesAsync(says, ".outcome");
            Assert.Equal(told, await DoorTests.ToldAsync(visitor));
        }
    }

    [Fact]
    public async Task A_seat_map_is_written_by_rows_and_sold()
    {
        var organizer = await system.TeamAsync();
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;
        await visitor.SignInFirstAsync(organizer.Person);
        await visitor.GoAsync($"{organizer.Room}/locais/{organizer.VenueId}");
        await visitor.PressAsync("Novo mapa", AriaRole.Link);
        await visitor.DrawsAsync();
        await page.FillAsync("#section", "Plateia");
        await page.FillAsync("#rows", "3");
        await page.FillAsync("#seats", "12");
        await page.SelectOptionAsync("#scheme", "middle");
        await page.FillAsync("#without", "1 2");
        await visitor.PressAsync("Acrescentar");
        await Assertions.Expect(page.Locator("#text")).ToHaveValueAsync(new Regex("^Plateia; A; 11-3/2 _2 4-12/2\n"));
        await page.ClickAsync("#as-text summary");

        // From a file, with a line that nobody understands: nothing that was typed is lost.
        await page.SetInputFilesAsync(
            "#file",
            new FilePayload
            {
                Name = "balcao.csv",
                MimeType = "text/csv",
                // As a spreadsheet of Windows keeps it.
                Buffer = global::System.Text.Encoding.Latin1.GetBytes(
                    "setor,fila,lugar\r\nBalcão,1,1\r\nBalcão,1,2\r\nBalcão,1"
                ),
            }
        );
        await Assertions.Expect(page.Locator("#text")).ToHaveValueAsync(new Regex("Balcão,1,2"));
        await page.FillAsync("#name", "Sala pequena");
        await visitor.PressAsync("Salvar mapa");
        await visitor.SeesAsync("linha", "[role=alert]");
        var text = await page.InputValueAsync("#text");
        await page.FillAsync("#text", text.TrimEnd()[..text.TrimEnd().LastIndexOf('\n')]);
        await visitor.PressAsync("Salvar mapa");
        await visitor.SeesAsync("32 lugares", ".seat-tools");
        Assert.Contains("Balcão; 1; 1 2", await page.InputValueAsync("#text"));

        // A date with these seats, and a ticket of a section.
        await visitor.GoAsync($"{organizer.Room}/eventos/{organizer.EventId}/datas/nova");
        await page.FillAsync("#starts", "2030-06-01T21:00");
        await page.SelectOptionAsync("#map", new SelectOptionValue { Index = 1 });
        await visitor.PressAsync("Criar data");
        await page.FillAsync("#new-name", "Plateia");
        await page.FillAsync("#new-price", "100");
        await page.SelectOptionAsync("#new-pool", new SelectOptionValue { Label = "Plateia (30)" });
        await page.UncheckAsync("input[name=half]");
        await visitor.PressAsync("Criar ingresso");
        await visitor.SeesAsync("de Plateia (30)");
    }

    [Fact]
    public async Task Prices_dates_and_coupons_change_and_a_date_is_cancelled()
    {
        var organizer = await system.TeamAsync(publish: true);
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;
        await visitor.SignInFirstAsync(organizer.Person);
        var path = $"{organizer.Room}/eventos/{organizer.EventId}";
        await visitor.GoAsync(path);
        await page.Locator(".ticket-row a").First.ClickAsync();
        await page.Locator(".row-more summary").First.ClickAsync();
        await page.FillAsync(".row-more input[name=price]", "nada");
        await page.Locator(".row-more button").First.ClickAsync();
        await visitor.SeesAsync("80,00", "[role=alert]");
        await Assertions.Expect(page.Locator(".row-more input[name=price]")).ToHaveValueAsync("nada");
        // An older tab does not put back what was changed since.
        using (
            await organizer.Person.Api.SendAsync(
                HttpMethod.Patch,
                $"/api/v1/ticket-types/{organizer.Show.TicketTypeId}",
                new { price = new { amount = 9500, currency = "BRL" } },
                default
            )
        )
            await page.FillAsync(".row-more input[name=price]", "90");
        await page.Locator(".row-more button").First.ClickAsync();
        await visitor.SeesAsync("mudou enquanto você editava", "[role=alert]");
        await visitor.GoAsync(page.Url);
        await page.Locator(".row-more summary").First.ClickAsync();
        await Assertions.Expect(page.Locator(".row-more input[name=price]")).ToHaveValueAsync("95,00");
        await page.FillAsync(".row-more input[name=price]", "1.234,50");
        await page.Locator(".row-more button").First.ClickAsync();
        await visitor.SeesAsync("R$\u00a01.234,50");
        await page.FillAsync("#starts", "2031-02-03T20:30");
        await visitor.PressAsync("Salvar horários");
        await visitor.SeesAsync("fev. 2031 · 20h30", "h1");

        // A second date sells the same, by one tick.
        await visitor.GoAsync(path + "/datas/nova");
        await page.FillAsync("#starts", "2031-02-04T20:30");
        await visitor.PressAsync("Criar data");
        await visitor.SeesAsync("R$\u00a01.234,50");
        await page.Locator("details.rules summary").ClickAsync();
        await page.CheckAsync("input[name=sure]");
        await visitor.PressAsync("Cancelar a data");
        await visitor.SeesAsync("Cancelada");

        await visitor.GoAsync(path + "/cupons");
        await page.FillAsync("#code", "AMIGOS10");
        await page.FillAsync("#off", "10");
        await visitor.PressAsync("Criar cupom");
        await visitor.SeesAsync("AMIGOS10", ".ticket-list");
        await page.FillAsync("#code", "amigos10");
        await page.FillAsync("#off", "5");
        await visitor.PressAsync("Criar cupom");
        await visitor.SeesAsync("Já há um cupom", "[role=alert]");
        await page.Locator(".row-more summary").ClickAsync();
        await page.FillAsync(".row-more input[name=most]", "3");
        await page.FillAsync(".row-more input[name=from]", "2030-01-01T10:00");
        await visitor.PressAsync("Salvar AMIGOS10");
        await visitor.SeesAsync("usado em 0 de 3 pedidos · desde", ".ticket-list");
        await visitor.AssertAccessibleAsync();
        await page.Locator(".row-more summary").ClickAsync();
        await visitor.PressAsync("Encerrar agora AMIGOS10");
        await Assertions.Expect(page.Locator(".ticket-list form")).ToHaveCountAsync(1);

        await visitor.GoAsync(path);
        await page.Locator("details.rules summary").ClickAsync();
        await page.FillAsync("#reason", "Chuva forte.");
        await page.CheckAsync("input[name=sure]");
        await page.Locator(".button.danger").ClickAsync();
        await visitor.SeesAsync("Chuva forte.", "[role=status] >> nth=-1");
    }

    [Fact]
    public async Task An_edit_of_what_changed_meanwhile_is_refused_and_nothing_typed_is_lost()
    {
        var organizer = await system.TeamAsync();
        await using var visitor = await system.VisitAsync();
        await visitor.SignInFirstAsync(organizer.Person);
        await visitor.GoAsync($"{organizer.Room}/eventos/{organizer.EventId}/editar");
        using var meanwhile = await organizer.Person.Api.SendAsync(
            HttpMethod.Patch,
            $"/api/v1/events/{organizer.EventId}",
            new { title = "Outro" },
            default
        );
        await visitor.Page.FillAsync("#title", "Meu título");
        await visitor.PressAsync("Salvar");
        await visitor.SeesAsync("mudou enquanto você editava", "[role=alert]");
        await Assertions.Expect(visitor.Page.Locator("#title")).ToHaveValueAsync("Meu título");
    }

    [Fact]
    public async Task An_add_on_is_made_changed_and_taken_off_sale()
    {
        var organizer = await system.TeamAsync(publish: true);
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;
        await visitor.SignInFirstAsync(organizer.Person);
        await visitor.GoAsync($"{organizer.Room}/eventos/{organizer.EventId}/datas/{organizer.Show.SessionId}");
        var row = page.Locator("section:has(#products) .ticket-row");
        // Add-ons hear of a new date a moment later.
        await Eventually.TrueAsync(async () =>
        {
            await page.FillAsync("#product-name", "Camiseta");
            await page.FillAsync("#product-price", "50,00");
            await page.FillAsync("#product-stock", "10");
            await visitor.PressAsync("Criar adicional");
            await page.AllThereAsync();
            return await row.CountAsync() == 1;
        });
        await Assertions.Expect(row).ToContainTextAsync("0 vendidos, 10 de 10 disponíveis");

        await row.Locator("summary").ClickAsync();
        await row.Locator("input[name=price]").FillAsync("não");
        await row.Locator("button[type=submit]").First.ClickAsync();
        await visitor.SeesAsync("Escreva o preço", "[role=alert]");
        await row.Locator("input[name=price]").FillAsync("65,50");
        await row.Locator("input[name=stock]").FillAsync("12");
        await row.Locator("button[type=submit]").First.ClickAsync();
        await Assertions.Expect(row).ToContainTextAsync("R$\u00a065,50");
        await Assertions.Expect(row).ToContainTextAsync("12 de 12");
        await visitor.AssertAccessibleAsync();

        await row.Locator("summary").ClickAsync();
        await visitor.PressAsync("Tirar de venda Camiseta");
        await Assertions.Expect(row).ToContainTextAsync("Fora de venda");
        await row.Locator("summary").ClickAsync();
        await visitor.PressAsync("Voltar a vender Camiseta");
        await Assertions.Expect(row).Not.ToContainTextAsync("Fora de venda");
    }

    [Fact]
    public async Task A_photograph_becomes_the_events_picture_and_nothing_typed_is_lost()
    {
        var organizer = await system.TeamAsync(publish: true);
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;
        await visitor.SignInFirstAsync(organizer.Person);
        await visitor.GoAsync($"{organizer.Room}/eventos/{organizer.EventId}/editar");
        await page.FillAsync("#title", "Com foto");
        await page.SetInputFilesAsync("#file", Of("leia.txt", "text/plain", [.. "nada"u8]));
        await visitor.SeesAsync("não é uma imagem", "[data-told]");
        await visitor.AssertAccessibleAsync();
        await page.SetInputFilesAsync("#file", Of("foto.jpg", "image/jpeg", Jpegs.Baseline));
        await visitor.SeesAsync("Salva.", "[data-told]");
        await ShowsAsync("[data-preview] img");
        await visitor.PressAsync("Salvar");
        await visitor.SeesAsync("Com foto", "h1");

        // Everybody sees it, at an address that says which one it is.
        await using var audience = await system.VisitAsync();
        var show = await organizer.Person.Api.GetAsync($"/api/v1/events/{organizer.EventId}", default);
        Assert.Contains($"/{organizer.EventId}/picture?v=", show.Text("imageUrl"), StringComparison.Ordinal);
        await Eventually.TrueAsync(async () =>
        {
            await audience.GoAsync($"/eventos/{show.Text("slug")}");
            return await audience.Page.Locator(".event-art img").CountAsync() == 1;
        });
        Assert.True(
            await audience.Page.EvaluateAsync<bool>(
                "document.querySelector('.event-art img').decode().then(() => true)"
            )
        );

        await visitor.GoAsync($"{organizer.Room}/eventos/{organizer.EventId}/editar");
        await visitor.PressAsync("Tirar a imagem");
        await visitor.SeesAsync("", "[data-preview] svg");
        await Assertions.Expect(page.GetByText("Tirar a imagem")).ToBeHiddenAsync();

        async Task ShowsAsync(string picture) =>
            Assert.Equal(
                64,
                await page.EvaluateAsync<int>(
                    $"document.querySelector('{picture}').decode().then(() => document.querySelector('{picture}').naturalWidth)"
                )
            );

        static FilePayload Of(string name, string type, byte[] content) =>
            new()
            {
                Name = name,
                MimeType = type,
                Buffer = content,
            };
    }

    [Fact]
    public async Task A_disputed_order_is_seen_and_answered_once()
    {
        var organizer = await system.TeamAsync(publish: true);
        var buyer = await system.BuyerAsync();
        var order = await buyer.OrderByCardAsync(organizer.Show, "tok_3ds");
        var asked = await buyer.WaitAsync(order, o => o["payment"]?["card"]?["challengeUrl"] is not null);
        var challenge = new Uri(asked["payment"]!["card"]!.Text("challengeUrl"));
        await buyer.Api.PostAsync($"{challenge.AbsolutePath}/approve", null, default);
        await buyer.WaitForStatusAsync(order, "fulfilled");
        var charge = $"/sandbox/cards/charges/{challenge.Segments[^1]}/dispute";
        await buyer.Api.PostAsync(charge, null, default);
        await buyer.WaitAsync(order, o => o["dispute"] is not null);
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;
        await visitor.SignInFirstAsync(organizer.Person);

        await visitor.GoAsync($"{organizer.Room}/eventos/{organizer.EventId}/pedidos");
        await visitor.SeesAsync("Contestado", "tbody");
        await page.Locator("tbody a").ClickAsync();
        await page.FillAsync("#text", "Entrou às 20 h.");
        await visitor.PressAsync("Enviar ao banco");

        await visitor.SeesAsync("Entrou às 20 h.");
        await Assertions.Expect(page.Locator("#text")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("details.rules")).ToHaveCountAsync(0);
        await buyer.Api.PostAsync($"{charge}/lose", null, default);
        await buyer.WaitForStatusAsync(order, "refunded");
        await page.ReloadAsync();
        await visitor.SeesAsync("O banco devolveu o dinheiro");
    }

    [Fact]
    public async Task An_order_is_found_by_its_number_refunded_and_exported()
    {
        var organizer = await system.TeamAsync(publish: true);
        var (buyer, other) = (await system.BuyerAsync(), await system.BuyerAsync());
        var order = await buyer.OrderByCardAsync(organizer.Show, "tok_approve");
        await buyer.WaitForStatusAsync(order, "fulfilled");
        await other.WaitForStatusAsync(await other.OrderByCardAsync(organizer.Show, "tok_approve"), "fulfilled");
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;
        await visitor.SignInFirstAsync(organizer.Person);
        await visitor.GoAsync($"{organizer.Room}/eventos/{organizer.EventId}/pedidos");
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(2);
        await visitor.PressAsync("Total", AriaRole.Link);
        await Assertions.Expect(page.Locator("th[aria-sort=descending]")).ToHaveTextAsync("Total");
        order = (await buyer.Api.GetAsync($"/api/v1/orders/{order.Id()}", default))!;
        foreach (
            var number in new[] { order["tickets"]![0]!.Text("number"), order.Text("number").ToLowerInvariant()[..5] }
        )
        {
            await page.FillAsync("#busca", number);
            await visitor.PressAsync("Buscar");
            await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
            await Assertions.Expect(page.Locator("th[aria-sort=descending]")).ToHaveTextAsync("Total");
        }
        await page.Locator("tbody a").ClickAsync();
        await visitor.PressAsync("Enviar os ingressos de novo por e-mail");
        await visitor.SeesAsync("a caminho", "[role=status]");
        await visitor.PressAsync("Enviar os ingressos de novo por e-mail");
        await visitor.SeesAsync("acabou de ser enviado", "[role=alert]");
        await visitor.AssertAccessibleAsync();
        await page.Locator("details.rules summary").First.ClickAsync();
        await page.FillAsync("#reason", "Pedido por telefone");
        await page.Locator("form:has(#reason) .button.danger").ClickAsync();
        await visitor.SeesAsync("Pedido por telefone", "[role=status] >> nth=-1");
        await buyer.WaitForStatusAsync(order, "refunded");

        await visitor.GoAsync($"{organizer.Room}/eventos/{organizer.EventId}/pedidos?situacao=refunded");
        await Assertions.Expect(page.Locator("tbody tr")).ToHaveCountAsync(1);
        var file = await page.RunAndWaitForDownloadAsync(() => visitor.PressAsync("Baixar CSV", AriaRole.Link));
        var lines = await File.ReadAllLinesAsync(await file.PathAsync());
        Assert.Equal(2, lines.Length);
        Assert.StartsWith($"{order.Text("number")},Reembolsado,", lines[1]);
        var total = (order["total"]!["amount"]!.GetValue<long>() / 100m).ToString(
            "F2",
            global::System.Globalization.CultureInfo.InvariantCulture
        );
        Assert.EndsWith($",{total},BRL", lines[1]);
        var book = await page.RunAndWaitForDownloadAsync(() => visitor.PressAsync("Baixar planilha", AriaRole.Link));
        using (var document = SpreadsheetDocument.Open(await book.PathAsync(), isEditable: false))
        {
            var cells = document.WorkbookPart!.WorksheetParts.Single().Worksheet!.Descendants<Row>().Last();
            Assert.Equal(
                [order.Text("number"), "Reembolsado", "1", total, "BRL"],
                cells.Elements<Cell>().Select(c => c.InnerText).Where((_, i) => i is 0 or 1 or >= 5)
            );
        }
        var statement = await page.APIRequest.GetAsync($"{system.BaseUrl}{organizer.Room[1..]}/extrato.xlsx");
        Assert.Equal(SpreadsheetFile.MediaType, statement.Headers["content-type"]);
        // A search that is too long is cut, as on the page; a list of no date is none.
        var (files, longSearch) = (
            $"{system.BaseUrl}{organizer.Room[1..]}/eventos/{organizer.EventId}/",
            new string('x', 300)
        );
        foreach (
            var (path, status) in new[]
            {
                ($"pedidos?busca={longSearch}", 200),
                ($"pedidos.csv?busca={longSearch}", 200),
                ($"pedidos.xlsx?busca={longSearch}", 200),
                ("entrada.csv", 404),
                ("entrada.xlsx", 404),
            }
        )
            Assert.Equal(status, (await page.APIRequest.GetAsync(files + path)).Status);

        // Somebody else's orders are not there.
        await using var stranger = await system.VisitAsync();
        await stranger.SignInFirstAsync(other);
        foreach (var path in new[] { $"/eventos/{organizer.EventId}/pedidos", $"/pedidos/{order.Id()}", "" })
            Assert.Equal(404, (await stranger.GoAsync(organizer.Room + path)).Status);
        var csv = await stranger.Page.APIRequest.GetAsync(
            $"{system.BaseUrl}{organizer.Room[1..]}/eventos/{organizer.EventId}/pedidos.csv"
        );
        Assert.Equal(404, csv.Status);
    }

    [Fact]
    public async Task A_part_of_an_order_is_refunded_while_the_rest_stands()
    {
        var organizer = await system.TeamAsync(publish: true);
        var buyer = await system.BuyerAsync();
        var order = await buyer.OrderAsync(await buyer.HoldAsync(organizer.Show, 2), "card", "tok_approve");
        order = await buyer.WaitForStatusAsync(order, "fulfilled");
        var (gone, kept) = (order["tickets"]![0]!.Text("number"), order["tickets"]![1]!.Text("number"));
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;
        await visitor.SignInFirstAsync(organizer.Person);
        await visitor.GoAsync($"{organizer.Room}/pedidos/{order.Id()}");
        await page.Locator("details.rules summary").Last.ClickAsync();
        await visitor.AssertAccessibleAsync();

        // Nothing chosen, nonsense, and too much: nothing typed is lost.
        await visitor.PressAsync("Devolver esta parte");
        await Assertions.Expect(page.Locator("[role=alert]")).ToHaveCountAsync(1);
        await page.FillAsync("#amount", "um real");
        await page.FillAsync("#part-reason", "Adoeceu");
        await visitor.PressAsync("Devolver esta parte");
        await visitor.SeesAsync("12,50", "[role=alert]");
        await page.FillAsync("#amount", "999999");
        await visitor.PressAsync("Devolver esta parte");
        await visitor.SeesAsync("mais do que resta", "[role=alert]");
        await Assertions.Expect(page.Locator("#part-reason")).ToHaveValueAsync("Adoeceu");
        await page.FillAsync("#amount", "");
        await page.Locator("label.check", new() { HasText = gone }).ClickAsync();
        await visitor.PressAsync("Devolver esta parte");

        await visitor.SeesAsync(gone, "[role=status] >> nth=-1");
        await visitor.SeesAsync("Adoeceu", "[role=status] >> nth=-1");
        await Assertions.Expect(page.Locator("label.check", new() { HasText = gone })).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("label.check", new() { HasText = kept })).ToHaveCountAsync(1);
        await buyer.WaitAsync(order, o => o["partialRefunds"]![0]!["completed"]!.GetValue<bool>());

        await using var guest = await system.VisitAsync();
        await guest.SignInFirstAsync(buyer);
        await guest.GoAsync($"/pedidos/{order.Id()}");
        await guest.AssertAccessibleAsync();
        var rows = guest.Page.Locator(".ticket-row");
        await Assertions.Expect(rows.Filter(new() { HasText = gone })).ToContainTextAsync("Devolvido");
        await Assertions.Expect(rows.Filter(new() { HasText = gone }).Locator("a")).ToHaveCountAsync(0);
        Assert.NotEqual(0, await rows.Filter(new() { HasText = kept }).Locator("a").CountAsync());
        await guest.SeesAsync("Voltou pelo mesmo meio", "[role=status]");
    }

    [Fact]
    public async Task A_person_is_invited_joins_gets_another_role_and_leaves()
    {
        var organizer = await system.TeamAsync();
        var helper = await system.BuyerAsync();
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;
        await visitor.SignInFirstAsync(organizer.Person);
        await visitor.GoAsync($"{organizer.Room}/equipe");
        await page.FillAsync("#email", helper.Email);
        await page.CheckAsync("input[value=finance]");
        await visitor.PressAsync("Enviar convite");
        await visitor.SeesAsync(helper.Email, "section[aria-labelledby=open]");

        // As the mail says.
        var link = await Eventually.GetAsync(
            () => system.MailedAsync(helper.Email, @"/convites/[0-9a-f-]+/[0-9a-f-]+"),
            found => found is not null
        );
        await using var invited = await system.VisitAsync();
        await invited.GoAsync(link!);
        await invited.SignInAsync(helper);
        await invited.SeesAsync("Aberto até");
        await invited.AssertAccessibleAsync();
        await invited.PressAsync("Entrar na equipe");
        await invited.SeesAsync("Finanças", ".room-name");
        // What is not of this role is not offered.
        await Assertions.Expect(invited.Page.GetByText("Novo evento")).ToHaveCountAsync(0);
        Assert.Equal(404, (await invited.GoAsync($"{organizer.Room}/registro")).Status);

        await visitor.GoAsync($"{organizer.Room}/equipe");
        var row = page.Locator(".ticket-row").Filter(new() { HasText = "Finanças:" });
        Assert.Contains("Íris Araújo", await row.InnerTextAsync());
        await row.Locator("summary").ClickAsync();
        await row.Locator("select").SelectOptionAsync("door");
        await row.GetByRole(AriaRole.Button, new() { Name = "Salvar" }).ClickAsync();
        await Assertions
            .Expect(page.Locator(".ticket-row").Filter(new() { HasText = "Portaria:" }))
            .ToHaveCountAsync(1);

        await invited.GoAsync($"{organizer.Room}/equipe");
        await invited.PressAsync("Sair desta equipe");
        await invited.Page.AtAsync("**/organizar?salvo=1");
        Assert.Equal(404, (await invited.GoAsync($"{organizer.Room}/equipe")).Status);

        // The last owner stays.
        await visitor.GoAsync($"{organizer.Room}/equipe");
        await page.Locator(".row-more summary").ClickAsync();
        await visitor.PressAsync("Sair desta equipe Íris Araújo");
        await visitor.SeesAsync("ao menos um responsável", "[role=alert]");
        await Eventually.TrueAsync(async () =>
        {
            await visitor.GoAsync($"{organizer.Room}/registro?acao=member.left");
            return await page.Locator("tbody tr").CountAsync() == 1;
        });
        await visitor.SeesAsync("Saiu da equipe", "tbody");
    }
}
