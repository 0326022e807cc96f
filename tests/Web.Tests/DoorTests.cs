using System.Text.RegularExpressions;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using Microsoft.Playwright;
using Ticketing.Local.Seeding;
using Ticketing.System.Tests;
using Ticketing.TestKit;

namespace Ticketing.Web.Tests;

using Buyer = Ticketing.System.Tests.Buyer;

/// <summary>At the door: every answer is told by colour, sign and words, with a script and without.</summary>
[Collection(WebPages.Name)]
public sealed class DoorTests(WebSystem system)
{
    /// <summary>Keeps what a phone sounds and how it shakes.</summary>
    internal const string Told = """
        window.told = { notes: [], buzz: [] };
        navigator.vibrate = (pattern) => { told.buzz.push(pattern.join("-")); return true; };
        const { createOscillator } = BaseAudioContext.prototype;
        AudioContext.prototype.createOscillator = function () {
          const tone = createOscillator.call(this);
          const { start } = tone;
          tone.start = (from) => { told.notes.push(tone.frequency.value); start.call(tone, from); };
          return tone;
        };
        """;

    /// <summary>A door that waits for the server's answer for as long as a busy machine takes.</summary>
    internal const string Patient = """
        const { timeout } = AbortSignal;
        AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms === 4_000 ? 60_000 : ms);
        """;

    /// <summary>Since it was asked last.</summary>
    internal static Task<string> ToldAsync(Visitor visitor) =>
        visitor.Page.EvaluateAsync<string>(
            "() => `${told.notes.splice(0).join(' ')}, ${told.buzz.splice(0).join(' ')}`"
        );

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
        await page.AddInitScriptAsync(Patient);
        await visitor.GoAsync("/portaria");
        await page.Locator(".row-title").Filter(new() { HasText = "Cena" }).Last.ClickAsync();
        // It is left again at once.
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/portaria/[^/]*-"));
        await visitor.GoAsync($"/portaria/{team.Show.SessionId}");
        await visitor.SeesAsync("0 de 3 dentro", ".door-count");

        // The team looks on, from a page that changes by itself.
        var looking = scripts ? await page.Context.NewPageAsync() : null;
        if (looking is not null)
            await looking.GotoAsync($"{team.Room}/eventos/{team.EventId}/entrada");

        await page.FillAsync("#gate", "Portão Norte");
        await ScanAsync(visitor, tickets[0].Code, "good", "Zoé Simões");
        await visitor.SeesAsync("1 de 3 dentro", ".door-count");
        await ScanAsync(visitor, tickets[0].Code, "bad", "Portão Norte");
        await visitor.SeesAsync("Já entrou", ".outcome");
        await ScanAsync(
            visitor,
            $" {tickets[1].Number[..4].ToLowerInvariant()}-{tickets[1].Number[4..]}",
            "good",
            "Pode entrar"
        );
        await ScanAsync(visitor, tickets[3].Code, "bad", "É de outra data");
        await ScanAsync(visitor, "NADA2345", "bad", "Não é um ingresso daqui");
        await ScanAsync(visitor, new string('x', 140), "bad", "Não é um ingresso daqui");
        await team.Person.Api.PostAsync($"/api/v1/orders/{orders[2].Id()}/refunds", null, default);
        await ScanAsync(visitor, tickets[2].Code, "bad", "Não vale mais");

        if (looking is not null)
            await Assertions.Expect(looking.Locator("[data-live]")).ToContainTextAsync("2 de 2 entraram");
        // The gate is remembered; the team sees who is in.
        await visitor.GoAsync($"/portaria/{team.Show.SessionId}");
        await Assertions.Expect(page.Locator("#gate")).ToHaveValueAsync("Portão Norte");
        await visitor.GoAsync($"{team.Room}/eventos/{team.EventId}/entrada");
        await visitor.SeesAsync("2 de 2 entraram");
        await visitor.PressAsync("Participantes", AriaRole.Link);
        var attendees = page.Locator("tbody tr");
        await Assertions.Expect(attendees).ToHaveCountAsync(3);
        await visitor.PressAsync("Ingresso", AriaRole.Link);
        await Assertions.Expect(page.Locator("th[aria-sort=ascending]")).ToHaveTextAsync("Ingresso");
        await page.SelectOptionAsync("#situacao", "used");
        await visitor.PressAsync("Buscar");
        await Assertions.Expect(attendees).ToHaveCountAsync(2);
        await page.FillAsync("#busca", tickets[1].Number[..6].ToLowerInvariant());
        await visitor.PressAsync("Buscar");
        await Assertions.Expect(attendees).ToHaveCountAsync(1);
        await Assertions.Expect(attendees).ToContainTextAsync("Portão Norte");
        // What was chosen stays chosen, in the other language and on the way back.
        await visitor.PressAsync("English", AriaRole.Link);
        await Assertions.Expect(page.Locator("th[aria-sort=ascending]")).ToHaveTextAsync("Ticket");
        await Assertions.Expect(page.Locator("#situacao")).ToHaveValueAsync("used");
        await Assertions.Expect(attendees).ToHaveCountAsync(1);
        await visitor.PressAsync("Português", AriaRole.Link);
        await attendees.GetByRole(AriaRole.Link).ClickAsync();
        await visitor.SeesAsync(tickets[1].Number);
        await page.GoBackAsync();
        await Assertions.Expect(attendees).ToHaveCountAsync(1);
        // The list is some seconds old.
        var link = await page.GetByText("Baixar lista (CSV)").GetAttributeAsync("href");
        var list = await Eventually.GetAsync(
            async () => await (await page.APIRequest.GetAsync(system.BaseUrl + link![1..])).TextAsync(),
            text => text.Contains($"{tickets[0].Number},Zoé,Inteira,inteira,,used,", StringComparison.Ordinal)
        );
        Assert.Equal(4, list.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        var book = await page.RunAndWaitForDownloadAsync(() => visitor.PressAsync("Baixar planilha", AriaRole.Link));
        Assert.EndsWith("-entrada.xlsx", book.SuggestedFilename);
        using (var document = SpreadsheetDocument.Open(await book.PathAsync(), isEditable: false))
        {
            var rows = document.WorkbookPart!.WorksheetParts.Single().Worksheet!.Descendants<Row>().ToList();
            Assert.Equal(4, rows.Count);
            Assert.Contains(
                rows,
                r => r.InnerText.StartsWith($"{tickets[0].Number}ZoéInteirainteiraentrou", StringComparison.Ordinal)
            );
        }
        await using var stranger = await system.VisitAsync();
        await stranger.SignInFirstAsync(buyer);
        Assert.Equal(404, (await stranger.GoAsync($"/portaria/{team.Show.SessionId}")).Status);
    }

    [Fact]
    public async Task Without_a_network_doors_go_on_and_a_ticket_that_two_let_in_is_shown()
    {
        var team = await system.TeamAsync(publish: true);
        var buyer = await system.BuyerAsync();
        var order = await buyer.WaitForStatusAsync(await buyer.OrderByCardAsync(team.Show, "tok_approve"), "fulfilled");
        var ticket = await buyer.Api.GetAsync($"/api/v1/tickets/{order["tickets"]![0]!.Id()}", default);
        await using var north = await OpenAsync(team, "Norte");
        await using var south = await OpenAsync(team, "Sul");
        foreach (var door in new[] { north, south })
            await door.Page.Context.SetOfflineAsync(true);

        await ScanAsync(north, ticket.Text("code"), "good", "Zoé");
        await north.SeesAsync("1 entrada para enviar", ".door-state");
        await ScanAsync(north, ticket.Text("code"), "bad", "Já entrou");
        await ScanAsync(north, ticket.Text("number"), "bad", "Já entrou");
        await ScanAsync(north, new string('x', 140), "bad", "Não é um ingresso daqui");
        await ScanAsync(north, "NADA2345", "bad", "Não é um ingresso daqui");
        // A closed door opens again, and knows what it did; also from the icon, which leads to the list of doors.
        await north.Page.ReloadAsync();
        await north.SeesAsync("1 entrada para enviar", ".door-state");
        await north.SeesAsync("1 de 1 dentro", ".door-count");
        await north.Page.GotoAsync("/portaria");
        await north.SeesAsync("1 entrada para enviar", ".door-state");
        await Assertions.Expect(north.Page.Locator("#gate")).ToHaveValueAsync("Norte");
        // A reader that types is heard wherever the focus is, in the gate's field, too.
        await north.Page.FocusAsync("#gate");
        await north.Page.EvaluateAsync(
            """
            text => {
              const gate = document.activeElement;
              [...text, "Enter"].forEach((key, i) => {
                const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
                // At a reader's pace, whatever the machine's.
                Object.defineProperty(event, "timeStamp", { value: 1e6 + i });
                gate.dispatchEvent(event);
                if (key.length === 1) gate.value += key;
              });
            }
            """,
            ticket.Text("code")
        );
        await north.SeesAsync("Já entrou", ".outcome.bad");
        await Assertions.Expect(north.Page.Locator("#gate")).ToHaveValueAsync("Norte");
        await north.Page.EvaluateAsync("document.activeElement.blur()");
        await north.Page.Keyboard.TypeAsync("NADA2345");
        await north.Page.Keyboard.PressAsync("Enter");
        await north.SeesAsync("Não é um ingresso daqui");
        await ScanAsync(north, ticket.Text("code"), "bad", "Já entrou");
        // The other one cannot know.
        await ScanAsync(south, ticket.Text("number"), "good", "Pode entrar");
        Assert.Equal("660 990, 80", await ToldAsync(south));

        await north.Page.Context.SetOfflineAsync(false);
        await Assertions.Expect(north.Page.Locator(".door-state")).ToBeHiddenAsync();
        await south.Page.Context.SetOfflineAsync(false);
        await south.SeesAsync("Norte", ".door-state section");
        await south.SeesAsync(ticket.Text("number"), ".door-state section");
        Assert.Equal("660 660 660, 80-60-80", await ToldAsync(south));
        await south.AssertAccessibleAsync();
        await north.SeesAsync("1 de 1 dentro", ".door-count");
        await ScanAsync(south, ticket.Text("code"), "bad", "Norte");
        // It knows so without a network, too.
        await south.Page.Context.SetOfflineAsync(true);
        await ScanAsync(south, "NADA2345", "bad", "Não é um ingresso daqui");
        await ScanAsync(south, ticket.Text("code"), "bad", "Norte");
        await Eventually.TrueAsync(async () =>
        {
            await north.GoAsync($"{team.Room}/registro?acao=ticket.admitted-twice");
            return await north.Page.Locator("tbody tr").CountAsync() == 1;
        });
    }

    private const string KeptLists = """
        () => new Promise(done => indexedDB.open("ticketing-door").onsuccess = ({ target: { result: database } }) =>
          database.transaction("lists").objectStore("lists").count().onsuccess = ({ target }) => { database.close(); done(target.result); })
        """;

    [Fact]
    public async Task Names_leave_the_phone_when_its_keeper_signs_out_and_what_it_has_to_tell_stays()
    {
        var team = await system.TeamAsync(publish: true);
        var buyer = await system.BuyerAsync();
        var order = await buyer.WaitForStatusAsync(await buyer.OrderByCardAsync(team.Show, "tok_approve"), "fulfilled");
        var ticket = await buyer.Api.GetAsync($"/api/v1/tickets/{order["tickets"]![0]!.Id()}", default);
        await using var door = await OpenAsync(team, "Norte");
        await door.Page.Context.SetOfflineAsync(true);
        await ScanAsync(door, ticket.Text("code"), "good", "Zoé");
        // While it goes, a page may still hear that the network is back.
        await door.Page.EvaluateAsync("() => { fetch = () => Promise.reject(); }");
        await door.Page.GotoAsync("about:blank");
        await door.Page.Context.SetOfflineAsync(false);
        await door.GoAsync("/conta");
        await door.CountsAsync(KeptLists, 1);
        await Assertions.Expect(door.Page.Locator("[data-unsent]")).ToBeVisibleAsync();

        await door.PressAsync("Sair desta conta");
        await door.SeesAsync("Entrar", "header");
        await door.CountsAsync(KeptLists, 0);
        await Eventually.TrueAsync(async () => !await door.Page.EvaluateAsync<bool>("caches.has('door-1')"));

        // From the list of doors, too.
        await door.SignInFirstAsync(team.Person);
        await door.Page.RunAndWaitForResponseAsync(
            () => door.GoAsync("/portaria"),
            answer => answer.Url.EndsWith("/lote", StringComparison.Ordinal) && answer.Ok
        );
        await door.GoAsync($"/portaria/{team.Show.SessionId}");
        await door.SeesAsync("1 de 1 dentro", ".door-count");
    }

    [Fact]
    public async Task A_phone_that_was_signed_out_elsewhere_forgets_its_list_and_leads_to_the_sign_in()
    {
        var team = await system.TeamAsync(publish: true);
        await using var door = await OpenAsync(team, "Norte");
        await door.Page.Context.ClearCookiesAsync();
        await door.Page.EvaluateAsync("dispatchEvent(new Event('online'))");
        await door.Page.AtAsync(new Regex(@"^(?!.*/portaria/)|\?"));
        await door.GoAsync("/");
        await door.CountsAsync(KeptLists, 0);
    }

    [Fact]
    public async Task A_list_goes_when_its_session_is_over()
    {
        var team = await system.TeamAsync(publish: true);
        await using var door = await OpenAsync(team, "Norte");
        await door.GoAsync("/conta");
        await door.CountsAsync(KeptLists, 1);
        await door.Page.EvaluateAsync(
            """
            () => new Promise(done => indexedDB.open("ticketing-door").onsuccess = ({ target: { result: database } }) => {
              const lists = database.transaction("lists", "readwrite").objectStore("lists");
              lists.openCursor().onsuccess = ({ target: { result: cursor } }) =>
                cursor.update({ ...cursor.value, until: Date.now() - 1 }).onsuccess = () => { database.close(); done(); };
            })
            """
        );
        await door.GoAsync("/pedidos");
        await door.CountsAsync(KeptLists, 0);
    }

    /// <summary>A browser that reads no codes itself, and whose camera sees this picture.</summary>
    private const string Camera = """
        delete window.BarcodeDetector;
        navigator.mediaDevices.getUserMedia = async () => {
          const [image, canvas] = [new Image(), document.createElement("canvas")];
          [canvas.width, canvas.height] = [1280, 720];
          image.src = "PICTURE";
          await image.decode();
          const paper = canvas.getContext("2d");
          paper.translate(700, 60);
          paper.rotate(0.3);
          setInterval(() => {
            paper.fillStyle = "#ddd";
            paper.fillRect(-1280, -1280, 2560, 2560);
            paper.drawImage(image, 0, 0, 460, 460);
          }, 50);
          return canvas.captureStream(10);
        };
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_camera_reads_where_the_browser_reads_no_codes_with_a_network_and_without(bool offline)
    {
        var team = await system.TeamAsync(publish: true);
        var buyer = await system.BuyerAsync();
        var order = await buyer.WaitForStatusAsync(await buyer.OrderByCardAsync(team.Show, "tok_approve"), "fulfilled");
        var ticket = await buyer.Api.GetAsync($"/api/v1/tickets/{order["tickets"]![0]!.Id()}", default);
        using var drawn = new QRCoder.QRCodeGenerator().CreateQrCode(
            ticket.Text("code"),
            QRCoder.QRCodeGenerator.ECCLevel.M
        );
        var picture = $"data:image/png;base64,{Convert.ToBase64String(new QRCoder.PngByteQRCode(drawn).GetGraphic(8))}";
        await using var door = await system.VisitAsync();
        await door.SignInFirstAsync(team.Person);
        await door.Page.AddInitScriptAsync(Camera.Replace("PICTURE", picture, StringComparison.Ordinal));
        var page = await door.GoAsync($"/portaria/{team.Show.SessionId}");
        Assert.Contains("'wasm-unsafe-eval'", await page.HeaderValueAsync("content-security-policy"));
        await ReadyAsync(door);
        if (offline)
        {
            await door.Page.Context.SetOfflineAsync(true);
            await door.Page.ReloadAsync();
            await door.SeesAsync("Sem rede", ".door-state");
        }

        await door.PressAsync("Ler com a câmera");
        await door.SeesAsync("Zoé", ".outcome.good");
        await door.PressAsync("Desligar a câmera");
        if (offline)
            await door.SeesAsync("1 entrada para enviar", ".door-state");
        // Nowhere else may a page compile anything.
        await door.Page.Context.SetOfflineAsync(false);
        var elsewhere = await door.GoAsync("/conta");
        Assert.DoesNotContain("wasm", await elsewhere.HeaderValueAsync("content-security-policy"));
    }

    [Fact]
    public async Task A_door_is_installed()
    {
        var team = await system.TeamAsync(publish: true);
        await using var door = await OpenAsync(team, "Norte");
        var manifest = await door.Page.GetAttributeAsync("link[rel=manifest]", "href");
        var answer = await door.Page.APIRequest.GetAsync(system.BaseUrl + manifest![1..]);
        Assert.Equal("standalone", (await answer.JsonAsync())!.Value.GetProperty("display").GetString());
        await door.SeesAsync("pronta sem rede", "[data-along]");
        Assert.Equal(
            "br",
            await door.Page.EvaluateAsync<string>(
                "path => fetch(path).then(answer => answer.headers.get('content-encoding'))",
                $"/portaria/{team.Show.SessionId}/lista.json"
            )
        );
        // The page and its files are kept, and no file that no page names.
        await door.Page.EvaluateAsync(
            "caches.open('door-1').then(cache => cache.put('/assets/old.js', new Response('')))"
        );
        await door.Page.ReloadAsync();
        await ReadyAsync(door);
        var kept = await door.Page.EvaluateAsync<string[]>(
            "caches.open('door-1').then(cache => cache.keys()).then(keys => keys.map(key => new URL(key.url).pathname))"
        );
        Assert.DoesNotContain("/assets/old.js", kept);
        Assert.Contains($"/portaria/{team.Show.SessionId}", kept);
        var files = await door.Page.EvaluateAsync<string[]>(
            "[...document.querySelectorAll('script[src], link[rel=stylesheet]')].map(e => new URL(e.src ?? e.href).pathname)"
        );
        Assert.Empty(files.Except(kept));
        // What was admitted is told by its own page alone.
        Assert.Equal(
            400,
            await door.Page.EvaluateAsync<int>(
                """
                path => fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: '{"deviceId":"a","scans":[]}' })
                  .then(answer => answer.status)
                """,
                $"/portaria/{team.Show.SessionId}/lote"
            )
        );
        Assert.Equal(
            422,
            await door.Page.EvaluateAsync<int>(
                """
                path => fetch(path, {
                  method: "POST",
                  headers: {
                    "Content-Type": "application/json",
                    RequestVerificationToken: document.querySelector("[name=__RequestVerificationToken]").value,
                  },
                  body: "[]",
                }).then(answer => answer.status)
                """,
                $"/portaria/{team.Show.SessionId}/lote"
            )
        );
        Assert.Equal(
            "/portaria",
            await door.Page.EvaluateAsync<string>("navigator.serviceWorker.ready.then(r => new URL(r.scope).pathname)")
        );
    }

    /// <summary>With its list, and ready to be without a network.</summary>
    /// <summary>It has its list, listens, and opens again without a network.</summary>
    internal static async Task ReadyAsync(Visitor door)
    {
        await door.Page.WaitForSelectorAsync(".door[data-list][data-ready]");
        await door.Page.EvaluateAsync("navigator.serviceWorker.ready.then(() => true)");
    }

    private async Task<Visitor> OpenAsync(Team team, string gate)
    {
        var visitor = await system.VisitAsync(new() { BypassCSP = true });
        await visitor.SignInFirstAsync(team.Person);
        await visitor.Page.AddInitScriptAsync(Told);
        await visitor.GoAsync($"/portaria/{team.Show.SessionId}");
        await ReadyAsync(visitor);
        await visitor.Page.FillAsync("#gate", gate);
        return visitor;
    }

    [Fact]
    public async Task Who_is_scanned_while_another_is_asked_about_is_asked_about_next()
    {
        var team = await system.TeamAsync(publish: true);
        var buyer = await system.BuyerAsync();
        var codes = await CodesAsync(team, buyer, 2);
        await using var door = await OpenAsync(team, "Norte");
        var answers = new TaskCompletionSource();
        await door.Page.RouteAsync(
            "**/portaria/*",
            async route =>
            {
                if (route.Request.Method == "POST")
                    await answers.Task;
                await route.ContinueAsync();
            }
        );
        foreach (var code in codes)
        {
            await door.Page.FillAsync("#code", code);
            await door.Page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(door.Page.Locator("#code")).ToHaveValueAsync("");
        }
        await door.Page.FillAsync("#code", "NADA");
        answers.SetResult();
        await door.SeesAsync("2 de 2 dentro", ".door-count");
        await Assertions.Expect(door.Page.Locator("#code")).ToHaveValueAsync("NADA");
    }

    [Fact]
    public async Task An_answer_that_is_lost_or_never_comes_holds_nobody_up()
    {
        var team = await system.TeamAsync(publish: true);
        var buyer = await system.BuyerAsync();
        var codes = await CodesAsync(team, buyer, 4);
        await using var door = await OpenAsync(team, "Norte");

        // The server admits, and its answer does not come.
        await door.Page.RouteAsync(
            "**/portaria/*",
            async route =>
            {
                if (route.Request.Method != "POST")
                {
                    await route.ContinueAsync();
                    return;
                }
                await route.FetchAsync();
                await route.AbortAsync();
            }
        );
        await ScanAsync(door, codes[0], "good", "Zoé");
        await door.Page.UnrouteAllAsync();
        // A key of the first scan's is not the next one's.
        await ScanAsync(door, codes[0], "bad", "Já entrou");
        await door.Page.EvaluateAsync("dispatchEvent(new Event('online'))");
        await Assertions.Expect(door.Page.Locator(".door-state")).ToBeHiddenAsync();
        await ScanAsync(door, codes[1], "good", "Zoé");
        await door.SeesAsync("2 de 4 dentro", ".door-count");
        await Assertions.Expect(door.Page.Locator(".door-state")).ToBeHiddenAsync();

        // A network that is there and dead: the first one waits for it, and sees that; the next ones do not.
        var hung = new TaskCompletionSource();
        var asked = 0;
        await door.Page.RouteAsync(
            "**/portaria/**",
            async route =>
            {
                if (route.Request.Method == "POST" && !route.Request.Url.EndsWith("/lote", StringComparison.Ordinal))
                    Interlocked.Increment(ref asked);
                await hung.Task;
                await route.AbortAsync();
            }
        );
        await door.Page.FillAsync("#code", codes[1]);
        // It is there at once, and for as long as somebody waits.
        Assert.Equal(
            "Conferindo",
            await door.Page.EvaluateAsync<string>(
                """
                () => {
                  document.querySelector("[data-scan]").requestSubmit();
                  return document.querySelector(".outcome.waiting h2").textContent;
                }
                """
            )
        );
        await door.SeesAsync("Já entrou", ".outcome.bad");
        await door.SeesAsync("Sem rede", ".door-state");
        await ScanAsync(door, codes[2], "good", "Zoé");
        await door.SeesAsync("1 entrada para enviar", ".door-state");
        Assert.Equal(1, asked);
        hung.SetResult();
        await door.Page.UnrouteAllAsync(new() { Behavior = UnrouteBehavior.IgnoreErrors });
        await door.Page.EvaluateAsync("dispatchEvent(new Event('online'))");
        await Assertions.Expect(door.Page.Locator(".door-state")).ToBeHiddenAsync();
        await door.SeesAsync("3 de 4 dentro", ".door-count");

        // What cannot be kept is not let in; the door goes on once it can.
        await door.Page.Context.SetOfflineAsync(true);
        await door.Page.EvaluateAsync(
            """
            () => {
              window.add = IDBObjectStore.prototype.add;
              IDBObjectStore.prototype.add = () => { throw new DOMException("full", "QuotaExceededError"); };
            }
            """
        );
        await ScanAsync(door, codes[3], "bad", "não consegue guardar");
        await ScanAsync(door, codes[0], "bad", "Já entrou");
        await door.Page.EvaluateAsync("() => { IDBObjectStore.prototype.add = add; }");
        await door.Page.FillAsync("#gate", " ");
        await ScanAsync(door, codes[3], "good", "Zoé");
        // One that the server does not take is set aside, and holds no other one up.
        await door.Page.EvaluateAsync(
            """
            session => new Promise(done => indexedDB.open("ticketing-door").onsuccess = ({ target: { result: database } }) => {
              const transaction = database.transaction("queue", "readwrite");
              transaction.objectStore("queue").put({ key: 0, session, number: "NADA2345", at: new Date().toISOString(), gate: "" });
              transaction.oncomplete = () => { database.close(); done(); };
            })
            """,
            team.Show.SessionId
        );
        await door.Page.Context.SetOfflineAsync(false);
        await door.SeesAsync("NADA2345", ".door-state section");
        await door.SeesAsync("4 de 4 dentro", ".door-count");
        await door.Page.ReloadAsync();
        await door.SeesAsync("NADA2345", ".door-state section");
        await door.PressAsync("Visto");
        await Assertions.Expect(door.Page.Locator(".door-state")).ToBeHiddenAsync();

        // Whose door it is no more is told so, and lets nobody in.
        foreach (var part in new[] { "**/lista.json", $"**/portaria/{team.Show.SessionId}" })
            await door.Page.RouteAsync(part, route => route.FulfillAsync(new() { Status = 404 }));
        await ScanAsync(door, codes[0], "bad", "não está mais nesta portaria");
        await door.CountsAsync(KeptLists, 0);
    }

    private static async Task<List<string>> CodesAsync(Team team, Buyer buyer, int count)
    {
        var codes = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var order = await buyer.OrderByCardAsync(team.Show, "tok_approve");
            var id = (await buyer.WaitForStatusAsync(order, "fulfilled"))["tickets"]![0]!.Id();
            codes.Add((await buyer.Api.GetAsync($"/api/v1/tickets/{id}", default)).Text("code"));
        }
        return codes;
    }

    private static async Task ScanAsync(Visitor visitor, string code, string colour, string says)
    {
        await visitor.Page.FillAsync("#code", code);
        await visitor.Page.Keyboard.PressAsync("Enter");
        await visitor.SeesAsync(says, $".outcome.{colour}");
        await Assertions.Expect(visitor.Page.Locator("#code")).ToBeFocusedAsync();
        await Assertions.Expect(visitor.Page.Locator("#code")).ToHaveValueAsync("");
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
