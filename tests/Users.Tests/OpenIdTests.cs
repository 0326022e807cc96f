using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Users.Tests;

public sealed class OpenIdTests(UsersApp users)
{
    private const string Origin = "http://localhost:8080";
    private const int AtOnce = 8;

    [Fact]
    public async Task Discovery_speaks_of_the_public_origin_alone()
    {
        using var http = users.Anonymous();
        var document = await (await http.GetAsync("/.well-known/openid-configuration")).IsOkAsync();
        Assert.Equal(Origin + "/", document["issuer"]!.GetValue<string>());
        foreach (
            var (name, value) in document
                .AsObject()
                .Where(p => p.Key.EndsWith("_endpoint", StringComparison.Ordinal) || p.Key == "jwks_uri")
        )
            Assert.StartsWith(Origin + "/", value!.GetValue<string>());
        Assert.Equal("""["S256"]""", document["code_challenge_methods_supported"]!.ToJsonString());
        Assert.Equal("""["code"]""", document["response_types_supported"]!.ToJsonString());
        foreach (
            var name in new[]
            {
                "authorization_endpoint",
                "token_endpoint",
                "userinfo_endpoint",
                "end_session_endpoint",
                "revocation_endpoint",
            }
        )
            Assert.NotNull(document[name]);

        var jwks = await (await http.GetAsync("/.well-known/jwks")).IsOkAsync();
        var key = jwks["keys"]!.AsArray().Single()!.AsObject();
        Assert.Equal("RS256", key["alg"]!.GetValue<string>());
        Assert.DoesNotContain(key, p => p.Key is "d" or "p" or "q" or "dp" or "dq" or "qi");
    }

    [Fact]
    public async Task A_response_mode_that_no_page_serves_is_neither_promised_nor_taken()
    {
        using var http = users.Anonymous();
        var document = await (await http.GetAsync("/.well-known/openid-configuration")).IsOkAsync();
        var modes = document["response_modes_supported"]!.AsArray().Select(m => $"{m}").ToList();
        Assert.Contains("query", modes);
        Assert.DoesNotContain("form_post", modes);

        var browser = new Browser(users);
        using var refused = await browser.AuthorizeAsync(new(browser.Request) { ["response_mode"] = "form_post" });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task An_access_token_says_who_and_for_whom_and_no_more()
    {
        using var admin = await users.AdminAsync();
        var token = admin.DefaultRequestHeaders.Authorization!.Parameter!;
        var (header, claims) = Jwt.Read(token);
        Assert.Equal("at+jwt", header["typ"]!.GetValue<string>());
        Assert.Equal("RS256", header["alg"]!.GetValue<string>());
        Assert.Equal(Origin + "/", claims["iss"]!.GetValue<string>());
        Assert.Equal("ticketing", claims["aud"]!.GetValue<string>());
        Assert.Equal("admin", claims["role"]!.GetValue<string>());
        Assert.Equal("ticketing-cli", claims["client_id"]!.GetValue<string>());
        Assert.True(Guid.TryParse(claims["sub"]!.GetValue<string>(), out _));
        Assert.Equal("""["pwd"]""", claims["amr"]!.ToJsonString());
        Assert.NotNull(claims["auth_time"]);
        Assert.False(claims["email_verified"]!.GetValue<bool>());
        foreach (var name in new[] { "email", "name", "stamp", "cpf" })
            Assert.Null(claims[name]);
        Assert.Equal(15 * 60, claims["exp"]!.GetValue<long>() - claims["iat"]!.GetValue<long>());
    }

    [Fact]
    public async Task Other_services_accept_the_tokens_by_discovery()
    {
        var person = await users.RegisterAsync();
        var tokens = await users.TokensAsync(person);
        using var http = users.Anonymous();
        var builder = ServiceDefaultsExtensions.CreateBuilder(
            AppIds.Events,
            [
                $"--Auth:Authority={Origin}/",
                $"--Auth:MetadataAddress={http.BaseAddress}.well-known/openid-configuration",
            ]
        );
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var other = builder.Build();
        other.UseServiceDefaults();
        other.MapGet("/who", (ClaimsPrincipal me) => Results.Ok(me.UserId()));
        await other.StartAsync();
        using var client = users.Bearer(tokens.Access);
        Assert.Equal(person.Id, await client.GetFromJsonAsync<Guid>(new Uri(new Uri(other.Urls.First()), "/who")));
    }

    [Fact]
    public async Task A_refresh_token_works_once_and_its_second_use_ends_all()
    {
        var person = await users.RegisterAsync();
        var first = await users.TokensAsync(person);
        using var http = users.Anonymous();
        var second = await Tokens.ReadAsync(await http.RefreshAsync(first.Refresh!));
        Assert.NotEqual(first.Refresh, second.Refresh);
        using var me = users.Bearer(second.Access);
        await (await me.GetAsync("/api/v1/me")).IsOkAsync();

        await (await http.RefreshAsync(first.Refresh!)).IsOAuthErrorAsync("invalid_grant");
        await (await http.RefreshAsync(second.Refresh!)).IsOAuthErrorAsync("invalid_grant");
    }

    [Fact]
    public async Task Of_many_uses_of_a_refresh_token_at_once_one_wins()
    {
        var tokens = await users.TokensAsync(await users.RegisterAsync());
        using var http = users.Anonymous();
        var answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => http.RefreshAsync(tokens.Refresh!)));
        Assert.InRange(answers.Count(a => a.IsSuccessStatusCode), 0, 1);
        foreach (var answer in answers.Where(a => !a.IsSuccessStatusCode))
            await answer.IsOAuthErrorAsync("invalid_grant");
    }

    [Fact]
    public async Task A_refresh_token_that_another_request_uses_first_is_refused()
    {
        var person = await users.RegisterAsync();
        var tokens = await users.TokensAsync(person);
        await using var source = NpgsqlDataSource.Create(users.System.Database(AppIds.Users));
        await using var other = await source.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await ExecuteAsync("SELECT FROM openid_tokens WHERE subject = $1 FOR UPDATE");
        using var http = users.Anonymous();
        var waiting = http.RefreshAsync(tokens.Refresh!);
        await using var waits = source.CreateCommand(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid)))"
        );
        waits.Parameters.Add(new() { Value = other.ProcessID });
        await Eventually.TrueAsync(async () => (bool)(await waits.ExecuteScalarAsync())!);
        await ExecuteAsync(
            "UPDATE openid_tokens SET status = 'redeemed', redemption_date = clock_timestamp() WHERE subject = $1"
        );
        await transaction.CommitAsync();
        await (await waiting).IsOAuthErrorAsync("invalid_grant");

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, other, transaction);
            command.Parameters.Add(new() { Value = person.Id.ToString() });
            await command.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    public async Task A_revoked_refresh_token_is_over()
    {
        var tokens = await users.TokensAsync(await users.RegisterAsync());
        using var http = users.Anonymous();
        var revoked = await http.PostFormAsync(
            "/connect/revoke",
            [("client_id", "ticketing-cli"), ("token", tokens.Refresh!)]
        );
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        await (await http.RefreshAsync(tokens.Refresh!)).IsOAuthErrorAsync("invalid_grant");
    }

    [Fact]
    public async Task A_machine_has_a_token_of_its_own_and_is_nobody()
    {
        using var http = users.Anonymous();
        var answer = await http.TokenAsync(
            ("grant_type", "client_credentials"),
            ("client_id", "ticketing-machine"),
            ("client_secret", "a-secret-of-the-machine-for-tests-alone")
        );
        var token = (await answer.IsOkAsync())["access_token"]!.GetValue<string>();
        Assert.Equal("ticketing-machine", Jwt.Read(token).Claims["sub"]!.GetValue<string>());
        using var machine = users.Bearer(token);
        await (await machine.GetAsync("/api/v1/me")).IsProblemAsync(403, "forbidden");

        var wrong = await http.TokenAsync(
            ("grant_type", "client_credentials"),
            ("client_id", "ticketing-machine"),
            ("client_secret", "guess")
        );
        await wrong.IsOAuthErrorAsync("invalid_client", 401);
    }

    [Fact]
    public async Task Userinfo_tells_what_the_scopes_allow()
    {
        var person = await users.RegisterAsync();
        using var bare = users.Bearer((await users.TokensAsync(person, "openid")).Access);
        var little = await (await bare.GetAsync("/connect/userinfo")).IsOkAsync();
        Assert.Equal($$"""{"sub":"{{person.Id}}"}""", little.ToJsonString());
        var tokens = await users.TokensAsync(person, "openid profile email");
        using var full = users.Bearer(tokens.Access);
        var all = await (await full.GetAsync("/connect/userinfo")).IsOkAsync();
        Assert.Equal(person.Email, all["email"]!.GetValue<string>());
        Assert.Equal("Ana Conceição", all["name"]!.GetValue<string>());
        Assert.Equal("pt-BR", all["locale"]!.GetValue<string>());
        var id = Jwt.Read(tokens.Id!).Claims;
        Assert.Equal(person.Email, id["email"]!.GetValue<string>());
        Assert.Equal("ticketing-cli", id["aud"]!.GetValue<string>());

        using var http = users.Anonymous();
        var without = await http.GetAsync("/connect/userinfo");
        Assert.False(without.IsSuccessStatusCode);
        Assert.True((int)without.StatusCode < 500);
    }

    [Theory]
    [InlineData("grant_type=password&client_id=ticketing-web&username=a%40b.co&password=x")]
    [InlineData("grant_type=password&client_id=nobody&username=a%40b.co&password=x")]
    [InlineData("grant_type=password&client_id=%00&username=a%40b.co&password=x")]
    [InlineData("grant_type=password&client_id=ticketing-cli&username=%00&password=%00")]
    [InlineData("grant_type=password&client_id=ticketing-cli")]
    [InlineData("grant_type=password&client_id=ticketing-cli&username=a%40b.co&password=x&scope=root")]
    [InlineData("grant_type=refresh_token&client_id=ticketing-cli&refresh_token=%00")]
    [InlineData("grant_type=refresh_token&client_id=ticketing-cli&refresh_token=guess")]
    [InlineData("grant_type=authorization_code&client_id=ticketing-cli&code=guess&redirect_uri=x")]
    [InlineData("grant_type=client_credentials&client_id=ticketing-cli")]
    [InlineData("grant_type=implicit&client_id=ticketing-cli")]
    [InlineData("grant_type=")]
    [InlineData("")]
    public async Task A_token_request_that_is_not_acceptable_is_told_so(string form)
    {
        using var http = users.Anonymous();
        using var content = new StringContent(form, null, "application/x-www-form-urlencoded");
        var answer = await http.PostAsync("/connect/token", content);
        Assert.InRange((int)answer.StatusCode, 400, 401);
        var body = await answer.JsonAsync();
        Assert.True(body["error"] is not null || body["type"] is not null);
    }

    [Fact]
    public async Task A_token_request_that_is_no_form_is_told_so()
    {
        using var http = users.Anonymous();
        using var json = JsonContent.Create(new { grant_type = "password" });
        Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsync("/connect/token", json)).StatusCode);
        Assert.InRange((int)(await http.GetAsync("/connect/token")).StatusCode, 400, 499);
    }

    [Theory]
    [InlineData("/connect/token")]
    [InlineData("/account/login")]
    public async Task A_form_that_breaks_off_is_refused(string path)
    {
        using var http = users.Anonymous();
        using var form = new StringContent("no boundary in here");
        form.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        await (await http.PostAsync(path, form)).IsProblemAsync(400, "invalid");
    }

    [Fact]
    public async Task Who_signs_in_is_not_logged()
    {
        await using var app = await UsersApp.StartAsync("Logging:LogLevel:Default=Information");
        using var log = new LogLines();
        app.System.Services(AppIds.Users).GetRequiredService<ILoggerFactory>().AddProvider(log);
        var person = await app.RegisterAsync();
        var tokens = await app.TokensAsync(person);
        using var http = app.Bearer(tokens.Access);
        await (await http.GetAsync("/connect/userinfo")).IsOkAsync();
        await new Browser(app).SignInAsync(person);
        await Eventually.TrueAsync(() => Task.FromResult(log.All.Any(l => l.Contains("/connect/userinfo"))));
        Assert.DoesNotContain(log.All, l => l.Contains(person.Email, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_restart_ends_no_sign_in()
    {
        await using var app = await UsersApp.StartAsync();
        var person = await app.RegisterAsync();
        var tokens = await app.TokensAsync(person);
        var browser = new Browser(app);
        await browser.SignInAsync(person);
        await app.System.StopAsync(AppIds.Users);
        await app.System.StartAsync(AppIds.Users);

        using var http = app.Anonymous();
        var refreshed = await Tokens.ReadAsync(await http.RefreshAsync(tokens.Refresh!));
        using var me = app.Bearer(refreshed.Access);
        await (await me.GetAsync("/api/v1/me")).IsOkAsync();
        using var old = app.Bearer(tokens.Access);
        await (await old.GetAsync("/api/v1/me")).IsOkAsync();
        // The browser is still signed in: a code at once.
        var answer = await browser.AuthorizeAsync();
        Assert.StartsWith(Browser.RedirectUri, answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Behind_tls_the_cookies_are_bound_to_the_origin()
    {
        await using var app = await UsersApp.StartAsync("Public:BaseUrl=https://ingressos.example/");
        using var http = app.Anonymous();
        var discovery = await (await http.GetAsync("/.well-known/openid-configuration")).IsOkAsync();
        Assert.Equal("https://ingressos.example/", discovery["issuer"]!.GetValue<string>());
        Assert.Equal("https://ingressos.example/connect/token", discovery["token_endpoint"]!.GetValue<string>());
        var page = await http.GetAsync("/account/login");
        var cookie = page.Headers.GetValues("Set-Cookie").Single();
        Assert.StartsWith("__Host-ticketing-form=", cookie);
        foreach (var attribute in new[] { "secure", "httponly", "samesite=lax", "path=/" })
            Assert.Contains(attribute, cookie, StringComparison.OrdinalIgnoreCase);
        using var me = await app.SignInAsync(await app.RegisterAsync());
        await (await me.GetAsync("/api/v1/me")).IsOkAsync();
    }

    [Fact]
    public async Task Outside_development_there_is_no_password_grant_and_no_administrator_by_name()
    {
        await using var app = await UsersApp.StartBareAsync("environment=Production");
        using var http = app.Anonymous();
        await (await http.PostAsJsonAsync("/api/v1/users", UsersApp.Registration(UsersApp.Admin))).IsOkAsync(202);
        Assert.Empty(await app.ScalarAsync<string[]>("SELECT roles FROM users WHERE email = $1", UsersApp.Admin));
        var answer = await http.PasswordAsync(UsersApp.Admin, UsersApp.Password);
        await answer.IsOAuthErrorAsync("unsupported_grant_type");
    }

    [Theory]
    [InlineData("Users:PasswordGrant=true")]
    [InlineData("Users:Admins:0=admin@ticketing.test")]
    [InlineData("Users:TrustedDomains:0=.example")]
    public async Task What_is_for_development_is_refused_at_start_elsewhere(string setting)
    {
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            UsersApp.StartBareAsync("environment=Staging", setting)
        );
        Assert.Contains("development", refusal.Message);
    }
}

internal static class Jwt
{
    public static (JsonNode Header, JsonNode Claims) Read(string token)
    {
        var parts = token.Split('.');
        Assert.Equal(3, parts.Length);
        return (Parse(parts[0]), Parse(parts[1]));
    }

    private static JsonNode Parse(string part) => JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(part))!;
}
