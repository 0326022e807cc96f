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
        var buyer = await ReadAsync(Role.Buyer);
        Assert.Equal(People.EmailOf(Role.Buyer), $"{buyer["account.json"]["email"]}");
        Assert.Equal(2, buyer["orders.json"]["orders"]!.AsArray().Count);
        var ticket = buyer["tickets.json"]["tickets"]!.AsArray().Single()!;
        Assert.Equal("Íris Araújo", $"{ticket["holderName"]}");
        Assert.Equal("nobody@example.com", $"{buyer["tickets.json"]["transfers"]![0]!["email"]}");
        Assert.NotEmpty(buyer["mails.json"]["mails"]!.AsArray());
        Assert.Empty(buyer["teams.json"]["teams"]!.AsArray());

        var manager = await ReadAsync(Role.Manager);
        Assert.Empty(manager["orders.json"]["orders"]!.AsArray());
        Assert.Equal("manager", $"{manager["teams.json"]["teams"]![0]!["role"]}");
    }

    private async Task<Dictionary<string, JsonNode>> ReadAsync(string role)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me/export");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", system.TokenOf(role));
        using var answer = await system.Http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        using var archive = new ZipArchive(await answer.Content.ReadAsStreamAsync());
        return archive.Entries.ToDictionary(e => e.Name, e => JsonNode.Parse(e.Open())!);
    }
}
