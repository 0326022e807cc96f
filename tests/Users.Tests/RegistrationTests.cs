using System.Net;
using System.Net.Http.Json;
using System.Text;
using CsCheck;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.TestKit;
using Ticketing.Users.Accounts;

namespace Ticketing.Users.Tests;

public sealed class RegistrationTests(UsersApp users)
{
    private const int AtOnce = 10;

    [Fact]
    public async Task A_person_registers_gets_a_token_and_reads_the_profile()
    {
        using var anonymous = users.Anonymous();
        var email = UsersApp.NewEmail();
        var accepted = await anonymous.PostAsJsonAsync(
            "/api/v1/users",
            UsersApp.Registration(email.ToUpperInvariant(), name: "  Ana Conceição ")
        );
        Assert.Equal($$"""{"email":"{{email}}"}""", (await accepted.IsOkAsync(202)).ToJsonString());

        using var me = await users.SignInAsync(await users.FindAsync(email));
        var read = await me.GetAsync("/api/v1/me");
        var profile = await read.IsOkAsync();
        Assert.Equal("\"1\"", read.Headers.ETag?.Tag);
        Assert.Equal(email, profile["email"]!.GetValue<string>());
        Assert.False(profile["emailVerified"]!.GetValue<bool>());
        Assert.Equal("Ana Conceição", profile["name"]!.GetValue<string>());
        Assert.Equal("pt-BR", profile["locale"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_known_address_is_answered_like_a_new_one_and_the_owner_told()
    {
        var person = await users.RegisterVerifiedAsync();
        using var http = users.Anonymous();
        var known = await http.PostAsJsonAsync(
            "/api/v1/users",
            UsersApp.Registration(person.Email, "another horse battery")
        );
        var other = UsersApp.NewEmail();
        var unknown = await http.PostAsJsonAsync("/api/v1/users", UsersApp.Registration(other));
        Assert.Equal(unknown.StatusCode, known.StatusCode);
        Assert.Equal(
            (await unknown.Content.ReadAsStringAsync()).Replace(other, "", StringComparison.Ordinal),
            (await known.Content.ReadAsStringAsync()).Replace(person.Email, "", StringComparison.Ordinal)
        );
        Assert.Equal(Names(unknown), Names(known));
        // Nothing of the account has changed, and its mailbox learns what happened.
        await users.TokensAsync(person);
        Assert.StartsWith("/account/reset?t=", (await users.MailAsync(person.Email, "Você já tem uma conta")).Link);

        static IEnumerable<string> Names(HttpResponseMessage answer) =>
            answer.Headers.Concat(answer.Content.Headers).Select(h => h.Key).Order();
    }

    [Fact]
    public async Task Of_many_registrations_of_one_address_at_once_one_wins()
    {
        var email = UsersApp.NewEmail();
        using var http = users.Anonymous();
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, AtOnce)
                .Select(i =>
                    http.PostAsJsonAsync(
                        "/api/v1/users",
                        UsersApp.Registration(i % 2 == 0 ? email : email.ToUpperInvariant())
                    )
                )
        );
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Accepted, a.StatusCode));
        Assert.Equal(1, await users.ScalarAsync<long>("SELECT count(*) FROM users WHERE email = $1", email));
        // Nobody's mailbox is filled: five mails in an hour.
        Assert.InRange(
            await users.ScalarAsync<long>("SELECT count(*) FROM account_mails WHERE recipient = $1", email),
            2,
            6
        );
    }

    [Fact]
    public async Task Of_many_registrations_of_one_cpf_at_once_one_has_it_and_the_others_are_told_by_mail()
    {
        var cpf = CpfTests.Valid.Single();
        var emails = Enumerable.Range(0, AtOnce).Select(_ => UsersApp.NewEmail()).ToArray();
        using var http = users.Anonymous();
        var answers = await Task.WhenAll(
            emails.Select(e => http.PostAsJsonAsync("/api/v1/users", UsersApp.Registration(e, cpf: cpf)))
        );
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Accepted, a.StatusCode));
        var with = "SELECT count(*) FROM users WHERE email = ANY($1) AND cpf_index IS NOT NULL";
        Assert.Equal(1, await users.ScalarAsync<long>(with, (object)emails));
        Assert.Equal(
            AtOnce,
            await users.ScalarAsync<long>("SELECT count(*) FROM users WHERE email = ANY($1)", (object)emails)
        );
        await Eventually.TrueAsync(() =>
            Task.FromResult(
                users.Mails().Count(m => emails.Contains(m.To) && m.Text.Contains("sem o CPF informado")) == AtOnce - 1
            )
        );
    }

    [Fact]
    public async Task Many_at_once_from_a_network_that_nobody_came_from_are_not_too_many()
    {
        await using var fresh = await UsersApp.StartAsync("Users:ClientRegistrations=300");
        using var office = fresh.Anonymous();
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 3 * AtOnce)
                .Select(_ => office.PostAsJsonAsync("/api/v1/users", UsersApp.Registration(UsersApp.NewEmail())))
        );
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Accepted, a.StatusCode));
    }

    [Fact]
    public async Task Too_many_registrations_from_one_network_have_to_wait_and_others_do_not()
    {
        await using var few = await UsersApp.StartAsync("Users:ClientRegistrations=3");
        using var script = few.Anonymous();
        var known = UsersApp.NewEmail();
        // What is refused for its form costs nothing and does not count; a known address does.
        using (var bad = await script.PostAsJsonAsync("/api/v1/users", UsersApp.Registration("nobody")))
            Assert.Equal(HttpStatusCode.UnprocessableEntity, bad.StatusCode);
        foreach (var email in new[] { known, known, UsersApp.NewEmail() })
        {
            using var answer = await script.PostAsJsonAsync("/api/v1/users", UsersApp.Registration(email));
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }

        var late = UsersApp.NewEmail();
        using (var refused = await script.PostAsJsonAsync("/api/v1/users", UsersApp.Registration(late)))
        {
            await refused.IsProblemAsync(429, "too-many-attempts");
            Assert.NotNull(refused.Headers.RetryAfter);
        }
        Assert.Equal(0L, await few.ScalarAsync<long>("SELECT count(*) FROM users WHERE email = $1", late));
        await few.RegisterAsync(late);
    }

    [Fact]
    public async Task Neither_password_nor_cpf_can_be_read_in_the_database()
    {
        var cpf = CpfTests.Valid.Single();
        var person = await users.RegisterAsync(cpf: cpf);
        await using var source = NpgsqlDataSource.Create(users.System.Database(AppIds.Users));
        await using var command = source.CreateCommand(
            "SELECT password_hash, row_to_json(u)::text FROM users u WHERE id = $1"
        );
        command.Parameters.Add(new NpgsqlParameter { Value = person.Id });
        await using var row = await command.ExecuteReaderAsync();
        Assert.True(await row.ReadAsync());
        Assert.StartsWith("$argon2id$v=19$m=19456,t=2,p=1$", row.GetString(0));
        Assert.DoesNotContain(cpf, row.GetString(1));
        Assert.DoesNotContain(
            Convert.ToHexString(Encoding.UTF8.GetBytes(cpf)),
            row.GetString(1),
            StringComparison.OrdinalIgnoreCase
        );
    }

    [Theory]
    [InlineData("email", "not an address")]
    [InlineData("email", "")]
    [InlineData("password", "too short")]
    [InlineData("password", "Password123")]
    [InlineData("password", "qwertyuiop")]
    [InlineData("password", "1q2w3e4r5t6y")]
    [InlineData("password", "Flamengo2026!")]
    [InlineData("password", "ingressos123")]
    [InlineData("password", "aaaaaaaaaaaa")]
    [InlineData("name", "   ")]
    [InlineData("name", "Ana\u0001")]
    [InlineData("name", "Ana\nBcc: everybody")]
    [InlineData("cpf", "111.111.111-11")]
    [InlineData("cpf", "")]
    [InlineData("locale", "tlh")]
    public async Task What_is_not_acceptable_is_named(string field, string value)
    {
        var body = Valid();
        body[field] = value;
        using var http = users.Anonymous();
        var answer = await http.PostAsJsonAsync("/api/v1/users", body);
        await answer.IsProblemAsync(422, "invalid", field);
    }

    [Fact]
    public async Task A_password_that_is_the_address_is_refused()
    {
        var body = Valid();
        body["password"] = ((string)body["email"]!).ToUpperInvariant();
        using var http = users.Anonymous();
        var answer = await http.PostAsJsonAsync("/api/v1/users", body);
        await answer.IsProblemAsync(422, "invalid", "password");
    }

    [Theory]
    [InlineData("email", null)]
    [InlineData("email", 5)]
    [InlineData("password", null)]
    [InlineData("name", false)]
    [InlineData("cpf", 52998224725)]
    [InlineData("locale", 1)]
    [InlineData("consents", "all")]
    public async Task Wrong_types_are_named(string field, object? value)
    {
        var body = Valid();
        body[field] = value;
        using var http = users.Anonymous();
        var answer = await http.PostAsJsonAsync("/api/v1/users", body);
        await answer.IsProblemAsync(400, "invalid", field);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"email":"\ud800","password":"\ud800\ud800\ud800\ud800","name":"\udfff"}""")]
    public async Task A_body_that_is_no_registration_is_refused(string body)
    {
        using var http = users.Anonymous();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var answer = await http.PostAsync("/api/v1/users", content);
        await answer.IsProblemAsync(400, "invalid");
    }

    [Fact]
    public async Task A_consent_that_is_none_is_named()
    {
        var body = Valid();
        body["consents"] = new object?[] { null };
        using var http = users.Anonymous();
        await (await http.PostAsJsonAsync("/api/v1/users", body)).IsProblemAsync(422, "invalid", "consents");
    }

    [Fact]
    public async Task Too_much_is_refused()
    {
        using var http = users.Anonymous();
        var body = Valid();
        body["name"] = new string('a', 121);
        await (await http.PostAsJsonAsync("/api/v1/users", body)).IsProblemAsync(400, "invalid", "name");
        body = Valid();
        body["password"] = new string('x', 129);
        await (await http.PostAsJsonAsync("/api/v1/users", body)).IsProblemAsync(422, "invalid", "password");
        body["name"] = new string('a', 300_000);
        http.DefaultRequestHeaders.ExpectContinue = true;
        await (await http.PostAsJsonAsync("/api/v1/users", body)).IsProblemAsync(413, "too-large");
    }

    [Fact]
    public void Every_password_can_be_encoded() =>
        Gen.String.Sample(password => PasswordRules.Encode(password).Length >= 0);

    [Fact]
    public async Task A_password_may_hold_what_is_no_character()
    {
        const string Password = "correct \uFFFE horse";
        var email = UsersApp.NewEmail();
        using var http = users.Anonymous();
        var registered = await http.PostAsJsonAsync("/api/v1/users", UsersApp.Registration(email, Password));
        Assert.Equal(HttpStatusCode.Accepted, registered.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.PasswordAsync(email, Password)).StatusCode);
        await (await http.PasswordAsync(email, "correct  horse")).IsOAuthErrorAsync("invalid_grant");
    }

    private static Dictionary<string, object?> Valid() =>
        new()
        {
            ["email"] = UsersApp.NewEmail(),
            ["password"] = UsersApp.Password,
            ["name"] = "Ana",
        };
}
