using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ticketing.Contracts;
using Ticketing.TestKit;
using Ticketing.Tickets.IssuedTickets;
using static Ticketing.Tickets.Tests.Wire;

namespace Ticketing.Tickets.Tests.IssuedTickets;

/// <summary>Doors without a network: what they take along, and how what they admitted is merged.</summary>
public sealed class OfflineDoorTests(TicketsApp app)
{
    private static DateTimeOffset Ago(int seconds) => TimeProvider.System.GetUtcNow().AddSeconds(-seconds);

    private async Task<(Show Show, Purchase Purchase, TicketView Ticket, HttpClient Door)> OpenAsync()
    {
        var show = new Show();
        var type = show.Standing(10);
        await app.SellAsync(show);
        var keeper = Guid.CreateVersion7();
        await app.TeamMemberAsync(show, keeper, TeamRole.Door);
        var purchase = await app.BuyAsync(show.SessionId, null, Some(type));
        using var http = app.Person(purchase.BuyerId);
        var ticket = await (await http.GetAsync($"/api/v1/tickets/{purchase.Tickets[0].Id}")).ReadAsync<TicketView>();
        return (show, purchase, ticket, app.Person(keeper));
    }

    private static object Scan(string? code, DateTimeOffset at, string gate = "Norte", string? number = null) =>
        new
        {
            code,
            number,
            at,
            gate,
        };

    private static async Task<JsonArray> MergeAsync(
        HttpClient door,
        Guid sessionId,
        string deviceId,
        params object[] scans
    )
    {
        var answer = await door.PostAsJsonAsync(
            "/api/v1/check-ins/batch",
            new
            {
                sessionId,
                deviceId,
                scans,
            }
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!["results"]!.AsArray();
    }

    private static string Verdict(JsonArray results) => Assert.Single(results)!["verdict"]!.ToString();

    [Fact]
    public async Task A_door_takes_the_list_along_with_first_names_and_asks_again_by_its_tag()
    {
        var (show, _, ticket, door) = await OpenAsync();
        var path = $"/api/v1/check-in-lists/{show.SessionId}";

        using var answer = await door.GetAsync(path);
        var list = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        var row = Assert.Single(list["tickets"]!.AsArray())!;
        Assert.Equal(
            (ticket.Id.ToString(), ticket.Number, "Ana", "valid", 1),
            (
                row["id"]!.ToString(),
                row["number"]!.ToString(),
                row["name"]!.ToString(),
                row["status"]!.ToString(),
                (int)row["serial"]!
            )
        );
        Assert.Equal("ES256", list["keys"]![0]!["alg"]!.ToString());
        using var again = new HttpRequestMessage(HttpMethod.Get, path)
        {
            Headers = { { "If-None-Match", answer.Headers.ETag!.ToString() } },
        };
        using var known = await door.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        using var stranger = app.Person(Guid.CreateVersion7());
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task The_earliest_scan_has_the_ticket_in_whatever_order_doors_come_back()
    {
        var (show, _, ticket, door) = await OpenAsync();
        var (early, late) = (Ago(60), Ago(30));

        var first = await MergeAsync(door, show.SessionId, "b", Scan(ticket.Code, late, "Sul"));
        var second = await MergeAsync(door, show.SessionId, "a", Scan(ticket.Code, early));
        var third = await MergeAsync(door, show.SessionId, "b", Scan(ticket.Code, late, "Sul"));
        // To a door that got no answer.
        var again = await MergeAsync(door, show.SessionId, "a", Scan(ticket.Code, early));

        Assert.Equal("admitted", Verdict(first));
        Assert.Null(first[0]!["conflict"]);
        Assert.Equal("admitted", Verdict(second));
        Assert.Equal("Sul", second[0]!["conflict"]!["gate"]!.ToString());
        Assert.Equal("admitted", Verdict(again));
        Assert.Equal("b", again[0]!["conflict"]!["deviceId"]!.ToString());
        Assert.Equal(second[0]!["conflict"]!["at"]!.ToString(), again[0]!["conflict"]!["at"]!.ToString());
        Assert.Equal("alreadyUsed", Verdict(third));
        Assert.Equal(("Norte", "a"), (third[0]!["gate"]!.ToString(), third[0]!["conflict"]!["deviceId"]!.ToString()));
    }

    [Fact]
    public async Task Each_scan_that_does_not_count_is_in_the_log_once_however_often_it_is_told()
    {
        const string Twice = "ticket.admitted-twice";
        var (show, _, ticket, door) = await OpenAsync();
        var (early, late, latest) = (
            Scan(ticket.Code, Ago(90)),
            Scan(ticket.Code, Ago(60)),
            Scan(ticket.Code, Ago(30))
        );
        await MergeAsync(door, show.SessionId, "b", late);
        // Its line tells of b's scan, which b tells again.
        for (var i = 0; i < 2; i++)
        {
            await MergeAsync(door, show.SessionId, "a", early);
            await MergeAsync(door, show.SessionId, "b", late, late);
        }
        await app.Acts.OfAsync(Twice, ticket.Id);

        // Another one is another line.
        for (var i = 0; i < 2; i++)
            await MergeAsync(door, show.SessionId, "c", latest);

        await Eventually.TrueAsync(() => Task.FromResult(app.Acts.Count(Twice, ticket.Id) == 2));
        await MergeAsync(door, show.SessionId, "d", Scan(ticket.Code, Ago(20)));
        await Eventually.TrueAsync(() => Task.FromResult(app.Acts.Count(Twice, ticket.Id) >= 3));
        Assert.Equal(3, app.Acts.Count(Twice, ticket.Id));
    }

    [Fact]
    public async Task Two_doors_of_one_moment_are_told_apart_by_their_ids_and_a_repeat_changes_nothing()
    {
        var (show, _, ticket, door) = await OpenAsync();
        var at = Ago(60);
        string[] devices = ["c", "a", "b"];

        await Task.WhenAll(devices.Select(d => MergeAsync(door, show.SessionId, d, Scan(ticket.Code, at, d))));

        foreach (var device in devices)
        {
            var again = await MergeAsync(door, show.SessionId, device, Scan(ticket.Code, at, device));
            Assert.Equal(device == "a" ? "admitted" : "alreadyUsed", Verdict(again));
            Assert.Equal("a", again[0]!["gate"]!.ToString());
        }
    }

    [Theory]
    [InlineData("/api/v1/check-ins", "a")]
    [InlineData("/api/v1/check-ins/by-number", "a")]
    [InlineData("/api/v1/check-ins", null)]
    public async Task An_admission_online_whose_answer_was_lost_is_told_again_and_another_devices_is_a_second_one(
        string path,
        string? deviceId
    )
    {
        var (show, _, ticket, door) = await OpenAsync();
        var body = new
        {
            show.SessionId,
            ticket.Code,
            ticket.Number,
            gate = "Norte",
            deviceId,
        };
        using var lost = await door.PostAsJsonAsync(path, body);
        lost.EnsureSuccessStatusCode();

        // Its clock may go ahead or behind; who did not say its device is told apart by its gate.
        foreach (var seconds in new[] { 0, 20 })
        {
            var told = await MergeAsync(door, show.SessionId, "a", Scan(ticket.Code, Ago(seconds)));
            Assert.Equal(("admitted", null), (Verdict(told), told[0]!["conflict"]));
        }
        // Two phones at one gate are two.
        for (var i = 0; i < 2; i++)
        {
            var other = await MergeAsync(door, show.SessionId, "b", Scan(ticket.Code, Ago(10)));
            Assert.Equal("alreadyUsed", Verdict(other));
            Assert.Equal("a", other[0]!["conflict"]!["deviceId"]!.ToString());
        }
        // So is what one phone let in long before.
        var before = await MergeAsync(door, show.SessionId, "a", Scan(ticket.Code, Ago(600)));
        Assert.Equal("admitted", Verdict(before));
        Assert.Equal("a", before[0]!["conflict"]!["deviceId"]!.ToString());
    }

    [Fact]
    public async Task What_is_typed_void_foreign_or_unknown_is_answered_each_by_itself()
    {
        var (show, purchase, ticket, door) = await OpenAsync();
        var (_, _, elsewhere, _) = await OpenAsync();
        using var buyer = app.Person(purchase.BuyerId);
        using var reissued = await buyer.PostAsync($"/api/v1/tickets/{ticket.Id}/reissue", null);

        var results = await MergeAsync(
            door,
            show.SessionId,
            "a",
            Scan(ticket.Code, Ago(5)),
            Scan(elsewhere.Code, Ago(5)),
            Scan("nada", Ago(5)),
            Scan(null, Ago(60), number: $" {ticket.Number[..4].ToLowerInvariant()}-{ticket.Number[4..]}"),
            // A clock that goes ahead: nobody is let in tomorrow.
            Scan(null, Ago(-100_000), number: ticket.Number)
        );

        Assert.Equal(
            ["voided", "unknown", "unknown", "admitted", "alreadyUsed"],
            results.Select(r => r!["verdict"]!.ToString())
        );
        Assert.True((DateTimeOffset)results[4]!["usedAt"]! < TimeProvider.System.GetUtcNow());
        await app.Acts.OfAsync("ticket.admitted-voided", ticket.Id);
        using var online = await door.PostAsJsonAsync(
            "/api/v1/check-ins/by-number",
            new
            {
                sessionId = show.SessionId,
                number = ticket.Number,
                gate = "Leste",
            }
        );
        Assert.Equal("Norte", (await online.ProblemAsync(409, "already-used")).GetProperty("gate").GetString());
        // Whoever is inside with a blocked ticket is in the log once.
        var (disputed, blocked, held, itsDoor) = await OpenAsync();
        await app.DisputeAsync(blocked.OrderId);
        var scan = Scan(held.Code, Ago(5));
        for (var i = 0; i < 2; i++)
            Assert.Equal("blocked", Verdict(await MergeAsync(itsDoor, disputed.SessionId, "a", scan)));
        await app.Acts.OfAsync("ticket.admitted-blocked", held.Id);
        Assert.Equal(1, app.Acts.Count("ticket.admitted-blocked", held.Id));
        using var stranger = app.Person(Guid.CreateVersion7());
        using var refused = await stranger.PostAsJsonAsync(
            "/api/v1/check-ins/batch",
            new
            {
                sessionId = show.SessionId,
                deviceId = "a",
                scans = new[] { Scan(ticket.Code, Ago(1)) },
            }
        );
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
    }
}
