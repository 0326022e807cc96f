using Microsoft.Playwright;
using Ticketing.Local.Seeding;
using Ticketing.System.Tests;
using Ticketing.TestKit;

namespace Ticketing.Web.Tests;

/// <summary>A map with an aisle, accessible seats and tables, as a buyer sees it.</summary>
[Collection(WebPages.Name)]
public sealed class SeatTests(WebSystem system)
{
    /// <param name="gallery">Rows of fifty seats behind the rest.</param>
    private async Task<string> ShowAsync(int gallery = 0)
    {
        var team = await system.TeamAsync();
        var api = team.Person.Api;
        object[] front =
        [
            new { number = 1, kind = "accessible" },
            new { number = 2, kind = "companion" },
            3,
            null!,
            null!,
            4,
            5,
            6,
        ];
        var map = await api.PostAsync(
            $"/api/v1/venues/{team.VenueId}/seat-maps",
            new
            {
                name = "Sala",
                sections = (object[])
                    [
                        new
                        {
                            name = "Plateia",
                            rows = new object[] { new { name = "A", seats = front }, new { name = "B", seats = 6 } },
                        },
                        new
                        {
                            name = "Salão",
                            kind = "tables",
                            rows = new[] { new { name = "1", seats = 6 }, new { name = "2", seats = 4 } },
                        },
                        .. gallery == 0
                            ? []
                            : new object[]
                            {
                                new
                                {
                                    name = "Galeria",
                                    rows = Enumerable.Range(1, gallery).Select(r => new { name = $"{r}", seats = 50 }),
                                },
                            },
                    ],
            },
            default
        );
        var session = await api.PostAsync(
            $"/api/v1/events/{team.EventId}/sessions",
            new { startsAt = TimeProvider.System.GetUtcNow().AddDays(20), seatMapId = map.Id() },
            default
        );
        foreach (var section in (string[])["Plateia", "Salão", .. gallery == 0 ? [] : new[] { "Galeria" }])
            await api.PostAsync(
                $"/api/v1/sessions/{session.Id()}/ticket-types",
                new
                {
                    name = $"{section} inteira",
                    kind = "full",
                    price = new { amount = 9000, currency = "BRL" },
                    section,
                },
                default
            );
        await api.PostAsync($"/api/v1/events/{team.EventId}/publish", null, default);
        var path = $"/api/v1/sessions/{session.Id()}/seats";
        using var anybody = new HttpClient { BaseAddress = system.BaseUrl };
        await Eventually.TrueAsync(async () => (await anybody.GetAsync(path)).IsSuccessStatusCode);
        return $"/eventos/{team.EventId}/sessoes/{session.Id()}";
    }

    [Fact]
    public async Task Places_stand_where_they_are_and_say_whom_they_are_for()
    {
        var path = await ShowAsync();
        await using var visitor = await system.VisitAsync(new() { BypassCSP = true });
        var page = visitor.Page;
        await visitor.GoAsync(path);
        await page.WaitForSelectorAsync(".seat[role=checkbox]");
        await Assertions
            .Expect(page.GetByRole(AriaRole.Checkbox, new() { Name = "Plateia, fila A, lugar 1, Acessível" }))
            .ToHaveCountAsync(1);
        // By shape and in words, not by colour alone.
        await Assertions.Expect(page.Locator(".seat[aria-label*='Acessível'] circle.seat-shape")).ToHaveCountAsync(1);
        await visitor.SeesAsync("Acessível, para cadeira de rodas", ".seat-key");
        await visitor.SeesAsync("Acompanhante", ".seat-key");
        async Task<double> LeftAsync(string seat) =>
            (await page.Locator($"[aria-label^='Plateia, {seat}']").BoundingBoxAsync())!.X;
        // Two places of an aisle between them; row B is in the middle of row A.
        Assert.Equal(3 * 32, await LeftAsync("fila A, lugar 4,") - await LeftAsync("fila A, lugar 3,"), 1.0);
        Assert.Equal(32, await LeftAsync("fila B, lugar 1,") - await LeftAsync("fila A, lugar 1,"), 1.0);

        // The arrows go by where seats are, over the aisle.
        await page.Locator("[aria-label^='Plateia, fila A, lugar 3,']").FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(page.Locator("[aria-label^='Plateia, fila A, lugar 4,']")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(page.Locator("[aria-label^='Plateia, fila B, lugar 5,']")).ToBeFocusedAsync();
        await visitor.AssertAccessibleAsync();

        await page.Locator("[role=tab]").Nth(1).ClickAsync();
        await Assertions
            .Expect(page.GetByRole(AriaRole.Checkbox, new() { Name = "Salão, mesa 1, lugar 6" }))
            .ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator(".seat-table")).ToHaveCountAsync(2);
        await visitor.AssertAccessibleAsync();
    }

    [Fact]
    public async Task Of_two_thousand_seats_some_are_chosen_by_click_by_key_and_by_the_best()
    {
        var path = await ShowAsync(gallery: 40);
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;
        var answer = await visitor.GoAsync(path);
        Assert.InRange((await answer.BodyAsync()).Length, 1, PagesTests.MaxHtmlBytes);
        await page.GetByRole(AriaRole.Tab).Nth(2).ClickAsync();
        await Assertions.Expect(page.Locator(".seat[role=checkbox]")).ToHaveCountAsync(2000);
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Galeria, fila 40, lugar 50" }).ClickAsync();
        await page.Keyboard.PressAsync("ArrowUp");
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.Keyboard.PressAsync("Space");
        await Assertions
            .Expect(page.Locator(".seat-picked li strong"))
            .ToHaveTextAsync(["Galeria 40-50", "Galeria 39-49"]);
        await page.SelectOptionAsync("#seat-count", "7");
        await visitor.PressAsync("Escolher os melhores");
        await Assertions.Expect(page.Locator(".seat-picked li strong")).ToHaveCountAsync(7);
        await visitor.SeesAsync("Galeria: 1-22, 1-23, 1-24, 1-25, 1-26, 1-27, 1-28", ".seats > [role=status]");
        await visitor.SeesAsync("7 ingressos", ".buy-total");
    }

    [Fact]
    public async Task What_another_takes_meanwhile_is_said_and_no_longer_chosen()
    {
        var path = await ShowAsync();
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;
        await visitor.GoAsync(path);
        var wanted = page.GetByRole(AriaRole.Checkbox, new() { Name = "Plateia, fila B, lugar 3" });
        await wanted.ClickAsync();
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Plateia, fila B, lugar 4" }).ClickAsync();
        await TakeAsync(path, row: 1, seat: 2);

        await visitor.SeesAsync("Alguém levou antes: B-3", ".seats > [role=status]");
        await Assertions.Expect(page.Locator(".seat-picked li strong")).ToHaveTextAsync(["Plateia B-4"]);
        await Assertions
            .Expect(page.Locator("[aria-label='Plateia, fila B, lugar 3, ocupado'][aria-disabled=true]"))
            .ToHaveCountAsync(1);
        await visitor.AssertAccessibleAsync();
    }

    [Fact]
    public async Task Who_has_just_reserved_seats_is_not_told_that_somebody_took_them()
    {
        var path = await ShowAsync();
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;
        await page.Clock.InstallAsync();
        await visitor.GoAsync(path);
        await page.GetByRole(AriaRole.Checkbox, new() { Name = "Plateia, fila B, lugar 3" }).ClickAsync();
        // A look at what is free is on its way when the form is sent; its answer comes while the next page is waited for.
        var (asked, taken) = (new TaskCompletionSource(), new TaskCompletionSource());
        await page.RouteAsync(
            "**/lugares.json",
            async route =>
            {
                asked.TrySetResult();
                await taken.Task;
                await route.ContinueAsync();
            }
        );
        var answer = page.WaitForResponseAsync("**/lugares.json");
        await page.Clock.RunForAsync("00:11");
        await asked.Task;
        await TakeAsync(path, row: 1, seat: 2);
        await page.EvaluateAsync(
            """
            () => {
              const json = Response.prototype.json;
              Response.prototype.json = function () { return (window.read = json.call(this)); };
              const form = document.querySelector("form.choose");
              form.addEventListener("submit", event => event.preventDefault());
              form.requestSubmit();
            }
            """
        );
        taken.SetResult();
        await (await answer).FinishedAsync();
        // When that answer was read.
        var chosen = await page.EvaluateAsync<int>(
            """
            async () => {
              const { port1, port2 } = new MessageChannel();
              const turn = () => new Promise(next => { port1.onmessage = next; port2.postMessage(0); });
              while (!window.read) await turn();
              await window.read;
              await turn();
              return document.querySelectorAll(".seat-picked li strong").length;
            }
            """
        );
        Assert.Equal(1, chosen);
        Assert.DoesNotContain("levou antes", await visitor.TextAsync(".seats > [role=status]"));
    }

    /// <summary>By somebody else.</summary>
    private async Task TakeAsync(string path, int row, int seat)
    {
        var other = await system.BuyerAsync();
        var seats = await other.Api.GetAsync(
            $"/api/v1{path[path.IndexOf("/sess", StringComparison.Ordinal)..].Replace("sessoes", "sessions", StringComparison.Ordinal)}/seats",
            default
        );
        var section = seats["sections"]![0]!;
        await other.Api.PostAsync(
            "/api/v1/holds",
            new
            {
                sessionId = seats.Text("sessionId"),
                items = new[]
                {
                    new
                    {
                        ticketTypeId = $"{section["ticketTypeIds"]![0]}",
                        seatIds = new[] { section["rows"]![row]!["seats"]![seat]!.Text("id") },
                    },
                },
            },
            default
        );
    }

    [Fact]
    public async Task The_best_that_are_together_leave_accessible_seats_to_who_asks_for_them()
    {
        var path = await ShowAsync();
        await using var visitor = await system.VisitAsync();
        var page = visitor.Page;
        await visitor.GoAsync(path);
        await page.SelectOptionAsync("#seat-count", "3");
        await visitor.PressAsync("Escolher os melhores");
        // In the middle: in front the aisle parts them, and beside it somebody in a wheelchair has the place.
        await Assertions
            .Expect(page.Locator(".seat-picked li strong"))
            .ToHaveTextAsync(["Plateia B-2", "Plateia B-3", "Plateia B-4"]);
        await page.SelectOptionAsync("#seat-count", "7");
        await visitor.PressAsync("Escolher os melhores");
        await visitor.SeesAsync("Não há 7 lugares juntos", ".seats > [role=status]");

        await page.GetByLabel("Só lugares acessíveis").CheckAsync();
        await visitor.SeesAsync("2 livres", "[role=tab] >> nth=0");
        await visitor.SeesAsync("sem lugares acessíveis", "[role=tab] >> nth=1");
        await Assertions.Expect(page.Locator(".seat[role=checkbox]:not([aria-disabled=true])")).ToHaveCountAsync(2);
        await page.SelectOptionAsync("#seat-count", "2");
        await visitor.PressAsync("Escolher os melhores");
        await Assertions
            .Expect(page.Locator(".seat-picked li strong"))
            .ToHaveTextAsync(["Plateia A-1 Acessível, para cadeira de rodas", "Plateia A-2 Acompanhante"]);
    }

    [Fact]
    public async Task Without_a_script_the_list_says_it_too()
    {
        var path = await ShowAsync();
        await using var visitor = await system.VisitAsync(new() { JavaScriptEnabled = false, Locale = "en-US" });
        await visitor.GoAsync(path);
        await visitor.Page.Locator("summary").First.ClickAsync();
        await visitor.Page.GetByText("Row A").ClickAsync();
        await visitor.SeesAsync("1, accessible (wheelchair)", ".seat-list");
        await visitor.SeesAsync("2, companion", ".seat-list");
    }

    [Fact]
    public async Task A_map_is_written_with_gaps_tables_and_accessible_seats_and_read_again()
    {
        var team = await system.TeamAsync();
        await using var visitor = await system.VisitAsync(new() { BypassCSP = true });
        var page = visitor.Page;
        await visitor.SignInFirstAsync(team.Person);
        await visitor.GoAsync($"{team.Room}/locais/{team.VenueId}/mapas/novo");
        await visitor.DrawsAsync();
        await page.FillAsync("#section", "Salão");
        await page.CheckAsync("input[name=tables]");
        await page.FillAsync("#first", "1");
        await page.FillAsync("#rows", "2");
        await page.FillAsync("#seats", "4");
        await visitor.PressAsync("Acrescentar");
        await Assertions
            .Expect(page.Locator("#text"))
            .ToHaveValueAsync("Salão (mesas); 1; 1-4\nSalão (mesas); 2; 1-4\n");
        await page.SetInputFilesAsync(
            "#file",
            new FilePayload
            {
                Name = "plateia.csv",
                MimeType = "text/csv",
                Buffer =
                    "setor;fila;lugar;tipo\r\nPlateia;A;1;acessível\r\nPlateia;A;2;acompanhante\r\nPlateia;A;_ 3-5;\r\nPlateia;B;1-2;;0,8"u8.ToArray(),
            }
        );
        await Assertions
            .Expect(page.Locator("#text"))
            .ToHaveValueAsync(new global::System.Text.RegularExpressions.Regex("0,8"));
        await page.FillAsync("#name", "Sala");
        await visitor.PressAsync("Salvar mapa");
        await visitor.SeesAsync("15 lugares", ".seat-tools");
        Assert.Equal(
            "Salão (mesas); 1; 1-4\nSalão (mesas); 2; 1-4\nPlateia; A; 1* 2+ _ 3-5\nPlateia; B; 1 2; 0,8\n",
            (await page.InputValueAsync("#text")).ReplaceLineEndings("\n")
        );
        await visitor.SeesAsync("2 filas, 7 lugares", "[role=tab] >> nth=1");

        // Without a script it is the text, and a picture of it.
        await using var plain = await system.VisitAsync(new() { JavaScriptEnabled = false });
        await plain.SignInFirstAsync(team.Person);
        await plain.GoAsync(page.Url);
        await plain.SeesAsync("2 filas, 7 lugares, 1 acessíveis", ".seat-sketch >> nth=1");
        await plain.Page.Locator("#more summary").ClickAsync();
        await plain.Page.FillAsync("#section", "Plateia");
        await plain.Page.FillAsync("#first", "C");
        await plain.PressAsync("Acrescentar");
        await plain.SeesAsync("12 filas, 207 lugares", ".seat-sketch >> nth=1");
        await Assertions.Expect(plain.Page.Locator("#text")).ToBeVisibleAsync();
        await Assertions.Expect(plain.Page.Locator("#seat-editor")).ToBeHiddenAsync();

        // A file of a large room, a seat a line, becomes a row a line; without a script it is sent as it is.
        var large = string.Join(
            '\n',
            Enumerable.Range(0, 20_000).Select(i => $"Arquibancada;{i / 200 + 1};{i % 200 + 1};normal")
        );
        await plain.Page.EvalOnSelectorAsync("#text", "(area, text) => { area.value = text; }", large);
        await plain.PressAsync("Ver como fica");
        await plain.SeesAsync("100 filas, 20000 lugares", ".seat-sketch");
        await page.ClickAsync("#as-text summary");
        await page.FillAsync("#text", "");
        await page.SetInputFilesAsync(
            "#file",
            new FilePayload
            {
                Name = "arquibancada.csv",
                MimeType = "text/csv",
                Buffer = global::System.Text.Encoding.UTF8.GetBytes(large),
            }
        );
        await Assertions
            .Expect(page.Locator("#text"))
            .ToHaveValueAsync(new global::System.Text.RegularExpressions.Regex("^Arquibancada; 1; 1-200\n"));
        await visitor.PressAsync("Salvar mapa");
        await visitor.SeesAsync("20000 lugares", ".seat-tools");

        // Two rows in one place: said at the row that is too many.
        await page.ClickAsync("#as-text summary");
        await page.FillAsync("#text", "P; A; 1-4; 0,0\nP; B; 1-4; 3,1");
        await visitor.PressAsync("Salvar mapa");
        await visitor.SeesAsync("P, fila B: está em cima de outra", "#faults");
        await Assertions.Expect(page.Locator(".wrong > [role=rowheader]")).ToHaveTextAsync("B");
        await visitor.SeesAsync("está em cima de outra", ".seat-side .bad");
        await visitor.AssertAccessibleAsync();
        // What was refused is not left without a question.
        Assert.True(await AsksAsync());
        // Mended, nothing is said any more.
        await page.Locator(".seat-side summary").ClickAsync();
        await visitor.PressAsync("Lugar automático");
        await Assertions.Expect(page.Locator(".wrong")).ToHaveCountAsync(0);
        await visitor.PressAsync("Desfazer");
        await Assertions.Expect(page.Locator(".wrong")).ToHaveCountAsync(1);
        await page.Keyboard.PressAsync("Control+Shift+z");
        await visitor.PressAsync("Salvar mapa");
        await visitor.SeesAsync("8 lugares", ".seat-tools");
        Assert.False(await AsksAsync());

        // Of a large section there is a seat wherever one scrolls to.
        await page.ClickAsync("#as-text summary");
        await page.FillAsync("#text", string.Join('\n', Enumerable.Range(1, 120).Select(r => $"P; {r}; 1-200")));
        await visitor.SeesAsync("24000 lugares", ".seat-tools");
        await page.EvaluateAsync(
            "const plan = document.querySelector('.seat-plan'); plan.scrollIntoView(); plan.scrollTo(3500, 2000)"
        );
        await page.WaitForFunctionAsync(
            """
            () => {
              const { x, y, width, height } = document.querySelector(".seat-plan").getBoundingClientRect();
              return document.elementFromPoint(x + width / 2, y + height / 2)?.closest(".seat-line");
            }
            """
        );

        // The script reads and writes as we do.
        foreach (var (text, again) in WritingTests.Texts.Select(t => t.Data))
            Assert.Equal(
                again,
                await page.EvaluateAsync<string?>(
                    """
                    async text => {
                      const { read, write } = await import(document.getElementById("seat-editor").dataset.text);
                      const { sections } = read(text);
                      return sections ? write(sections) : null;
                    }
                    """,
                    text
                )
            );

        Task<bool> AsksAsync() =>
            page.EvaluateAsync<bool>("() => !dispatchEvent(new Event('beforeunload', { cancelable: true }))");
    }

    [Fact]
    public async Task A_map_is_made_by_clicks_and_by_keys_alone_and_is_the_one_that_is_sold()
    {
        var team = await system.TeamAsync();
        await using var visitor = await system.VisitAsync(new() { BypassCSP = true });
        var page = visitor.Page;
        await visitor.SignInFirstAsync(team.Person);
        await visitor.GoAsync($"{team.Room}/locais/{team.VenueId}/mapas/novo");
        async Task WrittenAsync(string text)
        {
            await Assertions.Expect(page.Locator("#text")).ToHaveValueAsync(text);
        }
        ILocator Seat(string name) => page.GetByRole(AriaRole.Gridcell, new() { Name = name, Exact = true });

        // By clicks, from nothing.
        await visitor.DrawsAsync();
        await page.FillAsync("#name", "Sala");
        await page.FillAsync("#section", "Plateia");
        await page.FillAsync("#rows", "2");
        await page.FillAsync("#seats", "6");
        await visitor.PressAsync("Acrescentar");
        await WrittenAsync("Plateia; A; 1-6\nPlateia; B; 1-6\n");
        await Assertions.Expect(Seat("fila A, lugar 1, comum")).ToBeFocusedAsync();
        await Seat("fila A, lugar 1, comum").ClickAsync();
        await Seat("fila A, lugar 2, comum").ClickAsync();
        await Seat("fila A, lugar 2, acessível").ClickAsync();
        await Seat("fila B, lugar 6, comum").ClickAsync(new() { ClickCount = 3, Delay = 1 });
        await WrittenAsync("Plateia; A; 1* 2+ 3-6\nPlateia; B; 1-5 _\n");
        await visitor.SeesAsync("Fila B, lugar 6: vão", ".seat-tools [role=status]");
        await page.GetByLabel("Abrir ou fechar um corredor").CheckAsync();
        await Seat("fila A, lugar 4, comum").ClickAsync();
        await WrittenAsync("Plateia; A; 1* 2+ 3 _ 4-6\nPlateia; B; 1-3 _ 4 5 _\n");
        await visitor.PressAsync("Desfazer");
        await WrittenAsync("Plateia; A; 1* 2+ 3-6\nPlateia; B; 1-5 _\n");
        await visitor.PressAsync("Refazer");
        await page.GetByRole(AriaRole.Rowheader, new() { Name = "Fila B" }).ClickAsync();
        var row = page.GetByRole(AriaRole.Region, new() { Name = "Fila B" });
        await row.GetByLabel("Lugares", new() { Exact = true }).FillAsync("8");
        await page.Keyboard.PressAsync("Enter");
        await row.GetByLabel("Numeração", new() { Exact = true }).SelectOptionAsync("odd");
        await row.GetByLabel("Contar da direita").CheckAsync();
        await WrittenAsync("Plateia; A; 1* 2+ 3 _ 4-6\nPlateia; B; 15-11/2 _ 9 7 _ 5-1/2\n");
        await row.GetByRole(AriaRole.Button, new() { Name = "Duplicar: fila B" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Subir: fila C" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Remover: fila C" }).ClickAsync();
        // What people call a section is text.
        var section = page.GetByRole(AriaRole.Region, new() { Name = "Setor" });
        foreach (var words in HostileTests.Corpus.Select(c => c.Data))
        {
            await section.GetByLabel("Nome").FillAsync(words);
            await section.GetByLabel("Nome").PressAsync("Enter");
            await Assertions
                .Expect(page.Locator("[role=tab] >> nth=0"))
                .ToContainTextAsync(words.Replace("\"", "", StringComparison.Ordinal).Trim());
        }
        const string name = "</script><script>alert(1)</script>";
        await section.GetByLabel("Nome").FillAsync(name);
        await page.Keyboard.PressAsync("Enter");
        await section.GetByRole(AriaRole.Button, new() { Name = "Duplicar" }).ClickAsync();
        await section.GetByLabel("São mesas").CheckAsync();
        var text =
            $"{name}; A; 1* 2+ 3 _ 4-6\n{name}; B; 15-11/2 _ 9 7 _ 5-1/2\n{name} 2 (mesas); A; 1* 2+ 3-6\n{name} 2 (mesas); B; 15-1/2\n";
        await WrittenAsync(text);
        await Assertions.Expect(page.Locator("main script, main img")).ToHaveCountAsync(0);
        await visitor.AssertAccessibleAsync();

        // Who would leave what is not saved is asked, and stays.
        var asked = new TaskCompletionSource<string>();
        async void Stay(object? _, IDialog dialog)
        {
            await dialog.DismissAsync();
            asked.TrySetResult(dialog.Type);
        }
        page.Dialog += Stay;
        await page.EvaluateAsync("() => { location.assign('/'); }");
        Assert.Equal("beforeunload", await asked.Task);
        await visitor.PressAsync("Salvar mapa");
        await visitor.SeesAsync("Sala", "h1");
        page.Dialog -= Stay;
        await WrittenAsync(text);
        await visitor.AssertAccessibleAsync();
        var map = page.Url.Split('/')[^1].Split('?')[0];

        // By keys alone.
        await visitor.GoAsync($"{team.Room}/locais/{team.VenueId}/mapas/novo");
        await visitor.DrawsAsync();
        async Task TabToAsync(string selector)
        {
            for (var i = 0; i < 80; i++)
            {
                await page.Keyboard.PressAsync("Tab");
                if (await page.EvaluateAsync<bool>("s => document.activeElement.matches(s)", selector))
                    return;
            }
            Assert.Fail($"No tab leads to {selector}");
        }
        async Task PressAsync(params string[] keys)
        {
            foreach (var key in keys)
                await page.Keyboard.PressAsync(key);
        }
        await TabToAsync("#name");
        await page.Keyboard.TypeAsync("Teclas");
        await TabToAsync("#section");
        await page.Keyboard.TypeAsync("Mezanino");
        await TabToAsync("#rows");
        await page.Keyboard.TypeAsync("3");
        await TabToAsync("#seats");
        await page.Keyboard.TypeAsync("5");
        await TabToAsync("[value=add]");
        await PressAsync(
            "Enter",
            "End",
            "Delete",
            "Home",
            " ",
            "ArrowDown",
            "ArrowRight",
            " ",
            " ",
            "Control+End",
            " "
        );
        await WrittenAsync("Mezanino; A; 1* 2-4 _\nMezanino; B; 1 2+ 3-5\nMezanino; C; 1-4 5*\n");
        await PressAsync("Control+z", "Control+z");
        await WrittenAsync("Mezanino; A; 1* 2-4 _\nMezanino; B; 1 2* 3-5\nMezanino; C; 1-5\n");
        await PressAsync("Control+y", "Control+Home", "End", " ");
        await WrittenAsync("Mezanino; A; 1* 2-5\nMezanino; B; 1 2+ 3-5\nMezanino; C; 1-5\n");
        await TabToAsync("[aria-label^='Remover: fila']");
        await PressAsync("Enter");
        await TabToAsync("[value=save]");
        await PressAsync("Enter");
        await visitor.SeesAsync("Teclas", "h1");
        await WrittenAsync("Mezanino; B; 1 2+ 3-5\nMezanino; C; 1-5\n");

        // A buyer sees the room, and goes from one section to the next.
        var session = await team.Person.Api.PostAsync(
            $"/api/v1/events/{team.EventId}/sessions",
            new { startsAt = TimeProvider.System.GetUtcNow().AddDays(20), seatMapId = map },
            default
        );
        await team.Person.Api.PostAsync(
            $"/api/v1/sessions/{session.Id()}/ticket-types",
            new
            {
                name = "Inteira",
                kind = "full",
                price = new { amount = 9000, currency = "BRL" },
                section = name,
            },
            default
        );
        await team.Person.Api.PostAsync(
            $"/api/v1/sessions/{session.Id()}/ticket-types",
            new
            {
                name = "Mesa",
                kind = "full",
                price = new { amount = 5000, currency = "BRL" },
                section = $"{name} 2",
            },
            default
        );
        await team.Person.Api.PostAsync($"/api/v1/events/{team.EventId}/publish", null, default);
        using var anybody = new HttpClient { BaseAddress = system.BaseUrl };
        await Eventually.TrueAsync(async () =>
            (await anybody.GetAsync($"/api/v1/sessions/{session.Id()}/seats")).IsSuccessStatusCode
        );
        await visitor.GoAsync($"/eventos/{team.EventId}/sessoes/{session.Id()}");
        await Assertions
            .Expect(page.GetByRole(AriaRole.Tab))
            .ToHaveTextAsync([$"{name}14 livres · R$\u00a090,00", $"{name} 214 livres · R$\u00a050,00"]);
        await Assertions.Expect(page.Locator(".seat-miniature")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Locator(".seat[aria-label*='fila B, lugar 15']")).ToHaveCountAsync(1);
        await visitor.AssertAccessibleAsync();
        await page.GetByRole(AriaRole.Tab).First.FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(page.GetByRole(AriaRole.Tab).Nth(1)).ToBeFocusedAsync();
        await Assertions.Expect(page.Locator(".seat-table")).ToHaveCountAsync(2);
    }
}
