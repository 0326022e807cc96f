using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Ticketing.Security.Tests;

/// <summary>What a person is given of all that the whole system keeps.</summary>
[Collection(OneSystem.Name)]
public sealed class ExportTests(ApiSystem system)
{
    [Fact]
    public async Task One_archive_holds_what_every_service_keeps_about_the_person()
    {
        // Other tests act as the same people, before or after this one.
        var buyer = await ReadAsync(system.TokenOf(Role.Buyer)!);
        Assert.Equal(People.EmailOf(Role.Buyer), $"{buyer["account.json"]["email"]}");
        Assert.True(buyer["orders.json"]["orders"]!.AsArray().Count >= 2);
        Assert.Contains(buyer["tickets.json"]["tickets"]!.AsArray(), t => $"{t!["holderName"]}" == "Íris Araújo");
        Assert.Contains(buyer["tickets.json"]["transfers"]!.AsArray(), t => $"{t!["email"]}" == "nobody@example.com");
        Assert.NotEmpty(buyer["mails.json"]["mails"]!.AsArray());

        var manager = await ReadAsync(system.TokenOf(Role.Manager)!);
        Assert.Contains(manager["teams.json"]["teams"]!.AsArray(), t => $"{t!["role"]}" == "manager");
    }

    [Fact]
    public async Task Who_did_nothing_yet_is_given_an_account_and_nothing_of_others()
    {
        var (email, api) = await People.RegisterSpareAsync(system.Http.BaseAddress!, "export");
        using (api)
        {
            var person = await ReadAsync(api.AccessToken!);
            Assert.Equal(email, $"{person["account.json"]["email"]}");
            Assert.Empty(person["orders.json"]["orders"]!.AsArray());
            Assert.Empty(person["tickets.json"]["tickets"]!.AsArray());
            Assert.Empty(person["tickets.json"]["transfers"]!.AsArray());
            Assert.Empty(person["teams.json"]["teams"]!.AsArray());
        }
    }

    private async Task<Dictionary<string, JsonNode>> ReadAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me/export");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await system.Http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        using var archive = new ZipArchive(await answer.Content.ReadAsStreamAsync());
        return archive.Entries.ToDictionary(e => e.Name, e => JsonNode.Parse(e.Open())!);
    }
}
