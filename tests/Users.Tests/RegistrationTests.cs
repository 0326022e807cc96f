using System.Net;
using System.Net.Http.Json;
using Ticketing.TestKit;

namespace Ticketing.Users.Tests;

public sealed class RegistrationTests(UsersApp users)
{
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
}
