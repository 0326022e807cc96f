using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Users.SignIn;

namespace Ticketing.Users.Tests;

public sealed class SessionTests(UsersApp users)
{
    [Fact]
    public async Task A_person_sees_where_it_is_signed_in_and_ends_one()
    {
        var person = await users.RegisterAsync();
        var browser = new Browser(users);
        browser.Http.DefaultRequestHeaders.UserAgent.ParseAdd(
            "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"
        );
        var code = Browser.CodeOf(await browser.SignInAsync(person));
        var web = await Tokens.ReadAsync(await browser.ExchangeAsync(code));
        var tokens = await users.TokensAsync(person);
        using var me = users.Bearer(tokens.Access);
        var sessions = await SessionsAsync(me);
        Assert.Equal(2, sessions.Count);
        Assert.True(sessions[0]!["current"]!.GetValue<bool>());
        Assert.False(sessions[1]!["current"]!.GetValue<bool>());
        Assert.Equal("Firefox · Linux", sessions[1]!["device"]!.GetValue<string>());
        Assert.StartsWith("10.", sessions[1]!["network"]!.GetValue<string>());
        Assert.Equal("""["pwd"]""", sessions[1]!["methods"]!.ToJsonString());

        var path = $"/api/v1/me/sessions/{sessions[1]!["id"]}";
        using var stranger = await users.SignInAsync(await users.RegisterAsync());
        await (await stranger.DeleteAsync(path)).IsProblemAsync(404, "not-found");
        await (await me.DeleteAsync(path)).IsOkAsync(204);
        await (await me.DeleteAsync(path)).IsProblemAsync(404, "not-found");
        // Cookie and refresh token of the browser are over, the others are not.
        await (await browser.Http.RefreshAsync(web.Refresh!, "ticketing-web")).IsOAuthErrorAsync("invalid_grant");
        Assert.StartsWith("/account/login", (await browser.AuthorizeAsync()).Headers.Location!.ToString());
        await Tokens.ReadAsync(await me.RefreshAsync(tokens.Refresh!));
    }

    [Fact]
    public async Task A_person_ends_all_sessions()
    {
        var person = await users.RegisterAsync();
        var (first, second) = (await users.TokensAsync(person), await users.TokensAsync(person));
        using var me = users.Bearer(first.Access);
        await (await me.DeleteAsync("/api/v1/me/sessions")).IsOkAsync(204);
        foreach (var tokens in new[] { first, second })
            await (await me.RefreshAsync(tokens.Refresh!)).IsOAuthErrorAsync("invalid_grant");
        Assert.Empty(await SessionsAsync(me));
    }

    [Fact]
    public async Task Signing_out_ends_the_session_on_the_server()
    {
        var person = await users.RegisterAsync();
        var browser = new Browser(users);
        var signedIn = await browser.SignInAsync(person);
        var tokens = await Tokens.ReadAsync(await browser.ExchangeAsync(Browser.CodeOf(signedIn)));
        var stolen = browser.CookieHeader("ticketing-login");
        await browser.Http.GetAsync("/connect/logout" + QueryString.Create("id_token_hint", tokens.Id!));
        var refreshed = await browser.Http.RefreshAsync(tokens.Refresh!, "ticketing-web");
        await refreshed.IsOAuthErrorAsync("invalid_grant");

        // A copy of the cookie is worth nothing.
        var thief = new Browser(users);
        thief.Http.DefaultRequestHeaders.Add("Cookie", stolen);
        Assert.StartsWith("/account/login", (await thief.AuthorizeAsync()).Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_session_ends_however_active_it_is()
    {
        var person = await users.RegisterAsync();
        var browser = new Browser(users);
        var signedIn = await browser.SignInAsync(person);
        var tokens = await Tokens.ReadAsync(await browser.ExchangeAsync(Browser.CodeOf(signedIn)));
        var next = await Tokens.ReadAsync(await browser.Http.RefreshAsync(tokens.Refresh!, "ticketing-web"));
        Assert.Equal(
            Session.Lifetime,
            await users.ScalarAsync<TimeSpan>(
                "SELECT max(ends_at - began_at) FROM sessions WHERE user_id = $1",
                person.Id
            )
        );
        Assert.True(
            await users.ScalarAsync<bool>(
                """
                SELECT bool_and(t.expiration_date < s.ends_at + interval '1 minute') FROM openid_tokens t, sessions s
                WHERE t.subject = $1::text AND s.user_id = $1 AND t.type LIKE '%refresh_token'
                """,
                person.Id
            )
        );
        await users.ScalarAsync<Guid>("UPDATE sessions SET ends_at = now() WHERE user_id = $1 RETURNING id", person.Id);
        var refreshed = await browser.Http.RefreshAsync(next.Refresh!, "ticketing-web");
        await refreshed.IsOAuthErrorAsync("invalid_grant");
        Assert.StartsWith("/account/login", (await browser.AuthorizeAsync()).Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_second_sign_in_at_a_browser_takes_the_firsts_place()
    {
        var person = await users.RegisterAsync();
        var browser = new Browser(users);
        await browser.SignInAsync(person);
        var request = browser.Request;
        request["prompt"] = "login";
        await browser.SignInAsync(person, request);
        Assert.Equal(1, await users.ScalarAsync<long>("SELECT count(*) FROM sessions WHERE user_id = $1", person.Id));
    }

    [Fact]
    public async Task A_new_device_is_told_of_and_a_known_one_is_not()
    {
        const string Subject = "Novo acesso à sua conta";
        var person = await users.RegisterAsync();
        var browser = new Browser(users);
        // The very first sign-in is no news.
        await browser.SignInAsync(person);
        var request = browser.Request;
        request["prompt"] = "login";
        await browser.SignInAsync(person, request);
        var other = new Browser(users);
        other.Http.DefaultRequestHeaders.UserAgent.ParseAdd("Mozilla/5.0 (iPhone) Safari/604.1 evil.example");
        await other.SignInAsync(person);
        var mail = await users.MailAsync(person.Email, Subject);
        Assert.Contains("(Safari · iPhone)", mail.Text);
        Assert.DoesNotContain("evil", mail.Text);
        Assert.Equal(
            1,
            await users.ScalarAsync<long>(
                "SELECT count(*) FROM account_mails WHERE user_id = $1 AND kind = 'NewDevice'",
                person.Id
            )
        );
    }

    [Fact]
    public async Task A_sign_in_that_was_under_way_with_the_old_password_fails()
    {
        var person = await users.RegisterAsync();
        var stale = await users.ScalarAsync<Guid>("SELECT stamp FROM users WHERE id = $1", person.Id);
        await users.ScalarAsync<Guid>(
            "UPDATE users SET stamp = gen_random_uuid() WHERE id = $1 RETURNING id",
            person.Id
        );
        await using var scope = users
            .System.Services(Contracts.AppIds.Users)
            .GetRequiredService<IServiceScopeFactory>()
            .CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<UsersDb>();
        var user = (await db.FindAsync(person.Id, CancellationToken.None))!;
        Assert.NotEqual(stale, user.Stamp);
        user.Stamp = stale;
        Assert.Null(
            await db.BeginAsync(
                user,
                [AuthenticationMethods.Password],
                null,
                new DefaultHttpContext(),
                CancellationToken.None
            )
        );
    }

    private static async Task<JsonArray> SessionsAsync(HttpClient me) =>
        (await (await me.GetAsync("/api/v1/me/sessions")).IsOkAsync())["items"]!.AsArray();
}
