using System.Net.Http.Json;
using System.Security.Cryptography;
using Ticketing.Contracts;
using Ticketing.Tickets.IssuedTickets;
using static Ticketing.Tickets.Tests.Wire;

namespace Ticketing.Tickets.Tests.IssuedTickets;

/// <summary>The steps of charts/ticketing/rotate-keys.md, as they are taken.</summary>
public sealed class KeyRotationTests
{
    [Fact]
    public async Task Codes_and_links_that_are_out_stay_good_until_the_old_keys_go()
    {
        await using var app = await TicketsApp.StartAsync();
        var show = new Show();
        var type = show.Standing(10);
        await app.SellAsync(show);
        var keeper = Guid.CreateVersion7();
        await app.TeamMemberAsync(show, keeper, TeamRole.Door);
        var (first, second) = (await BuyAsync(app, show, type), await BuyAsync(app, show, type));
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (pem, link) = (ec.ExportPkcs8PrivateKeyPem(), Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));

        await RestartAsync(app, old => $"{old}\n{pem}\n", old => $"{old}\n{link}\n");
        Assert.Equal(first.PdfPath, (await ReadAsync(app, first)).PdfPath);
        await RestartAsync(
            app,
            both => $"{pem}\n{both.Replace(pem, "", StringComparison.Ordinal)}",
            both => $"{link}\n{both.Split('\n')[0]}\n"
        );

        var after = await ReadAsync(app, first);
        Assert.NotEqual(KeyOf(first.Code!), KeyOf(after.Code!));
        Assert.NotEqual(first.PdfPath, after.PdfPath);
        using var anybody = app.Anonymous();
        (await anybody.GetAsync(first.PdfPath)).EnsureSuccessStatusCode();
        (await anybody.GetAsync(after.PdfPath)).EnsureSuccessStatusCode();
        var keys = await (await anybody.GetAsync("/api/v1/tickets/keys")).ReadAsync<GetKeys.Response>();
        Assert.Equal(2, keys.Keys.Count);
        using var door = app.Person(keeper);
        (await AdmitAsync(door, first.Code!)).EnsureSuccessStatusCode();

        await RestartAsync(app, _ => pem, _ => link);
        await (await AdmitAsync(door, second.Code!)).ProblemAsync(404, "not-found");
        (await AdmitAsync(door, (await ReadAsync(app, second)).Code!)).EnsureSuccessStatusCode();
        await (await anybody.GetAsync(first.PdfPath)).ProblemAsync(404, "not-found");
    }

    private static Task<HttpResponseMessage> AdmitAsync(HttpClient door, string code) =>
        door.PostAsJsonAsync("/api/v1/check-ins", new { code, gate = "A" });

    private static string KeyOf(string code) =>
        Convert.ToHexString(System.Buffers.Text.Base64Url.DecodeFromChars(code), 1, 4);

    private readonly record struct Bought(Guid Owner, Guid Id, string? Code, string? PdfPath);

    private static async Task<Bought> BuyAsync(TicketsApp app, Show show, Guid type)
    {
        var purchase = await app.BuyAsync(show.SessionId, null, Some(type));
        return await ReadAsync(app, new(purchase.BuyerId, purchase.Tickets[0].Id, null, null));
    }

    private static async Task<Bought> ReadAsync(TicketsApp app, Bought bought)
    {
        using var http = app.Person(bought.Owner);
        var view = await (await http.GetAsync($"/api/v1/tickets/{bought.Id}")).ReadAsync<TicketView>();
        return bought with { Code = view.Code, PdfPath = view.PdfPath };
    }

    private static async Task RestartAsync(TicketsApp app, Func<string, string> signing, Func<string, string> links)
    {
        string[] replicas = [AppIds.Tickets, TicketsApp.Replica];
        foreach (var replica in replicas)
            await app.System.StopAsync(replica);
        app.System.ChangeSecret(SecretNames.TicketSigningKey, signing);
        app.System.ChangeSecret(SecretNames.LinkKey, links);
        foreach (var replica in replicas)
            await app.System.StartAsync(replica);
    }
}
