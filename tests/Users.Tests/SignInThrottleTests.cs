using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;
using Ticketing.Users.OpenId;
using Ticketing.Users.SignIn;

namespace Ticketing.Users.Tests;

public sealed class SignInThrottleTests(UsersApp users)
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
    public async Task Guesses_at_once_are_no_more_than_guesses_in_turn()
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
            Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 900);
        }
        // Even the right password has to wait, from anywhere.
        using var other = users.Anonymous();
        await (await other.PasswordAsync(person.Email, UsersApp.Password)).IsProblemAsync(429, "too-many-attempts");
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
            await users.TokensAsync(person);
        }
    }

    [Fact]
    public async Task A_client_that_guesses_at_many_accounts_has_to_wait_and_others_do_not()
    {
        await using var strict = await UsersApp.StartAsync("Users:ClientAttempts=3", "Users:AttemptWindowSeconds=1");
        var person = await strict.RegisterAsync();
        using var guesser = strict.Anonymous();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 12).Select(_ => guesser.PasswordAsync(UsersApp.NewEmail(), "not my password"))
        );
        Assert.Contains(answers, a => a.StatusCode == HttpStatusCode.TooManyRequests);
        await strict.TokensAsync(person);
        // The window passes.
        await Eventually.TrueAsync(async () =>
            (await guesser.PasswordAsync(person.Email, UsersApp.Password)).IsSuccessStatusCode
        );
    }

    [Fact]
    public async Task An_attempt_that_was_not_looked_at_is_taken_back_and_no_other()
    {
        await using var scope = users.System.Services(AppIds.Users).CreateAsyncScope();
        var attempts = scope.ServiceProvider.GetRequiredService<SignInAttempts>();
        var account = SignInAttempts.AccountKey(UsersApp.NewEmail());
        var client = SignInAttempts.AccountKey(UsersApp.NewEmail());
        for (var i = 0; i < AccountAttempts; i++)
            await attempts.CountAsync(account, client, CancellationToken.None);
        await attempts.TakeBackAsync(account, client);
        await attempts.CountAsync(account, client, CancellationToken.None);
        var refusal = await Assert.ThrowsAsync<ProblemException>(() =>
            attempts.CountAsync(account, client, CancellationToken.None)
        );
        Assert.Equal("too-many-attempts", refusal.Code);
    }

    [Fact]
    public async Task What_no_longer_counts_is_deleted()
    {
        await using var source = NpgsqlDataSource.Create(users.System.Database(AppIds.Users));
        await using var insert = source.CreateCommand(
            """
            INSERT INTO sign_in_attempts (key, count, ends_at) VALUES
                ('over', 3, now() - interval '1 second'), ('counts', 3, now() + interval '1 hour')
            """
        );
        await insert.ExecuteNonQueryAsync();
        await using var scope = users.System.Services(AppIds.Users).CreateAsyncScope();
        var startup = scope.ServiceProvider.GetRequiredService<ProviderStartup>();
        await startup.PruneAsync(scope.ServiceProvider, CancellationToken.None);
        await using var left = source.CreateCommand(
            "SELECT string_agg(encode(key, 'escape'), ',') FROM sign_in_attempts WHERE key IN ('over', 'counts')"
        );
        Assert.Equal("counts", await left.ExecuteScalarAsync());
    }
}
