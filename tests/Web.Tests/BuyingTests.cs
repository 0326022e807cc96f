using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Ticketing.Local.Seeding;
using Ticketing.System.Tests;
using Ticketing.TestKit;

namespace Ticketing.Web.Tests;

using Buyer = Ticketing.System.Tests.Buyer;

/// <summary>A buyer's way through the pages, and every way that it can end.</summary>
[Collection(WebPages.Name)]
public sealed class BuyingTests(WebSystem system)
{
    [Fact]
    public async Task By_Pix_the_page_turns_into_the_tickets_by_itself()
    {
        var show = await system.ShowAsync(capacity: 10, stock: 5);
        var buyer = await system.BuyerAsync();
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;

        // The choice is kept over the sign-in.
        await visitor.ChooseAsync(show, 2);
        await visitor.SignInAsync(buyer);
        await Assertions.Expect(page.Locator("input[type=number]")).ToHaveValueAsync("2");
        await page.Locator(".buy-bar button").ClickAsync();
        await page.AtAsync("**/reservas/**");
        await page.FillAsync("#attendee-1", "Zoé Simões");
        await page.Locator(".types .stepper button").Last.ClickAsync();
        await Assertions.Expect(page.Locator("[data-sum]").First).ToContainTextAsync("250,00");

        // The hold counts down at every page.
        var checkout = page.Url;
        await visitor.GoAsync("/");
        await Assertions.Expect(page.Locator(".held-bar .countdown")).ToContainTextAsync(":");
        await visitor.GoAsync(checkout);
        await page.Locator(".types .stepper button").Last.ClickAsync();
        await page.FillAsync("#attendee-1", "Zoé Simões");
        await visitor.OrderAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Img, new() { Name = "Código QR do Pix" })).ToBeVisibleAsync();
        Assert.StartsWith("000201", await page.InputValueAsync("#pix-code"));
        var order = await buyer.Api.GetAsync($"/api/v1/orders/{page.Url.Split('/')[^1]}", default);
        await buyer.PayAsync(order);
        await Assertions.Expect(page.Locator(".ticket-row")).ToHaveCountAsync(2);
        await visitor.SeesAsync("Zoé Simões");

        await page.Locator(".ticket-row a").First.ClickAsync();
        await Assertions
            .Expect(page.GetByRole(AriaRole.Img, new() { Name = "Código QR do ingresso" }))
            .ToBeVisibleAsync();
        var pdf = await page.GetByText("Baixar PDF").GetAttributeAsync("href");
        Assert.Equal("%PDF"u8.ToArray(), (await buyer.Api.DownloadAsync(pdf!, default))[..4]);
        await visitor.GoAsync("/ingressos");
        await Assertions.Expect(page.Locator(".ticket-row")).ToHaveCountAsync(2);

        // On a phone that nobody has signed in with: the mail's link is enough.
        var link = await Eventually.GetAsync(
            () => system.MailedAsync(buyer.Email, @"/ingressos/por-link\?orderId=[0-9a-f-]+&key=[A-Za-z0-9_-]+"),
            found => found is not null
        );
        await using var phone = await system.VisitAsync(new() { BypassCSP = true });
        await phone.GoAsync(link!);
        await Assertions
            .Expect(phone.Page.GetByRole(AriaRole.Img, new() { Name = "Código QR do ingresso" }))
            .ToHaveCountAsync(2);
        await phone.SeesAsync("Zoé Simões");
        await phone.AssertAccessibleAsync();
        var all = await phone.Page.GetByText("Baixar todos em PDF").GetAttributeAsync("href");
        using var stranger = new ApiClient(system.BaseUrl);
        Assert.Equal("%PDF"u8.ToArray(), (await stranger.DownloadAsync(all!, default))[..4]);
        foreach (var wrong in new[] { link![..^3] + "AAA", link.Split('&')[0], "/ingressos/por-link?orderId=x&key=x" })
            Assert.Equal(404, (await phone.GoAsync(wrong)).Status);

        // A link that is over says so to people; it was a document until then.
        var one = (await buyer.Api.GetAsync($"/api/v1/tickets?orderId={order.Text("id")}", default))["items"]![0]!;
        var document = one.Text("pdfPath").Replace("/api/v1/tickets/", "/ingressos/");
        Assert.Equal("%PDF"u8.ToArray(), (await stranger.DownloadAsync(document, default))[..4]);
        await buyer.Api.PostAsync($"/api/v1/tickets/{one.Text("id")}/reissue", null, default);
        Assert.Equal(410, (await phone.GoAsync(document)).Status);
        await phone.SeesAsync("Este link não vale mais");
        await phone.SeesAsync("anulado, transferido ou reemitido");
        await phone.AssertAccessibleAsync();
    }

    [Fact]
    public async Task A_keyboard_alone_buys()
    {
        var show = await system.ShowAsync(capacity: 10);
        var buyer = await system.BuyerAsync();
        await using var visitor = await system.VisitAsync();
        var (page, keys) = (visitor.Page, visitor.Page.Keyboard);
        await visitor.GoAsync(WebSystem.PathOf(show));
        await visitor.TabToAsync("input[type=number]");
        await keys.PressAsync("ArrowUp");
        await visitor.PressEnterAtAsync(".buy-bar button");

        await page.AtAsync("**/account/login**");
        await visitor.TabToAsync("#email");
        await keys.TypeAsync(buyer.Email);
        await visitor.TabToAsync("#password");
        await keys.TypeAsync(Buyer.Password);
        await keys.PressAsync("Enter");
        await page.AtAsync("**/sessoes/**");
        await visitor.PressEnterAtAsync(".buy-bar button");

        await page.AtAsync("**/reservas/**");
        await visitor.TabToAsync("#attendee-0");
        await keys.TypeAsync("Zoé Simões");
        await visitor.TabToAsync("input[name=method]:checked");
        await visitor.PressEnterAtAsync("form .button.wide");
        await page.AtAsync("**/pedidos/*");
        await visitor.PressEnterAtAsync(".pix .link");
        await visitor.PressEnterAtAsync(".ticket-row a");
        await page.AtAsync("**/ingressos/*");
        await visitor.SeesAsync("Zoé Simões", ".pass");
    }

    [Fact]
    public async Task A_bank_that_is_down_is_waited_for_and_nothing_is_typed_again()
    {
        var show = await system.ShowAsync(capacity: 10);
        var buyer = await system.BuyerAsync();
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;
        await visitor.SignInFirstAsync(buyer);
        await visitor.HoldAsync(show);
        await SetFaultAsync("down");
        try
        {
            await visitor.OrderAsync();
            await visitor.SeesAsync("Falando com o provedor de pagamento");
            await visitor.SeesAsync("Seus ingressos continuam reservados");
            await Assertions.Expect(page.Locator("main .countdown")).ToContainTextAsync(":");
            await visitor.AssertAccessibleAsync();
        }
        finally
        {
            await SetFaultAsync("normal");
        }

        // The page goes on by itself.
        await Assertions
            .Expect(page.GetByRole(AriaRole.Img, new() { Name = "Código QR do Pix" }))
            .ToBeVisibleAsync(new() { Timeout = 2 * WebSystem.PatienceMilliseconds });
        await visitor.SeesAsync("Prazo para pagar:");

        async Task SetFaultAsync(string api)
        {
            var set = await page.APIRequest.PutAsync(
                $"{new Uri(page.Url).GetLeftPart(UriPartial.Authority)}/sandbox/faults",
                new() { DataObject = new { api } }
            );
            Assert.True(set.Ok);
        }
    }

    [Fact]
    public async Task What_is_free_asks_for_no_payment_and_goes_into_the_calendar()
    {
        var show = await system.ShowAsync(capacity: 10, price: 0);
        var buyer = await system.BuyerAsync();
        await using var visitor = await system.VisitAsync();
        await visitor.SignInFirstAsync(buyer);
        await visitor.HoldAsync(show);
        await Assertions.Expect(visitor.Page.Locator("input[name=method]")).ToHaveCountAsync(0);
        await visitor.OrderAsync();
        await Assertions.Expect(visitor.Page.Locator(".ticket-row")).ToHaveCountAsync(1);
        var calendar = visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Adicionar à agenda" });
        var entry = await visitor.Page.APIRequest.GetAsync(
            new Uri(new Uri(visitor.Page.Url), await calendar.GetAttributeAsync("href")).ToString()
        );
        Assert.Contains("BEGIN:VEVENT", await entry.TextAsync());
        await visitor.Page.Locator(".ticket-row a").First.ClickAsync();
        await visitor.SeesAsync("Baixar PDF");
        await Assertions.Expect(calendar).ToHaveCountAsync(1);
    }

    [Theory]
    [InlineData("R$\u00a0", 2, "2 ingressos · R$\u00a0200,00")]
    [InlineData("EUR\u00a0", 2, "2 ingressos · EUR\u00a0200,00")]
    [InlineData("JPY\u00a0", 0, "2 ingressos · JPY\u00a020.000")]
    [InlineData("KWD\u00a0", 3, "2 ingressos · KWD\u00a020,000")]
    public async Task A_sum_is_written_as_the_currency_is(string sign, int digits, string sum)
    {
        var show = await system.ShowAsync(capacity: 10);
        await using var visitor = await system.VisitAsync();
        await visitor.GoAsync(WebSystem.PathOf(show));
        var total = visitor.Page.Locator("[data-total]");
        if (digits == 2)
            Assert.Equal("R$\u00a0", await total.GetAttributeAsync("data-sign"));
        await total.EvaluateAsync("(to, of) => Object.assign(to.dataset, of)", new { sign, digits });

        await visitor.Page.FillAsync("input[type=number]", "2");

        Assert.Equal(sum, await total.TextContentAsync());
    }

    [Fact]
    public async Task Seats_are_chosen_on_the_map_with_the_keyboard_alone()
    {
        var buyer = await system.BuyerAsync();
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;
        await visitor.SignInFirstAsync(buyer);
        await visitor.GoAsync(await system.PathOfAsync("recital"));
        await page.Locator(".date .button").First.ClickAsync();
        var first = page.Locator(".seat[role=checkbox][tabindex='0']");
        await first.FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Space");
        await page.Keyboard.PressAsync("ArrowRight");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Locator(".seat-picked li")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Locator("[data-total]")).ToContainTextAsync("180,00");
        await page.Locator(".buy-bar button").ClickAsync();
        await page.AtAsync("**/reservas/**");
        await visitor.SeesAsync("Plateia", ".summary");
        await visitor.OrderAsync("tok_approve");
        await Assertions.Expect(page.Locator(".ticket-row")).ToHaveCountAsync(2);
    }

    [Fact]
    public async Task What_is_sold_out_says_so_and_what_was_chosen_stays()
    {
        var show = await system.ShowAsync(capacity: 2);
        var (buyer, other) = (await system.BuyerAsync(), await system.BuyerAsync());
        await using var visitor = await system.VisitAsync();
        await visitor.SignInFirstAsync(buyer);
        await visitor.GoAsync(WebSystem.PathOf(show));
        await visitor.Page.FillAsync("input[type=number]", "2");
        await other.HoldAsync(show, 1);
        await visitor.Page.Locator(".buy-bar button").ClickAsync();
        await visitor.SeesAsync("Esgotou", "[role=alert]");

        await other.HoldAsync(show, 1);
        await show.UntilAvailableAsync(other.Api, 0);
        await visitor.GoAsync(WebSystem.PathOf(show));
        await visitor.SeesAsync("Esgotado");
        // So does the event's page, which asks no one to choose then.
        await visitor.GoAsync($"/eventos/{show.EventId}");
        await visitor.SeesAsync("Esgotado", ".date");
        await Assertions.Expect(visitor.Page.Locator(".date .button")).ToHaveCountAsync(0);
        await visitor.AssertAccessibleAsync();
    }

    [Fact]
    public async Task A_declined_card_says_why_and_Pix_pays_the_same_order()
    {
        var show = await system.ShowAsync(capacity: 2);
        var buyer = await system.BuyerAsync();
        await using var visitor = await system.VisitAsync();
        await visitor.SignInFirstAsync(buyer);
        await visitor.HoldAsync(show);
        await visitor.OrderAsync("tok_insufficient_funds");
        await visitor.SeesAsync("não tem limite", "[role=alert]");
        await visitor.Page.CheckAsync("input[value=pix]");
        await visitor.Page.Locator("form .button.wide").ClickAsync();
        await visitor.PressAsync("Ambiente de teste: pagar no banco simulado");
        await Assertions.Expect(visitor.Page.Locator(".ticket-row")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_card_is_typed_into_the_processors_fields_and_its_number_never_comes_here()
    {
        var show = await system.ShowAsync(capacity: 4);
        await using var visitor = await system.VisitAsync(new() { BypassCSP = true });
        var page = visitor.Page;
        var sent = new ConcurrentQueue<string>();
        page.Request += (_, request) =>
        {
            if (request.Method == "POST" && !request.Url.Contains("/sandbox/", StringComparison.Ordinal))
                sent.Enqueue(request.PostData ?? "");
        };
        await visitor.SignInFirstAsync(await system.BuyerAsync());
        await visitor.HoldAsync(show);
        await Assertions.Expect(page.Locator("[data-fields] input")).ToHaveCountAsync(0);
        await page.CheckAsync("input[value=card]");
        await page.SelectOptionAsync("#card", "");
        await visitor.AssertAccessibleAsync();

        // What the processor refuses is said here, and nothing is sent or lost.
        await page.FillAsync("#buyer-name", "Zoé d'Ávila");
        await TypeAsync(page, "4242 4242 4242");
        await visitor.PressAsync("Finalizar compra");
        await visitor.SeesAsync("número do cartão não é válido", ".card-field [role=alert]");
        await TypeAsync(page, "4000 0000 0000 0002");
        await page.FillAsync("#stripe-expiry", "12");
        await visitor.PressAsync("Finalizar compra");
        await visitor.SeesAsync("validade está incompleta", ".card-field [role=alert]");
        await Assertions.Expect(page.Locator("#buyer-name")).ToHaveValueAsync("Zoé d'Ávila");

        // A coupon is looked at without a card, and keeps one that is whole.
        await page.FillAsync("#stripe-number", "42");
        await page.FillAsync("#coupon", "NADA");
        await visitor.PressAsync("Aplicar");
        await Assertions.Expect(page.Locator("#coupon")).ToHaveAttributeAsync("aria-invalid", "true");
        await page.SelectOptionAsync("#card", "");
        await TypeAsync(page, "4000 0000 0000 0002");
        await page.FillAsync("#coupon", "NENHUM");
        await visitor.PressAsync("Aplicar");
        await Assertions.Expect(page.Locator("#coupon")).ToHaveAttributeAsync("value", "NENHUM");
        await visitor.SeesAsync("continua aqui", "[data-kept]");
        await visitor.AssertAccessibleAsync();
        await page.FillAsync("#coupon", "");
        await visitor.PressAsync("Finalizar compra");
        await page.AtAsync("**/pedidos/*");
        await visitor.SeesAsync("pagamento não foi aceito", "[role=alert]");
        await page.CheckAsync("input[value=card]");
        await page.SelectOptionAsync("#card", "");
        await TypeAsync(page, "4000 0000 0000 3220");
        await page.Locator("form .button.wide").ClickAsync();
        var bank = await page.RunAndWaitForPopupAsync(() => visitor.PressAsync("Confirmar no banco", AriaRole.Link));
        await bank.Locator("form[action$=approve] button").ClickAsync();
        await Assertions.Expect(page.Locator(".ticket-row")).ToHaveCountAsync(1);
        Assert.Contains(sent, body => body.Contains("ctoken_", StringComparison.Ordinal));
        Assert.DoesNotContain(sent, body => body.Contains("4000", StringComparison.Ordinal));
    }

    private static async Task TypeAsync(IPage page, string number)
    {
        await page.FillAsync("#stripe-number", number);
        await page.FillAsync("#stripe-expiry", "12/90");
        await page.FillAsync("#stripe-cvc", "123");
    }

    [Fact]
    public async Task Without_the_processors_script_Pix_is_there_and_the_page_says_so()
    {
        var show = await system.ShowAsync(capacity: 2);
        await using var visitor = await system.VisitAsync();
        await visitor.SignInFirstAsync(await system.BuyerAsync());
        await visitor.HoldAsync(show);
        await visitor.Page.RouteAsync("**/sandbox/stripe.js", route => route.AbortAsync());
        await visitor.Page.CheckAsync("input[value=card]");
        await visitor.Page.SelectOptionAsync("#card", "");
        await visitor.SeesAsync("Os campos do cartão não carregaram", ".card-field [role=alert]");
        await visitor.Page.UnrouteAllAsync();
        await visitor.Page.SelectOptionAsync("#card", "tok_approve");
        await visitor.Page.SelectOptionAsync("#card", "");
        await TypeAsync(visitor.Page, "5555 5555 5555 4444");
        await visitor.PressAsync("Finalizar compra");
        await Assertions.Expect(visitor.Page.Locator(".ticket-row")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task A_hold_that_is_lost_says_so_and_offers_to_try_again()
    {
        var show = await system.ShowAsync(capacity: 2);
        var buyer = await system.BuyerAsync();
        await using var visitor = await system.VisitAsync();
        await visitor.SignInFirstAsync(buyer);
        await visitor.HoldAsync(show);
        var hold = visitor.Page.Url.Split('/')[^1];
        using var released = await buyer.Api.SendAsync(HttpMethod.Delete, $"/api/v1/holds/{hold}", null, default);
        await visitor.PressAsync("Finalizar compra");
        await visitor.SeesAsync("A reserva acabou");
        await Assertions.Expect(visitor.Page.Locator(".held-bar")).ToHaveCountAsync(0);
        await visitor.PressAsync("Tentar de novo", AriaRole.Link);
        await visitor.HoldAsync(show);
    }

    [Fact]
    public async Task Without_a_script_everything_but_the_waiting_is_there()
    {
        var show = await system.ShowAsync(capacity: 2, stock: 2);
        var buyer = await system.BuyerAsync();
        await using var visitor = await system.VisitAsync(new() { JavaScriptEnabled = false });
        await visitor.ChooseAsync(show);
        await visitor.SignInAsync(buyer);
        await visitor.Page.Locator(".buy-bar button").ClickAsync();
        await visitor.OrderAsync();
        // A browser without scripts asks again by itself.
        await Assertions.Expect(visitor.Page.Locator("noscript meta[http-equiv=refresh]")).ToHaveCountAsync(1);
        await visitor.PressAsync("Ambiente de teste: pagar no banco simulado");
        await Assertions
            .Expect(visitor.Page.Locator(".ticket-row"))
            .ToHaveCountAsync(1, new() { Timeout = WebSystem.PatienceMilliseconds });

        // Seats of two rows, as lists.
        await visitor.GoAsync(await system.PathOfAsync("recital"));
        await visitor.Page.Locator(".date .button").First.ClickAsync();
        await visitor.Page.Locator("summary").Nth(1).ClickAsync();
        await visitor.Page.Locator(".rows:visible button").First.ClickAsync();
        await visitor.Page.Locator("input[name=seat]:enabled").First.CheckAsync();
        await visitor.Page.Locator(".rows:visible button").Nth(1).ClickAsync();
        await Assertions.Expect(visitor.Page.Locator("input[name=seat]:checked")).ToHaveCountAsync(1);
        await visitor.Page.Locator("input[name=seat]:enabled").First.CheckAsync();
        await visitor.Page.Locator(".buy-bar button").ClickAsync();
        await visitor.Page.AtAsync("**/reservas/**");
        var held = await visitor.TextAsync(".summary");
        Assert.Contains("2 × Balcão", held);
    }

    [Fact]
    public async Task What_was_typed_stays_when_a_field_is_wrong()
    {
        var show = await system.ShowAsync(capacity: 2, stock: 2);
        var buyer = await system.BuyerAsync();
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;
        await visitor.SignInFirstAsync(buyer);
        await visitor.HoldAsync(show);
        await page.FillAsync("#attendee-0", "Zoé Simões");
        await page.FillAsync("#buyer-cpf", "123.456.789-00");
        await page.FillAsync("#coupon", "NADA");
        await page.Locator(".types .stepper button").Last.ClickAsync();
        await page.CheckAsync("input[value=card]");
        await visitor.PressAsync("Finalizar compra");
        await visitor.SeesAsync("cupom", "[role=alert]");
        await Assertions.Expect(page.Locator("[role=alert]")).ToBeFocusedAsync();
        await Assertions.Expect(page.Locator("#attendee-0")).ToHaveValueAsync("Zoé Simões");
        await Assertions.Expect(page.Locator("#coupon")).ToHaveValueAsync("NADA");
        await Assertions.Expect(page.Locator(".types .stepper input")).ToHaveValueAsync("1");
        await Assertions.Expect(page.Locator("input[value=card]")).ToBeCheckedAsync();
        await page.FillAsync("#coupon", "");
        await visitor.PressAsync("Finalizar compra");
        await Assertions.Expect(page.Locator("#buyer-cpf")).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(page.Locator("[role=alert]")).ToBeFocusedAsync();
    }

    /// <summary>Whether it was applied before, or typed and ordered with: nobody pays a total that was not shown.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_coupon_is_seen_in_the_total_before_it_is_paid(bool applies)
    {
        var show = await system.ShowAsync(capacity: 4);
        using var organizer = await system.LogInAsync(SeedLogins.Organizer);
        await organizer.PostAsync(
            $"/api/v1/events/{show.EventId}/coupons",
            new { code = "SAMBA", percentOff = 25 },
            default
        );
        var buyer = await system.BuyerAsync();
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;
        await visitor.SignInFirstAsync(buyer);
        await visitor.HoldAsync(show, 2);
        await page.CheckAsync("input[value=card]");
        await page.SelectOptionAsync("#card", "tok_approve");
        await page.FillAsync("#coupon", "samba");
        await visitor.PressAsync(applies ? "Aplicar" : "Finalizar compra");
        await visitor.SeesAsync("Desconto nos ingressos: R$\u00a050,00");
        await visitor.SeesAsync("R$\u00a0150,00", ".buy-total");
        await visitor.AssertAccessibleAsync();
        await Assertions.Expect(page.Locator("input[value=card]")).ToBeCheckedAsync();

        await visitor.PressAsync("Finalizar compra");
        await page.AtAsync("**/pedidos/*");
        await visitor.SeesAsync("R$\u00a0150,00");
    }

    [Fact]
    public async Task A_form_that_is_sent_twice_at_once_is_one_hold_and_one_order()
    {
        var show = await system.ShowAsync(capacity: 5);
        var buyer = await system.BuyerAsync();
        await using var visitor = await system.VisitAsync();
        await visitor.SignInFirstAsync(buyer);
        await visitor.GoAsync(WebSystem.PathOf(show));
        await visitor.Page.FillAsync("input[type=number]", "1");
        var holds = await TwiceAsync(visitor.Page, "form.choose");
        Assert.Single(holds.Distinct());
        await show.UntilAvailableAsync(buyer.Api, 4);

        await visitor.GoAsync(holds[0]);
        var orders = await TwiceAsync(visitor.Page, "form.form");
        Assert.All(orders, url => Assert.EndsWith(holds[0].Split('/')[^1], url));
        var mine = (await buyer.Api.GetAsync("/api/v1/me/orders", default))["items"]!.AsArray();
        Assert.Single(mine);
    }

    /// <summary>Where both answers lead.</summary>
    private static Task<string[]> TwiceAsync(IPage page, string form) =>
        page.EvaluateAsync<string[]>(
            """
            async selector => {
              const form = document.querySelector(selector);
              // Who is told that the first one is still on its way asks again.
              const send = async () => {
                for (;;) {
                  const answer = await fetch(location.href, { method: "POST", body: new URLSearchParams(new FormData(form)) });
                  if (answer.status !== 409) return answer;
                }
              };
              return (await Promise.all([send(), send()])).map(answer => new URL(answer.url).pathname);
            }
            """,
            form
        );

    [Fact]
    public async Task Back_shows_what_is_there_now_and_orders_nothing_twice()
    {
        var show = await system.ShowAsync(capacity: 5);
        var buyer = await system.BuyerAsync();
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;
        await visitor.SignInFirstAsync(buyer);
        await visitor.HoldAsync(show);
        await page.GoBackAsync();
        await page.AtAsync("**/sessoes/*");
        await visitor.SeesAsync("Seus ingressos estão reservados", ".held-bar");
        await visitor.PressAsync("Continuar", AriaRole.Link);
        await visitor.OrderAsync("tok_approve");
        await Assertions.Expect(page.Locator(".ticket-row")).ToHaveCountAsync(1);
        var order = page.Url;
        await page.GoBackAsync();
        await page.AtAsync(order);
        await Assertions.Expect(page.Locator(".ticket-row")).ToHaveCountAsync(1);

        // A browser that keeps pages shows one as it was when its form was sent: it is asked for again.
        await visitor.HoldAsync(show);
        await page.EvaluateAsync(
            """
            async () => {
              const form = document.querySelector("form.form");
              form.addEventListener("submit", event => event.preventDefault());
              form.requestSubmit();
              await fetch(location.href, { method: "POST", body: new URLSearchParams(new FormData(form)) });
              setTimeout(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
            }
            """
        );
        await page.AtAsync("**/pedidos/*");

        // So it is with an order that is no more, also where the page that waits hears of it before the form's answer comes.
        var heard = page.WaitForResponseAsync("**/mudou?**");
        await page.RouteAsync(
            "**/pedidos/*",
            async route =>
            {
                if (route.Request.Method != "POST")
                {
                    await route.ContinueAsync();
                    return;
                }
                var answer = await route.FetchAsync(new() { MaxRedirects = 0 });
                await heard;
                await route.FulfillAsync(new() { Response = answer });
            }
        );
        await visitor.PressAsync("Cancelar o pedido");
        await visitor.SeesAsync("Pedido cancelado", "h1");
        await visitor.AssertAccessibleAsync();
        order = page.Url;
        await page.GoBackAsync();
        await page.AtAsync(order);
        await visitor.SeesAsync("Pedido cancelado", "h1");
        var mine = (await buyer.Api.GetAsync("/api/v1/me/orders", default))["items"]!.AsArray();
        Assert.Equal(2, mine.Count);
    }

    /// <summary>Who stops what was being sent gets no answer: the page goes on by itself and takes presses again.</summary>
    [Fact]
    public async Task A_form_whose_sending_was_stopped_leaves_a_page_that_works()
    {
        var show = await system.ShowAsync(capacity: 5);
        var buyer = await system.BuyerAsync();
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;
        await page.Clock.InstallAsync();
        await visitor.SignInFirstAsync(buyer);
        await visitor.HoldAsync(show);
        await page.Locator(".skip").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("#content$"));
        // Time is up, by the browser's clock alone: the server is asked, also from within the page.
        await page.EvaluateAsync("document.documentElement.classList.add('old')");
        await page.RunAndWaitForRequestAsync(
            () => page.Clock.RunForAsync("11:00"),
            request => request.IsNavigationRequest && request.Method == "GET"
        );
        await Assertions.Expect(page.Locator("html.old")).ToHaveCountAsync(0);
        await page.AllThereAsync();
        await visitor.SeesAsync("Seus ingressos estão reservados", ".timer");
        await page.CheckAsync("input[value=pix]");
        await page.Locator("form .button.wide").ClickAsync();
        await page.WaitForSelectorAsync(".pix");

        var sent = 0;
        await page.RouteAsync(
            "**/pedidos/*",
            route => route.Request.Method == "POST" && ++sent == 1 ? route.AbortAsync("aborted") : route.ContinueAsync()
        );
        var pay = page.Locator(".pix .link");
        await pay.ClickAsync();
        await Assertions.Expect(pay).ToHaveAttributeAsync("aria-disabled", "true");
        await page.Clock.RunForAsync("00:31");
        await Assertions.Expect(pay).Not.ToHaveAttributeAsync("aria-disabled", "true");
        await pay.ClickAsync();
        await page.WaitForSelectorAsync(".ticket-row");
        Assert.Equal(2, sent);
    }

    [Fact]
    public async Task A_refund_gives_the_tickets_back()
    {
        var show = await system.ShowAsync(capacity: 2);
        var buyer = await system.BuyerAsync();
        var order = await buyer.OrderByCardAsync(show, "tok_approve");
        await buyer.WaitForStatusAsync(order, "fulfilled");
        await using var visitor = await system.VisitAsync();
        await visitor.SignInFirstAsync(buyer);
        await visitor.GoAsync("/pedidos");
        await visitor.Page.Locator(".row-title").First.ClickAsync();
        await visitor.Page.Locator("summary").ClickAsync();
        await visitor.Page.Locator(".button.danger").ClickAsync();
        await Assertions.Expect(visitor.Page.Locator(".button.danger")).ToHaveCountAsync(0);
        await buyer.WaitForStatusAsync(order, "refunded");
        // The page goes there by itself.
        await visitor.SeesAsync("Pedido reembolsado", "h1");
        await visitor.AssertAccessibleAsync();
        await visitor.GoAsync("/ingressos");
        await visitor.SeesAsync("Sem validade");
    }

    [Fact]
    public async Task A_ticket_passes_on_by_the_mails_link()
    {
        var show = await system.ShowAsync(capacity: 2);
        var (buyer, friend) = (await system.BuyerAsync(), await system.BuyerAsync());
        await buyer.WaitForStatusAsync(await buyer.OrderByCardAsync(show, "tok_approve"), "fulfilled");
        await using var visitor = await system.VisitAsync();
        await visitor.SignInFirstAsync(buyer);

        async Task<string> OfferAsync()
        {
            await visitor.GoAsync("/ingressos");
            await visitor.Page.Locator(".row-title").First.ClickAsync();
            await visitor.Page.FillAsync("#to-name", "Bruna Lisboa");
            await visitor.Page.FillAsync("#to-email", friend.Email);
            await visitor.PressAsync("Oferecer ingresso");
            await Assertions.Expect(visitor.Page.Locator("#offer")).ToContainTextAsync("Bruna Lisboa");
            var offers = await friend.Api.GetAsync("/api/v1/me/transfers", default);
            var open = offers["items"]!.AsArray().Single(o => o!.Text("status") == "offered")!;
            return $"/transferencias/{open.Text("ticketId")}/{open.Text("id")}";
        }

        await OfferAsync();
        await visitor.PressAsync("Retirar a oferta");
        await Assertions.Expect(visitor.Page.Locator("#transfer")).ToBeVisibleAsync();

        await using var receiver = await system.VisitAsync();
        await receiver.GoAsync(await OfferAsync());
        await receiver.SignInAsync(friend);
        await receiver.SeesAsync("A oferta vale até");
        await receiver.AssertAccessibleAsync();
        await receiver.PressAsync("Recusar");
        await receiver.SeesAsync("recusada", "[role=status]");
        await receiver.AssertAccessibleAsync();

        await receiver.GoAsync(await OfferAsync());
        await receiver.PressAsync("Aceitar ingresso");
        await receiver.Page.AtAsync("**/ingressos/*");
        await receiver.SeesAsync("Bruna Lisboa", ".pass");
        await visitor.GoAsync("/ingressos");
        await visitor.SeesAsync("Nenhum ingresso");
    }

    [Fact]
    public async Task An_account_is_made_changed_exported_left_and_erased()
    {
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;
        var email = $"{Guid.CreateVersion7():N}@example.com";
        await visitor.GoAsync("/cadastro?volta=/conta");
        await page.FillAsync("#name", "Íris Araújo");
        await page.FillAsync("#email", email);
        await page.FillAsync("#password", "0123456789");
        await visitor.PressAsync("Criar conta");
        await Assertions.Expect(page.Locator("#password")).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions.Expect(page.Locator("#email")).ToHaveValueAsync(email);
        await page.FillAsync("#password", Buyer.Password);
        await visitor.PressAsync("Criar conta");
        await visitor.Page.Locator("main").GetByRole(AriaRole.Link, new() { Name = "Entrar" }).ClickAsync();
        await page.FillAsync("#email", email);
        await page.FillAsync("#password", Buyer.Password);
        await page.ClickAsync("button[type=submit]");
        await page.AtAsync("**/conta");

        // An address that was cut has no form to repeat.
        Assert.Equal(400, (await visitor.GoAsync("/pedidos?pagina=x")).Status);
        await visitor.SeesAsync("Este endereço não está certo");
        await visitor.PressAsync("Tentar de novo", AriaRole.Link);
        await visitor.SeesAsync("Pedidos", "h1");
        await visitor.GoAsync("/conta");

        await page.FillAsync("#name", "Íris A. Moreira");
        await visitor.PressAsync("Salvar");
        await visitor.SeesAsync("Salvo", "[role=status]");
        await Assertions.Expect(page.Locator("#name")).ToHaveValueAsync("Íris A. Moreira");
        await page.CheckAsync("input[value=marketing]");
        await visitor.PressAsync("Salvar escolhas");
        await Assertions.Expect(page.Locator("input[value=marketing]")).ToBeCheckedAsync();
        var exported = await page.RunAndWaitForDownloadAsync(() =>
            visitor.PressAsync("Baixar meus dados", AriaRole.Link)
        );
        Assert.Equal("ticketing.zip", exported.SuggestedFilename);
        Assert.Null(await exported.FailureAsync());

        await visitor.PressAsync("Sair desta conta");
        await Assertions.Expect(page.Locator(".nav").First).ToContainTextAsync("Entrar");
        await visitor.GoAsync("/conta");
        await page.FillAsync("#email", email);
        await page.FillAsync("#password", Buyer.Password);
        await page.ClickAsync("button[type=submit]");
        await page.AtAsync("**/conta");
        await page.Locator("summary").ClickAsync();
        await page.FillAsync("#password", Buyer.Password);
        await visitor.PressAsync("Apagar para sempre");
        await Assertions.Expect(page.Locator(".nav").First).ToContainTextAsync("Entrar");
    }
}
