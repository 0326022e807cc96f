using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Ticketing.TestKit;

namespace Ticketing.Users.Tests;

public sealed class BreachedPasswordTests
{
    private const string Breached = "a breached long password";

    /// <summary>Its SHA-1.</summary>
    private const string Hash = "FB37C89DD2F174DD19084360F04BF5996D75A8CF";

    [Fact]
    public async Task A_breached_password_is_refused_and_only_five_digits_of_its_hash_are_told()
    {
        var asked = new List<string>();
        var answer = Results.Text($"{new string('0', 35)}:7\r\n{Hash[5..]}:12\r\n");
        var builder = PeerStub.CreateBuilder("--urls=http://127.0.0.1:0");
        await using var service = builder.Build();
        service.MapGet(
            "/range/{prefix}",
            (string prefix) =>
            {
                asked.Add(prefix);
                return answer;
            }
        );
        await service.StartAsync();
        await using var app = await UsersApp.StartAsync($"Users:BreachedPasswordsUrl={service.Urls.First()}/range/");
        // A list that is slow is not waited for: then the built-in one decides alone.
        await Eventually.HoldsAsync(async () =>
            await (await RegisterAsync(Breached)).IsProblemAsync(422, "invalid", "password")
        );
        Assert.Equal([Hash[..5]], asked.Distinct());
        await (await RegisterAsync(UsersApp.Password)).IsOkAsync(202);
        // Padding is no finding, and without an answer the built-in list decides alone.
        answer = Results.Text($"{Hash[5..]}:0");
        await (await RegisterAsync(Breached)).IsOkAsync(202);
        answer = Results.StatusCode(500);
        await (await RegisterAsync(Breached)).IsOkAsync(202);

        async Task<HttpResponseMessage> RegisterAsync(string password)
        {
            using var http = app.Anonymous();
            return await http.PostAsJsonAsync("/api/v1/users", UsersApp.Registration(UsersApp.NewEmail(), password));
        }
    }
}
