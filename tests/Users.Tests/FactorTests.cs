using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using CsCheck;
using Ticketing.Users.Factors;

namespace Ticketing.Users.Tests;

public sealed partial class FactorTests(UsersApp users)
{
    private const string Security = "/account/security";
    private const int AtOnce = 6;

    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1234567890, "005924")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_the_standard(long seconds, string code) =>
        Assert.Equal(
            code,
            Totp.CodeAt("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", DateTimeOffset.FromUnixTimeSeconds(seconds))
        );

    [Fact]
    public void A_code_works_for_half_a_minute_more_or_less()
    {
        var secret = Totp.NewSecret();
        Assert.Equal(32, secret.Length);
        Gen.Int[-600, 600]
            .Sample(off =>
            {
                var now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_015);
                var code = Totp.CodeAt(secret, now.AddSeconds(off));
                return Math.Abs(off) >= 45 || Totp.StepOf(secret, code, now) is not null;
            });
        Assert.Null(Totp.StepOf(secret, "", DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public async Task Who_has_an_authenticator_is_asked_for_its_code_and_each_works_once()
    {
        var person = await users.RegisterAsync();
        var (secret, recovery) = await AddAppAsync(person);
        await users.MailAsync(person.Email, "A segurança da sua conta mudou");

        var browser = new Browser(users);
        var second = await browser.FollowAsync(await browser.SignInAsync(person));
        Assert.Contains("one-time-code", await second.Content.ReadAsStringAsync());
        var wrong = await browser.SubmitAsync(second, ("code", "12345"));
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        // The one that added the app is used up; the next half minute's is accepted already.
        var code = Totp.CodeAt(secret, TimeProvider.System.GetUtcNow().AddSeconds(30));
        var answer = await browser.FollowAsync(await browser.SubmitAsync(second, ("code", code)));
        var tokens = await Tokens.ReadAsync(await browser.ExchangeAsync(Browser.CodeOf(answer)));
        foreach (var token in new[] { tokens.Access, tokens.Id! })
        {
            var claims = Jwt.Read(token).Claims;
            Assert.Equal("mfa", claims["acr"]!.GetValue<string>());
            Assert.Equal("""["pwd","otp"]""", claims["amr"]!.ToJsonString());
            Assert.NotNull(claims["auth_time"]);
        }

        var thief = new Browser(users);
        var asked = await thief.FollowAsync(await thief.SignInAsync(person));
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.SubmitAsync(asked, ("code", code))).StatusCode);
        // A recovery code works in its place, once, however many try it at once.
        var tries = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => thief.SubmitAsync(asked, ("code", recovery[0].ToLowerInvariant())))
        );
        Assert.Single(tries, t => t.StatusCode == HttpStatusCode.Redirect);
        Assert.NotEmpty(Browser.CodeOf(await thief.AuthorizeAsync()));
    }

    [Fact]
    public async Task A_code_can_be_guessed_at_five_times()
    {
        var person = await users.RegisterAsync();
        var (secret, _) = await AddAppAsync(person);
        var browser = new Browser(users);
        var second = await browser.FollowAsync(await browser.SignInAsync(person));
        var guesses = await Task.WhenAll(
            Enumerable.Range(0, 2 * AtOnce).Select(i => browser.SubmitAsync(second, ("code", $"{i}")))
        );
        Assert.Equal(5, guesses.Count(g => g.StatusCode == HttpStatusCode.Unauthorized));
        var late = await browser.SubmitAsync(
            second,
            ("code", Totp.CodeAt(secret, TimeProvider.System.GetUtcNow().AddSeconds(30)))
        );
        Assert.Equal(HttpStatusCode.TooManyRequests, late.StatusCode);
        Assert.NotNull(late.Headers.RetryAfter);
    }

    [Fact]
    public async Task The_password_alone_opens_nothing_of_who_has_a_second_factor()
    {
        var person = await users.RegisterAsync();
        await AddAppAsync(person);
        var browser = new Browser(users);
        await browser.SignInAsync(person);
        Assert.StartsWith("/account/second", (await browser.AuthorizeAsync()).Headers.Location!.ToString());
        var request = browser.Request;
        request["prompt"] = "none";
        Assert.Equal("interaction_required", Browser.ParametersOf(await browser.AuthorizeAsync(request))["error"]);
        var security = await browser.Http.GetAsync(Security);
        Assert.StartsWith("/account/second", security.Headers.Location!.ToString());
        var nobody = new Browser(users);
        foreach (var path in new[] { Security, "/account/second" })
            Assert.StartsWith("/account/login", (await nobody.Http.GetAsync(path)).Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_passkey_signs_in_alone_and_as_the_second_step()
    {
        var person = await users.RegisterAsync();
        using var device = new Authenticator();
        var owner = await AtSecurityAsync(person);
        var made = await AnswerAsync(owner.Browser, owner.Page, device.Make);
        Assert.Equal(HttpStatusCode.OK, made.StatusCode);
        Assert.Equal(10, Codes(await made.Content.ReadAsStringAsync()).Count);

        var alone = new Browser(users);
        var login = await alone.FollowAsync(await alone.AuthorizeAsync());
        var page = await alone.Http.GetAsync(Href(await login.Content.ReadAsStringAsync()));
        Assert.Contains("script-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single());
        var answered = await AnswerAsync(alone, page, device.Use);
        var code = Browser.CodeOf(await alone.FollowAsync(answered));
        var claims = Jwt.Read((await Tokens.ReadAsync(await alone.ExchangeAsync(code))).Access).Claims;
        Assert.Equal(person.Id.ToString(), claims["sub"]!.GetValue<string>());
        Assert.Equal(("mfa", """["hwk"]"""), (claims["acr"]!.GetValue<string>(), claims["amr"]!.ToJsonString()));

        var browser = new Browser(users);
        var second = await browser.FollowAsync(await browser.SignInAsync(person));
        var proven = await AnswerAsync(browser, second, device.Use);
        Assert.NotEmpty(Browser.CodeOf(await browser.FollowAsync(proven)));
    }

    [Fact]
    public async Task An_answer_works_once_and_only_for_its_question_its_key_and_our_origin()
    {
        var person = await users.RegisterAsync();
        using var device = new Authenticator();
        var owner = await AtSecurityAsync(person);
        await AnswerAsync(owner.Browser, owner.Page, device.Make);
        var browser = new Browser(users);
        var page = await browser.Http.GetAsync("/account/passkey");
        var options = Options(await page.Content.ReadAsStringAsync());
        var good = device.Use(options);
        var other = Options(await (await browser.Http.GetAsync("/account/passkey")).Content.ReadAsStringAsync());
        var elsewhere = device.Use(other);
        foreach (var bad in new[] { "", "{}", "null", "not JSON", elsewhere })
            await RefusedAsync(bad);
        Assert.Equal(HttpStatusCode.Redirect, (await SendAsync(page, good)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(page, good)).StatusCode);

        using var phished = new Authenticator("https://evil.example");
        using var unproven = new Authenticator { SkipVerification = true };
        foreach (var stranger in new[] { phished, unproven })
        {
            var another = await AtSecurityAsync(await users.RegisterAsync());
            var refused = await AnswerAsync(another.Browser, another.Page, stranger.Make);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        }

        // Each try has a question of its own: one question is answered once.
        async Task RefusedAsync(string answer)
        {
            var fresh = await browser.Http.GetAsync("/account/passkey");
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(fresh, answer)).StatusCode);
        }

        Task<HttpResponseMessage> SendAsync(HttpResponseMessage on, string answer) =>
            browser.SubmitAsync(on, ("answer", answer));
    }

    [Fact]
    public async Task An_administrator_needs_a_second_factor_and_keeps_one()
    {
        await users.RegisterAsync(UsersApp.Admin);
        var person = new Person(Guid.Empty, UsersApp.NewEmail());
        person = await users.RegisterAsync(person.Email);
        using var admin = await users.AdminAsync();
        await admin.PutJsonAsync($"/api/v1/users/{person.Id}/roles", new { roles = new[] { "admin" } });

        var browser = new Browser(users);
        var start = await browser.FollowAsync(await browser.SignInAsync(person));
        var security = await browser.FollowAsync(start);
        Assert.Contains("Sua conta administra", WebUtility.HtmlDecode(await security.Content.ReadAsStringAsync()));
        using var device = new Authenticator();
        var made = await AnswerAsync(browser, security, device.Make);
        var html = WebUtility.HtmlDecode(await made.Content.ReadAsStringAsync());
        var next = Regex.Match(html, "<a class=\"go\" href=\"([^\"]+)\"").Groups[1].Value;
        var answer = await browser.Http.GetAsync(next);
        var tokens = await Tokens.ReadAsync(await browser.ExchangeAsync(Browser.CodeOf(answer)));
        Assert.Equal("admin", Jwt.Read(tokens.Access).Claims["role"]!.GetValue<string>());

        // The last factor of an administrator stays.
        var page = await browser.Http.GetAsync(Security);
        var id = Regex.Match(await page.Content.ReadAsStringAsync(), "name=\"id\" value=\"([0-9A-F]{64})\"");
        await SubmitAsync(browser, page, ("action", "passkey-remove"), ("id", id.Groups[1].Value));
        Assert.Equal(1, await PasskeysAsync(person));
    }

    [Fact]
    public async Task A_role_that_was_granted_since_needs_a_stronger_sign_in()
    {
        var person = await users.RegisterAsync();
        var browser = new Browser(users);
        var code = Browser.CodeOf(await browser.SignInAsync(person));
        var tokens = await Tokens.ReadAsync(await browser.ExchangeAsync(code));
        using var admin = await users.AdminAsync();
        await admin.PutJsonAsync($"/api/v1/users/{person.Id}/roles", new { roles = new[] { "admin" } });
        var refreshed = await Tokens.ReadAsync(await browser.Http.RefreshAsync(tokens.Refresh!, "ticketing-web"));
        Assert.Null(Jwt.Read(refreshed.Access).Claims["role"]);
        Assert.StartsWith("/account/second", (await browser.AuthorizeAsync()).Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_client_can_ask_for_a_second_factor()
    {
        var person = await users.RegisterAsync();
        var browser = new Browser(users);
        await browser.SignInAsync(person);
        var request = browser.Request;
        request["acr_values"] = "mfa";
        Assert.StartsWith("/account/second", (await browser.AuthorizeAsync(request)).Headers.Location!.ToString());
        Assert.NotEmpty(Browser.CodeOf(await browser.AuthorizeAsync()));
    }

    [Fact]
    public async Task Factors_are_changed_only_by_who_has_just_signed_in()
    {
        var person = await users.RegisterAsync();
        var owner = await AtSecurityAsync(person);
        await users.ScalarAsync<Guid>(
            "UPDATE sessions SET began_at = now() - interval '16 minutes' WHERE user_id = $1 RETURNING id",
            person.Id
        );
        var late = await SubmitAsync(owner.Browser, owner.Page, ("action", "app"));
        Assert.StartsWith("/account/login", late.Headers.Location!.ToString());
        using var http = users.Anonymous();
        var foreign = await http.PostFormAsync(Security, [("action", "end-all")]);
        Assert.Equal(HttpStatusCode.BadRequest, foreign.StatusCode);
    }

    [Fact]
    public async Task The_security_page_lists_and_ends_sessions()
    {
        var person = await users.RegisterAsync();
        var tokens = await users.TokensAsync(person);
        var owner = await AtSecurityAsync(person);
        var other = await users.ScalarAsync<Guid>(
            "SELECT id FROM sessions WHERE user_id = $1 AND client IS NOT NULL",
            person.Id
        );
        var page = await SubmitAsync(owner.Browser, owner.Page, ("action", "end"), ("id", $"{other}"));
        Assert.DoesNotContain($"{other}", await page.Content.ReadAsStringAsync());
        using var http = users.Anonymous();
        await (await http.RefreshAsync(tokens.Refresh!)).IsOAuthErrorAsync("invalid_grant");
        var ended = await SubmitAsync(owner.Browser, page, ("action", "end-all"));
        Assert.StartsWith("/account/login", ended.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Recovery_codes_are_renewed_and_go_with_the_last_factor()
    {
        var person = await users.RegisterAsync();
        var (_, first) = await AddAppAsync(person);
        var browser = new Browser(users);
        var second = await browser.FollowAsync(await browser.SignInAsync(person));
        await browser.SubmitAsync(second, ("code", first[0]));
        var page = await SubmitAsync(browser, await browser.Http.GetAsync(Security), ("action", "recovery"));
        var next = Codes(await page.Content.ReadAsStringAsync());
        Assert.Equal(10, next.Count);
        Assert.Empty(first.Intersect(next));
        var row = await users.ScalarAsync<string>(
            "SELECT string_agg(encode(hash, 'escape'), ' ') FROM recovery_codes WHERE user_id = $1",
            person.Id
        );
        Assert.All(next, c => Assert.DoesNotContain(c, row));
        await SubmitAsync(browser, page, ("action", "app-remove"));
        Assert.Equal(
            0,
            await users.ScalarAsync<long>("SELECT count(*) FROM recovery_codes WHERE user_id = $1", person.Id)
        );
        Assert.NotEmpty(Browser.CodeOf(await new Browser(users).SignInAsync(person)));
    }

    [Fact]
    public async Task Who_registered_with_anothers_address_does_not_stay_in_by_a_factor()
    {
        var person = await users.RegisterAsync();
        using var device = new Authenticator();
        var intruder = await AtSecurityAsync(person);
        await AnswerAsync(intruder.Browser, intruder.Page, device.Make);
        using var http = users.Anonymous();
        await http.PostAsJsonAsync("/api/v1/users/password-reset", new { email = person.Email });
        var token = (await users.MailAsync(person.Email, "Escolha uma nova senha")).Link.Split('=')[1];
        var body = new { token, newPassword = UsersApp.Password };
        await (await http.PutAsJsonAsync("/api/v1/users/password-reset", body)).IsOkAsync(204);
        Assert.Equal(0, await PasskeysAsync(person));
        Assert.NotEmpty(Browser.CodeOf(await new Browser(users).SignInAsync(person)));
    }

    [Fact]
    public async Task An_erased_person_leaves_no_factor()
    {
        var person = await users.RegisterAsync();
        using var me = await users.SignInAsync(person);
        using var device = new Authenticator();
        var owner = await AtSecurityAsync(person);
        await AnswerAsync(owner.Browser, owner.Page, device.Make);
        await me.DeleteJsonAsync("/api/v1/me", new { password = UsersApp.Password });
        Assert.Equal(
            0,
            await users.ScalarAsync<long>(
                """
                SELECT (SELECT count(*) FROM passkeys WHERE user_id = $1) + (SELECT count(*) FROM sessions WHERE user_id = $1)
                    + (SELECT count(*) FROM recovery_codes WHERE user_id = $1)
                """,
                person.Id
            )
        );
    }

    private Task<long> PasskeysAsync(Person person) =>
        users.ScalarAsync<long>("SELECT count(*) FROM passkeys WHERE user_id = $1", person.Id);

    private async Task<(Browser Browser, HttpResponseMessage Page)> AtSecurityAsync(Person person)
    {
        var browser = new Browser(users);
        await browser.SignInAsync(person);
        var page = await browser.Http.GetAsync(Security);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        return (browser, page);
    }

    /// <summary>Gives the person an authenticator app.</summary>
    private async Task<(string Secret, IReadOnlyList<string> Recovery)> AddAppAsync(Person person)
    {
        var (browser, page) = await AtSecurityAsync(person);
        var setup = await SubmitAsync(browser, page, ("action", "app"));
        var html = await setup.Content.ReadAsStringAsync();
        Assert.Contains("<svg", html);
        var secret = Regex.Match(html, "<code>([A-Z2-7 ]+)</code>").Groups[1].Value.Replace(" ", "");
        var state = WebUtility.HtmlDecode(Regex.Match(html, "name=\"state\" value=\"([^\"]+)\"").Groups[1].Value);
        var code = Totp.CodeAt(secret, TimeProvider.System.GetUtcNow());
        var added = await SubmitAsync(
            browser,
            setup,
            ("action", "app-code"),
            ("state", state),
            ("code", code.Insert(3, " "))
        );
        return (secret, Codes(await added.Content.ReadAsStringAsync()));
    }

    /// <summary>What the page's script does.</summary>
    private static async Task<HttpResponseMessage> AnswerAsync(
        Browser browser,
        HttpResponseMessage page,
        Func<string, string> device
    )
    {
        var html = await page.Content.ReadAsStringAsync();
        var form = html[html.IndexOf("data-passkey", StringComparison.Ordinal)..];
        var start = html.LastIndexOf(
            "<form",
            html.IndexOf("data-passkey", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        return await browser.SubmitFormAsync(html[start..], ("answer", device(Options(form))));
    }

    /// <summary>Presses a button of the security page.</summary>
    private static async Task<HttpResponseMessage> SubmitAsync(
        Browser browser,
        HttpResponseMessage page,
        params (string Name, string Value)[] fields
    )
    {
        var html = await page.Content.ReadAsStringAsync();
        var token = WebUtility.HtmlDecode(Regex.Match(html, "name=\"form_token\" value=\"([^\"]+)\"").Groups[1].Value);
        return await browser.Http.PostFormAsync(Security, [("form_token", token), .. fields]);
    }

    private static string Options(string html) => WebUtility.HtmlDecode(DataOptions().Match(html).Groups[1].Value);

    private static string Href(string html) =>
        WebUtility.HtmlDecode(Regex.Match(html, "href=\"(/account/passkey[^\"]*)\"").Groups[1].Value);

    private static List<string> Codes(string html) =>
        [.. Regex.Matches(html, "<li><code>([A-Z2-9 ]+)</code>").Select(m => m.Groups[1].Value.Replace(" ", ""))];

    [GeneratedRegex("data-options=\"([^\"]*)\"")]
    private static partial Regex DataOptions();
}
