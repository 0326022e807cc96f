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
        var created = await anonymous.PostAsJsonAsync(
            "/api/v1/users",
            UsersApp.Registration(email.ToUpperInvariant(), name: "  Ana Conceição ")
        );
        var profile = await created.IsOkAsync(201);
        Assert.Equal("/api/v1/me", created.Headers.Location?.ToString());
        Assert.Equal(email, profile["email"]!.GetValue<string>());
        Assert.Equal("Ana Conceição", profile["name"]!.GetValue<string>());
        Assert.Equal("pt-BR", profile["locale"]!.GetValue<string>());

        var person = new Person(profile["id"]!.GetValue<Guid>(), email);
        using var me = await users.SignInAsync(person);
        var read = await me.GetAsync("/api/v1/me");
        Assert.Equal(profile.ToJsonString(), (await read.IsOkAsync()).ToJsonString());
        Assert.Equal("\"1\"", read.Headers.ETag?.Tag);
        var heard = await Eventually.GetAsync(
            () => Task.FromResult(users.Registered.FirstOrDefault(e => e.UserId == person.Id)),
            e => e is not null
        );
        Assert.Equal((email, "Ana Conceição", "pt-BR"), (heard!.Email, heard.Name, heard.Locale));
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
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Created);
        foreach (var answer in answers.Where(a => a.StatusCode != HttpStatusCode.Created))
            await answer.IsProblemAsync(409, "email-taken");
        await Eventually.TrueAsync(() => Task.FromResult(users.Registered.Any(e => e.Email == email)));
        Assert.Single(users.Registered, e => e.Email == email);
    }

    [Fact]
    public async Task Of_many_registrations_of_one_cpf_at_once_one_wins()
    {
        var cpf = CpfTests.Valid.Single();
        using var http = users.Anonymous();
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, AtOnce)
                .Select(_ =>
                    http.PostAsJsonAsync("/api/v1/users", UsersApp.Registration(UsersApp.NewEmail(), cpf: cpf))
                )
        );
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Created);
        foreach (var answer in answers.Where(a => a.StatusCode != HttpStatusCode.Created))
            await answer.IsProblemAsync(409, "cpf-taken");
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
    [InlineData("password", "aaaaaaaaaaaa")]
    [InlineData("name", "   ")]
    [InlineData("name", "Ana\u0000")]
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
        Assert.Equal(HttpStatusCode.Created, registered.StatusCode);
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
