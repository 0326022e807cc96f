using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Contracts;
using Ticketing.TestKit;
using Ticketing.Users.SignIn;

namespace Ticketing.Users.Tests;

public sealed class ThrottleTests(UsersApp users)
{
    private const int AccountAttempts = 10;

    [Fact]
    public async Task An_unknown_address_and_a_wrong_password_are_answered_alike()
    {
        var person = await users.RegisterAsync();
        using var http = users.Anonymous();
        var wrong = await http.PasswordAsync(person.Email, "not my password");
        var unknown = await http.PasswordAsync(UsersApp.NewEmail(), "not my password");
        var none = await http.PasswordAsync("not an address", "not my password");
        var endless = await http.PasswordAsync(person.Email, new string('x', 10_000));
        var expected = (await wrong.IsOAuthErrorAsync("invalid_grant")).ToJsonString();
        foreach (var answer in new[] { unknown, none, endless })
            Assert.Equal(expected, (await answer.IsOAuthErrorAsync("invalid_grant")).ToJsonString());
    }

    [Fact]
    public async Task Guesses_at_once_are_no_more_than_guesses_in_turn_and_only_the_guesser_waits()
    {
        var person = await users.RegisterAsync();
        using var http = users.Anonymous();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 3 * AccountAttempts).Select(i => http.PasswordAsync(person.Email, $"guess number {i}"))
        );
        Assert.Equal(AccountAttempts, answers.Count(a => a.StatusCode == HttpStatusCode.BadRequest));
        foreach (var answer in answers.Where(a => a.StatusCode != HttpStatusCode.BadRequest))
        {
            await answer.IsProblemAsync(429, "too-many-attempts");
            Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 30);
        }
        // Even the right password has to wait there; the owner does not.
        await (await http.PasswordAsync(person.Email, UsersApp.Password)).IsProblemAsync(429, "too-many-attempts");
        await users.TokensAsync(person);
    }

    [Fact]
    public async Task Guesses_from_everywhere_make_strangers_wait_but_no_known_device()
    {
        await using var app = await UsersApp.StartAsync("Users:StrangersAttempts=4");
        var person = await app.RegisterAsync();
        var browser = new Browser(app);
        await browser.SignInAsync(person);
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async guess =>
                {
                    using var stranger = app.Anonymous();
                    return await stranger.PasswordAsync(person.Email, $"guess number {guess}");
                })
        );
        Assert.Equal(4, answers.Count(a => a.StatusCode == HttpStatusCode.BadRequest));
        foreach (var answer in answers.Where(a => a.StatusCode != HttpStatusCode.BadRequest))
        {
            await answer.IsProblemAsync(429, "too-many-attempts");
            Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 10);
        }

        var request = browser.Request;
        request["prompt"] = "login";
        Assert.NotEmpty(Browser.CodeOf(await browser.SignInAsync(person, request)));
    }

    [Fact]
    public async Task A_device_is_no_longer_known_after_a_new_password()
    {
        var person = await users.RegisterAsync();
        var browser = new Browser(users);
        await browser.SignInAsync(person);
        using var me = await users.SignInAsync(person);
        await me.PutJsonAsync(
            "/api/v1/me/password",
            new { currentPassword = UsersApp.Password, newPassword = "staple battery horse" }
        );
        // Guesses at a known device do not count as strangers'.
        var page = await browser.FollowAsync(await browser.AuthorizeAsync());
        await browser.SubmitAsync(page, ("email", person.Email), ("password", "not my password"));
        Assert.Equal(
            1,
            await users.ScalarAsync<int>(
                "SELECT count FROM attempts WHERE key = $1",
                Attempts.Key("account", person.Email)
            )
        );
    }

    [Fact]
    public async Task The_right_password_makes_the_wrong_ones_forgotten()
    {
        var person = await users.RegisterAsync();
        using var http = users.Anonymous();
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < AccountAttempts - 1; i++)
                await (await http.PasswordAsync(person.Email, "not my password")).IsOAuthErrorAsync("invalid_grant");
            Assert.Equal(HttpStatusCode.OK, (await http.PasswordAsync(person.Email, UsersApp.Password)).StatusCode);
        }
    }

    [Fact]
    public async Task A_client_that_guesses_at_many_accounts_has_to_wait_and_others_do_not()
    {
        await using var strict = await UsersApp.StartAsync("Users:ClientAttempts=3", "Users:AttemptWindowSeconds=5");
        var person = await strict.RegisterAsync();
        using var guesser = strict.Anonymous();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(_ => guesser.PasswordAsync(UsersApp.NewEmail(), "not my password"))
        );
        Assert.Contains(answers, a => a.StatusCode == HttpStatusCode.TooManyRequests);
        await strict.TokensAsync(person);
        // The wait passes.
        await Eventually.TrueAsync(async () =>
            (await guesser.PasswordAsync(person.Email, UsersApp.Password)).IsSuccessStatusCode
        );
    }

    [Fact]
    public async Task Each_further_try_waits_twice_as_long()
    {
        await using var scope = users.System.Services(AppIds.Users).CreateAsyncScope();
        var attempts = scope.ServiceProvider.GetRequiredService<Attempts>();
        var key = Attempts.Key("test", UsersApp.NewEmail());
        var limit = new Limit(2, TimeSpan.FromHours(1), TimeSpan.FromMinutes(3));
        Assert.Null(await attempts.TryAsync(key, limit, CancellationToken.None));
        foreach (var seconds in new[] { 30, 60, 120, 180, 180 })
        {
            Assert.Null(await attempts.TryAsync(key, limit, CancellationToken.None));
            Assert.NotNull(await attempts.TryAsync(key, limit, CancellationToken.None));
            Assert.Equal(
                TimeSpan.FromSeconds(seconds),
                await users.ScalarAsync<TimeSpan>(
                    "SELECT next_at - (ends_at - interval '1 hour') FROM attempts WHERE key = $1",
                    key
                )
            );
            await PassAsync("next_at");
        }
        await PassAsync("ends_at");
        Assert.Null(await attempts.TryAsync(key, limit, CancellationToken.None));
        Assert.Null(await attempts.TryAsync(key, limit, CancellationToken.None));

        Task PassAsync(string column) =>
            users.ScalarAsync<byte[]>($"UPDATE attempts SET {column} = now() WHERE key = $1 RETURNING key", key);
    }

    [Fact]
    public async Task A_try_that_was_not_looked_at_is_taken_back_and_no_other()
    {
        await using var scope = users.System.Services(AppIds.Users).CreateAsyncScope();
        var attempts = scope.ServiceProvider.GetRequiredService<Attempts>();
        var key = Attempts.Key("test", UsersApp.NewEmail());
        var limit = new Limit(3, TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        for (var i = 0; i < limit.Free; i++)
            Assert.Null(await attempts.TryAsync(key, limit, CancellationToken.None));
        await attempts.TakeBackAsync(key);
        Assert.Null(await attempts.TryAsync(key, limit, CancellationToken.None));
        Assert.NotNull(await attempts.TryAsync(key, limit, CancellationToken.None));
    }
}
