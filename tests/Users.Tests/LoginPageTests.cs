using System.Net;
using Microsoft.AspNetCore.Http;

namespace Ticketing.Users.Tests;

public sealed class LoginPageTests(UsersApp users)
{
    [Fact]
    public async Task A_person_signs_in_at_the_page_and_the_client_gets_tokens()
    {
        var person = await users.RegisterAsync();
        var browser = new Browser(users);
        var answer = await browser.SignInAsync(person);
        var parameters = Browser.ParametersOf(answer);
        Assert.Equal("the state", parameters["state"]);
        Assert.Equal("http://localhost:8080/", parameters["iss"]);
        var tokens = await Tokens.ReadAsync(await browser.ExchangeAsync(parameters["code"]!));
        var id = Jwt.Read(tokens.Id!).Claims;
        Assert.Equal("the nonce", id["nonce"]!.GetValue<string>());
        Assert.Equal("Ana Conceição", id["name"]!.GetValue<string>());
        Assert.NotNull(id["auth_time"]);
        using var me = users.Bearer(tokens.Access);
        await (await me.GetAsync("/api/v1/me")).IsOkAsync();
        var refreshed = await browser.Http.RefreshAsync(tokens.Refresh!, "ticketing-web");
        Assert.NotNull((await Tokens.ReadAsync(refreshed)).Refresh);

        // Signed in at this browser: the next client is served at once.
        Assert.NotEmpty(Browser.CodeOf(await browser.AuthorizeAsync()));
    }

    [Fact]
    public async Task A_code_works_once_and_only_with_its_verifier()
    {
        var person = await users.RegisterAsync();
        var browser = new Browser(users);
        var stolen = Browser.CodeOf(await browser.SignInAsync(person));
        var guess = await browser.ExchangeAsync(stolen, new string('x', 43));
        await guess.IsOAuthErrorAsync("invalid_grant");
        var code = Browser.CodeOf(await browser.AuthorizeAsync());
        var tokens = await Tokens.ReadAsync(await browser.ExchangeAsync(code));
        await (await browser.ExchangeAsync(code)).IsOAuthErrorAsync("invalid_grant");
        // A code that came twice was stolen: what it gave is over.
        var refreshed = await browser.Http.RefreshAsync(tokens.Refresh!, "ticketing-web");
        await refreshed.IsOAuthErrorAsync("invalid_grant");
    }

    [Theory]
    [InlineData("redirect_uri", "https://evil.example/callback")]
    [InlineData("redirect_uri", null)]
    [InlineData("client_id", "nobody")]
    [InlineData("client_id", "\0")]
    public async Task Nobody_is_sent_to_an_address_that_is_not_the_clients(string name, string? value)
    {
        var browser = new Browser(users);
        var request = browser.Request;
        request[name] = value;
        var answer = await browser.AuthorizeAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(answer.Headers.Location);
    }

    [Theory]
    [InlineData("code_challenge", null)]
    [InlineData("code_challenge_method", "plain")]
    [InlineData("response_type", "token")]
    [InlineData("scope", "openid root")]
    public async Task A_request_that_is_not_acceptable_gets_no_code(string name, string? value)
    {
        var browser = new Browser(users);
        var request = browser.Request;
        request[name] = value;
        if (name == "code_challenge")
            request.Remove("code_challenge_method");
        var answer = await browser.AuthorizeAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("error:", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Prompt_and_max_age_decide_who_is_asked()
    {
        var person = await users.RegisterAsync();
        var browser = new Browser(users);
        var request = browser.Request;
        request["prompt"] = "none";
        var nobody = await browser.AuthorizeAsync(request);
        Assert.Equal("login_required", Browser.ParametersOf(nobody)["error"]);
        await browser.SignInAsync(person);
        Assert.NotEmpty(Browser.CodeOf(await browser.AuthorizeAsync(request)));

        request["prompt"] = "login";
        Assert.NotEmpty(Browser.CodeOf(await browser.SignInAsync(person, request)));
        request.Remove("prompt");
        request["max_age"] = "3600";
        Assert.NotEmpty(Browser.CodeOf(await browser.AuthorizeAsync(request)));
        // Longer than time lasts.
        request["max_age"] = $"{long.MaxValue}";
        Assert.NotEmpty(Browser.CodeOf(await browser.AuthorizeAsync(request)));
        request["max_age"] = $"{long.MinValue}";
        Assert.StartsWith("/account/login", (await browser.AuthorizeAsync(request)).Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_new_password_signs_the_browser_out()
    {
        var person = await users.RegisterAsync();
        var browser = new Browser(users);
        var code = Browser.CodeOf(await browser.SignInAsync(person));
        using var me = await users.SignInAsync(person);
        await me.PutJsonAsync(
            "/api/v1/me/password",
            new { currentPassword = UsersApp.Password, newPassword = "staple battery horse" }
        );
        await (await browser.ExchangeAsync(code)).IsOAuthErrorAsync("invalid_grant");
        var answer = await browser.AuthorizeAsync();
        Assert.StartsWith("/account/login", answer.Headers.Location!.ToString());
    }

    [Theory]
    [InlineData("en-GB,en;q=0.9", null, "en", "Sign in", "The e-mail address or the password is wrong.")]
    [InlineData("en;q=0.5,pt;q=0.9", null, "pt-BR", "Entrar", "E-mail ou senha incorretos.")]
    [InlineData("tlh", null, "pt-BR", "Entrar", "E-mail ou senha incorretos.")]
    [InlineData("pt-BR", "en", "en", "Sign in", "The e-mail address or the password is wrong.")]
    [InlineData("pt-BR", null, "en", "Sign in", "The e-mail address or the password is wrong.", "en")]
    [InlineData("en", "en", "en", "Sign in", "The e-mail address or the password is wrong.", "pt-BR")]
    [InlineData("en", null, "en", "Sign in", "The e-mail address or the password is wrong.", "xx")]
    public async Task The_page_speaks_the_persons_language(
        string accept,
        string? asked,
        string language,
        string title,
        string wrong,
        string? chosen = null
    )
    {
        var browser = new Browser(users);
        browser.Http.DefaultRequestHeaders.Add("Accept-Language", accept);
        if (chosen is not null)
            browser.Http.DefaultRequestHeaders.Add("Cookie", $"ticketing-language={chosen}");
        var request = browser.Request;
        request["ui_locales"] = asked;
        var page = await browser.FollowAsync(await browser.AuthorizeAsync(request));
        var html = WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync());
        Assert.Contains($"<html lang=\"{language}\">", html);
        Assert.Contains($"<h1>{title}</h1>", html);
        var answer = await browser.SubmitAsync(page, ("email", UsersApp.NewEmail()), ("password", "not my password"));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        html = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Contains($"role=\"alert\" id=\"problem\">{wrong}</p>", html);
    }

    [Fact]
    public async Task The_page_runs_no_script_and_is_framed_by_nobody()
    {
        var browser = new Browser(users);
        var page = await browser.FollowAsync(await browser.AuthorizeAsync());
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Equal("DENY", page.Headers.GetValues("X-Frame-Options").Single());
        Assert.True(page.Headers.CacheControl!.NoStore);
        var html = await page.Content.ReadAsStringAsync();
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("style=", html);
        foreach (var id in new[] { "email", "password" })
        {
            Assert.Contains($"<label for=\"{id}\">", html);
            Assert.Contains($"<input id=\"{id}\"", html);
        }
        var style = await browser.Http.GetAsync("/account/login.css");
        Assert.Equal("text/css", style.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task What_is_typed_is_text()
    {
        var browser = new Browser(users);
        var page = await browser.FollowAsync(await browser.AuthorizeAsync());
        var answer = await browser.SubmitAsync(
            page,
            ("email", "\"><script>alert(1)</script>"),
            ("password", "not my password")
        );
        Assert.DoesNotContain("<script", await answer.Content.ReadAsStringAsync());
        var query = QueryString.Create("returnUrl", "\"><script>alert(1)</script>");
        var shown = await browser.Http.GetAsync("/account/login" + query);
        Assert.DoesNotContain("<script", await shown.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_form_that_the_page_did_not_give_signs_nobody_in()
    {
        var person = await users.RegisterAsync();
        var browser = new Browser(users);
        var answer = await browser.Http.PostFormAsync(
            "/account/login",
            [("email", person.Email), ("password", UsersApp.Password)]
        );
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain(
            answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : [],
            c => c.StartsWith("ticketing-login", StringComparison.Ordinal)
        );
        using var json = new StringContent("{}", null, "application/json");
        Assert.Equal(
            HttpStatusCode.UnsupportedMediaType,
            (await browser.Http.PostAsync("/account/login", json)).StatusCode
        );
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("/connect/authorize/../../evil")]
    [InlineData("/connect/authorize?state=\r\nLocation: https://evil.example/")]
    [InlineData("/connect/authorize?state=é")]
    [InlineData("")]
    public async Task After_the_login_nobody_is_led_astray(string returnUrl)
    {
        var person = await users.RegisterAsync();
        var browser = new Browser(users);
        var page = await browser.Http.GetAsync("/account/login" + QueryString.Create("returnUrl", returnUrl));
        var answer = await browser.SubmitAsync(page, ("email", person.Email), ("password", UsersApp.Password));
        Assert.Equal("/", answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Too_many_guesses_at_the_page_have_to_wait()
    {
        var person = await users.RegisterAsync();
        var browser = new Browser(users);
        var page = await browser.FollowAsync(await browser.AuthorizeAsync());
        HttpResponseMessage answer;
        var tries = 0;
        do answer = await browser.SubmitAsync(page, ("email", person.Email), ("password", "not my password"));
        while (++tries < 20 && answer.StatusCode == HttpStatusCode.Unauthorized);
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(11, tries);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Contains("role=\"alert\"", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_client_signs_the_person_out_with_the_id_token()
    {
        var person = await users.RegisterAsync();
        var browser = new Browser(users);
        var code = Browser.CodeOf(await browser.SignInAsync(person));
        var tokens = await Tokens.ReadAsync(await browser.ExchangeAsync(code));
        var answer = await browser.Http.GetAsync(
            "/connect/logout"
                + QueryString.Create(
                    new Dictionary<string, string?>
                    {
                        ["id_token_hint"] = tokens.Id,
                        ["post_logout_redirect_uri"] = "http://localhost:8080/",
                        ["state"] = "bye",
                    }
                )
        );
        Assert.Equal("http://localhost:8080/?state=bye", answer.Headers.Location!.ToString());
        var next = await browser.AuthorizeAsync();
        Assert.StartsWith("/account/login", next.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Without_the_id_token_the_person_is_asked_before_the_logout()
    {
        var person = await users.RegisterAsync();
        var browser = new Browser(users);
        await browser.SignInAsync(person);
        var query = QueryString.Create(
            new Dictionary<string, string?>
            {
                ["client_id"] = "ticketing-web",
                ["post_logout_redirect_uri"] = "http://localhost:8080/",
            }
        );
        var page = await browser.Http.GetAsync("/connect/logout" + query);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.NotEmpty(Browser.CodeOf(await browser.AuthorizeAsync()));
        var answer = await browser.SubmitAsync(page);
        Assert.Equal("http://localhost:8080/", answer.Headers.Location!.ToString());
        var next = await browser.AuthorizeAsync();
        Assert.StartsWith("/account/login", next.Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_logout_leads_nobody_astray()
    {
        using var http = users.Anonymous();
        var answer = await http.GetAsync("/connect/logout?post_logout_redirect_uri=https%3A%2F%2Fevil.example%2F");
        Assert.DoesNotContain("evil", answer.Headers.Location?.ToString() ?? "");
    }
}
