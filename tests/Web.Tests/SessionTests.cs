using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Web.Tests;

/// <summary>How a session begins, goes on and ends; the provider and the services behind the pages are played.</summary>
public sealed partial class SessionTests : IAsyncLifetime
{
    private const string Cookie = "ticketing-session";

    private readonly PeerStub orders = new();
    private readonly PeerStub users = new();
    private readonly Guid someone = Guid.CreateVersion7();
    private TestSystem system = null!;

    /// <summary>Of the tokens that are given; less than a minute is renewed with each request.</summary>
    private int lasts = 3600;
    private int exchanged;

    /// <summary>The refresh token that is good; another one is refused.</summary>
    private string good = "";

    public async ValueTask InitializeAsync()
    {
        system = await new TestSystem()
            .Service(AppIds.Web, WebService.Build, "Web:EmbeddedProvider=false")
            .Stub(AppIds.Orders, orders)
            .Stub(AppIds.Users, users)
            .Stub(AppIds.Tickets, new() { Handle = _ => Task.FromResult(PeerStub.Problem(401, "unauthenticated")) })
            .StartAsync();
        system.Issuer.Exchange = form => Task.FromResult(Exchange(form));
        users.Handle = asked =>
            Task.FromResult(
                asked.Path == "/api/v1/me" && asked.Method == "GET"
                    ? PeerStub.Json(
                        new
                        {
                            id = someone,
                            email = "ana@example.com",
                            emailVerified = true,
                            name = "Ana",
                            locale = "pt-BR",
                            roles = Array.Empty<string>(),
                        }
                    )
                : asked.Path == "/api/v1/me/consents" ? PeerStub.Json(new { consents = Array.Empty<object>() })
                : PeerStub.Problem(401, "unauthenticated")
            );
    }

    public ValueTask DisposeAsync() => system.DisposeAsync();

    private IResult Exchange(IFormCollection form)
    {
        if (form["grant_type"] == "refresh_token" && form["refresh_token"] != good)
            return Results.BadRequest();
        good = $"refresh-{Interlocked.Increment(ref exchanged)}";
        var id = new Dictionary<string, object>
        {
            ["sub"] = someone.ToString(),
            ["aud"] = "ticketing-web",
            ["name"] = "Ana",
        };
        // The code of a sign-in is its nonce here.
        if (form["code"].ToString() is { Length: > 0 } nonce)
            id["nonce"] = nonce;
        return Results.Json(
            new
            {
                access_token = $"access-{exchanged}",
                refresh_token = good,
                id_token = system.Issuer.Token(id, type: "JWT"),
                token_type = "Bearer",
                expires_in = lasts.ToString(CultureInfo.InvariantCulture),
            }
        );
    }

    /// <summary>With the cookies that it was given, wherever they belong.</summary>
    private sealed class Browser(HttpClient http) : IDisposable
    {
        public Dictionary<string, string> Cookies { get; init; } = [];

        /// <summary>Of all answers, in their order.</summary>
        public List<string> Given { get; } = [];

        public Browser Copy() => new(http) { Cookies = new(Cookies) };

        public Task<HttpResponseMessage> GetAsync(string path, params (string, string)[] headers) =>
            SendAsync(HttpMethod.Get, path, null, headers);

        public Task<HttpResponseMessage> PostAsync(
            string path,
            Dictionary<string, string> form,
            params (string, string)[] headers
        ) => SendAsync(HttpMethod.Post, path, new FormUrlEncodedContent(form), headers);

        private async Task<HttpResponseMessage> SendAsync(
            HttpMethod method,
            string path,
            HttpContent? content,
            (string Name, string Value)[] headers
        )
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            if (Cookies.Count > 0)
                request.Headers.Add("Cookie", string.Join("; ", Cookies.Select(c => $"{c.Key}={c.Value}")));
            foreach (var (name, value) in headers)
                request.Headers.Add(name, value);
            var answer = await http.SendAsync(request);
            if (answer.Headers.TryGetValues("Set-Cookie", out var given))
                foreach (var line in given)
                {
                    Given.Add(line);
                    var (name, value) = line.Split(';')[0].Split('=', 2) is [var n, var v] ? (n, v) : ("", "");
                    if (value.Length == 0)
                        Cookies.Remove(name);
                    else
                        Cookies[name] = value;
                }
            return answer;
        }

        public void Dispose() => http.Dispose();
    }

    private Browser Open() => new(system.Client(AppIds.Web));

    private async Task<Browser> SignedInAsync()
    {
        var browser = Open();
        using var challenge = await browser.GetAsync("/entrar");
        using var back = await ComeBackAsync(browser, challenge);
        Assert.Contains(Cookie, browser.Cookies.Keys);
        return browser;
    }

    /// <summary>From the provider, where somebody has signed in.</summary>
    private static Task<HttpResponseMessage> ComeBackAsync(Browser browser, HttpResponseMessage challenge)
    {
        var asked = QueryHelpers.ParseQuery(challenge.Headers.Location!.Query);
        var back = QueryHelpers.AddQueryString(
            "/auth/callback",
            new Dictionary<string, string?> { ["code"] = asked["nonce"], ["state"] = asked["state"] }
        );
        return browser.GetAsync(back);
    }

    private bool IsChallenge(HttpResponseMessage answer) =>
        answer.StatusCode == HttpStatusCode.Redirect
        && answer.Headers.Location!.OriginalString.StartsWith(system.Issuer.Authority, StringComparison.Ordinal);

    private static async Task<Dictionary<string, string>> FormAsync(Browser browser, string handler)
    {
        using var page = await browser.GetAsync("/conta");
        var token = Token().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value;
        return new() { ["__RequestVerificationToken"] = token, ["_handler"] = handler };
    }

    /// <summary>Asks for what is answered when <paramref name="released"/> is.</summary>
    private async Task<Task<HttpResponseMessage>> PollAsync(Browser browser, Task released)
    {
        orders.Handle = async _ =>
        {
            await released;
            return PeerStub.Problem(404, "not-found");
        };
        var poll = browser.GetAsync($"/pedidos/{Guid.CreateVersion7()}/mudou?mark=x");
        await Eventually.TrueAsync(() => Task.FromResult(!orders.Requests.IsEmpty));
        return poll;
    }

    private async Task<object?> StoreAsync(string sql)
    {
        await using var dapr = NpgsqlDataSource.Create(system.DaprDatabase);
        await using var command = dapr.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    [Fact]
    public async Task Who_signs_out_stays_signed_out_whatever_is_still_on_its_way()
    {
        lasts = 30;
        using var person = await SignedInAsync();
        var form = await FormAsync(person, "");
        using var old = person.Copy();
        var answered = new TaskCompletionSource();
        var poll = await PollAsync(old, answered.Task);

        using (var left = await person.PostAsync("/sair", form))
            Assert.Equal(HttpStatusCode.Redirect, left.StatusCode);
        Assert.DoesNotContain(Cookie, person.Cookies.Keys);
        answered.SetResult();
        using (await poll)
            Assert.DoesNotContain(old.Given, c => c.StartsWith(Cookie, StringComparison.Ordinal));

        using var again = await old.GetAsync("/pedidos");
        Assert.True(IsChallenge(again));
        Assert.Equal(0L, await StoreAsync("SELECT count(*) FROM state WHERE key LIKE '%session-%'"));
    }

    [Fact]
    public async Task A_session_that_ends_while_its_token_is_renewed_is_over()
    {
        lasts = 30;
        using var person = await SignedInAsync();
        var (asked, given) = (new TaskCompletionSource(), new TaskCompletionSource());
        system.Issuer.Exchange = async form =>
        {
            asked.SetResult();
            await given.Task;
            return Exchange(form);
        };
        var page = person.GetAsync("/conta");
        await asked.Task;
        await StoreAsync("DELETE FROM state WHERE key LIKE '%session-%'");
        given.SetResult();

        using var answer = await page;
        Assert.True(IsChallenge(answer));
        Assert.Equal(0L, await StoreAsync("SELECT count(*) FROM state WHERE key LIKE '%session-%'"));
    }

    [Fact]
    public async Task A_renewed_token_is_everybodys_at_once()
    {
        lasts = 30;
        using var person = await SignedInAsync();
        lasts = 3600;
        var answered = new TaskCompletionSource();
        using var tab = person.Copy();
        var poll = await PollAsync(tab, answered.Task);

        // The provider takes no refresh token twice.
        using (var page = await person.GetAsync("/conta"))
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal(2, exchanged);
        answered.SetResult();
        (await poll).Dispose();
    }

    [Fact]
    public async Task A_script_is_told_that_nobody_is_signed_in_and_lays_no_cookies()
    {
        using var browser = Open();
        foreach (var path in new[] { $"/pedidos/{Guid.CreateVersion7()}/mudou", "/conta", "/entrar" })
        {
            using var told = await browser.GetAsync(path, ("Sec-Fetch-Mode", "cors"));
            Assert.Equal(HttpStatusCode.Unauthorized, told.StatusCode);
            Assert.Empty(browser.Given);
        }
        using var led = await browser.GetAsync("/conta", ("Sec-Fetch-Mode", "navigate"));
        Assert.True(IsChallenge(led));
        using var older = await browser.GetAsync("/conta");
        Assert.True(IsChallenge(older));

        // So it is where the API says that the session is over.
        using var person = await SignedInAsync();
        orders.Handle = _ => Task.FromResult(PeerStub.Problem(401, "unauthenticated"));
        using var over = await person.GetAsync($"/pedidos/{Guid.CreateVersion7()}/mudou", ("Sec-Fetch-Mode", "cors"));
        Assert.Equal(HttpStatusCode.Unauthorized, over.StatusCode);
        Assert.DoesNotContain(Cookie, person.Cookies.Keys);
    }

    [Fact]
    public async Task Signing_out_twice_ends_the_providers_session_too()
    {
        using var browser = Open();
        using var posted = await browser.PostAsync("/sair", []);
        Assert.StartsWith(TestIssuer.Pages + "/logout?", posted.Headers.Location!.OriginalString);
        using var got = await browser.GetAsync("/sair");
        Assert.Equal((HttpStatusCode.Redirect, "/"), (got.StatusCode, got.Headers.Location!.OriginalString));

        using var person = await SignedInAsync();
        using var forged = await person.PostAsync("/sair", []);
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        using var page = await person.GetAsync("/conta");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    /// <summary>Browsers hold the redirects after a form to its policy, too.</summary>
    [Fact]
    public async Task A_form_may_lead_to_wherever_the_provider_has_its_pages()
    {
        using var browser = Open();
        var own = new Uri(system.Issuer.Authority).GetLeftPart(UriPartial.Authority);
        await Eventually.TrueAsync(async () =>
        {
            using var page = await browser.GetAsync("/entrada-interrompida");
            return page
                .Headers.GetValues("Content-Security-Policy")
                .Single()
                .EndsWith($"form-action 'self' {own} {TestIssuer.Pages}", StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task An_address_that_was_cut_is_answered_with_a_page()
    {
        using var person = await SignedInAsync();
        foreach (
            var path in new[]
            {
                "/eventos/x/agenda.ics?sessao=x",
                "/entrar?volta=/a&volta=/b",
                $"/organizar/{someone}/eventos/{someone}/entrada.csv?data=x",
            }
        )
        {
            using var answer = await person.GetAsync(path, ("Accept", "text/html"), ("Accept-Language", "en"));
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
            Assert.Contains("This address is not right", await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Public_pages_are_there_while_sessions_cannot_be_read_and_others_say_so()
    {
        const string open = "/entrada-interrompida";
        using var person = await SignedInAsync();
        var form = await FormAsync(person, "");
        await StoreAsync("ALTER TABLE state RENAME TO away");
        using (var answer = await person.GetAsync(open))
        {
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            // Else a door's phone would forget its list.
            Assert.DoesNotContain("data-signed-out", await answer.Content.ReadAsStringAsync());
        }
        foreach (
            var ask in new Func<Task<HttpResponseMessage>>[]
            {
                () => person.GetAsync("/conta"),
                () => person.GetAsync("/entrar"),
                () => person.PostAsync("/conta", form),
                () => person.PostAsync("/sair", form),
                // Neither is anybody told to have signed out, nor signed out.
                () => person.PostAsync($"/eventos/x/sessoes/{someone}", form, ("Sec-Fetch-Site", "same-origin")),
                () => person.GetAsync($"/ingressos/{someone}/pdf"),
            }
        )
        {
            using var answer = await ask();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
            Assert.DoesNotContain("data-signed-out", await answer.Content.ReadAsStringAsync());
        }
        await StoreAsync("ALTER TABLE away RENAME TO state");
        using var again = await person.GetAsync("/conta");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        using var stranger = Open();
        using var signedOut = await stranger.GetAsync(open);
        Assert.Contains("data-signed-out", await signedOut.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_form_whose_session_had_ended_comes_back_marked()
    {
        using var browser = Open();
        using var challenge = await browser.PostAsync("/conta?salvo=1&a=b", []);
        Assert.True(IsChallenge(challenge));
        using var back = await ComeBackAsync(browser, challenge);
        Assert.Equal("/conta?a=b&interrompido=1", back.Headers.Location!.OriginalString);
        using var page = await browser.GetAsync("/conta?interrompido=1");
        Assert.Contains("Sua sessão tinha acabado: nada foi enviado.", await page.Content.ReadAsStringAsync());

        // So it does where the API says that the session is over.
        using var over = await browser.PostAsync("/conta", await FormAsync(browser, "profile"));
        Assert.Equal("/entrar?volta=%2Fconta%3Finterrompido%3D1", over.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task A_form_of_ours_that_somebody_else_sends_comes_back_marked_and_another_sites_is_refused()
    {
        using var person = await SignedInAsync();
        foreach (var header in new[] { ("Sec-Fetch-Site", "same-origin"), ("Origin", "http://localhost:8080") })
        {
            using var answer = await person.PostAsync("/conta?salvo=1", new() { ["_handler"] = "profile" }, header);
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
            Assert.Equal("/conta?interrompido=2", answer.Headers.Location!.OriginalString);
        }
        foreach (
            var headers in new (string, string)[][]
            {
                [],
                [("Origin", "http://evil.example")],
                [("Origin", "null")],
                [("Sec-Fetch-Site", "cross-site"), ("Origin", "http://localhost:8080")],
                [("Sec-Fetch-Site", "same-site")],
                // A script looks at the answer itself.
                [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "cors")],
            }
        )
        {
            using var answer = await person.PostAsync("/conta", new() { ["_handler"] = "profile" }, headers);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        var (session, type) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var choice = new Dictionary<string, string> { ["_handler"] = "hold", [$"n-{type}"] = "2" };
        using var chosen = await person.PostAsync(
            $"/eventos/x/sessoes/{session}",
            choice,
            ("Sec-Fetch-Site", "same-origin")
        );
        Assert.Equal($"/eventos/x/sessoes/{session}?interrompido=2", chosen.Headers.Location!.OriginalString);
        Assert.Equal($"{session:N}.{type:N}-2.", person.Cookies["ticketing-choice"]);
    }

    [GeneratedRegex(@"name=""__RequestVerificationToken"" value=""([^""]+)""")]
    private static partial Regex Token();
}
