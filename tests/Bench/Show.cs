using System.Diagnostics;
using System.Text.Json.Nodes;
using Ticketing.Local;
using Ticketing.Local.Seeding;

namespace Ticketing.Bench;

/// <summary>A session of the demo's organizer, on sale for one load.</summary>
/// <param name="Types">Its ticket types, each with places of its own.</param>
/// <param name="Seats">Its seats, when they are numbered; all of the one type.</param>
internal sealed record Show(Uri Page, Guid SessionId, IReadOnlyList<Guid> Types, IReadOnlyList<Guid> Seats)
{
    private const int Capacity = 1_000_000;
    private const int Rows = 120;
    private const int SeatsPerRow = 500; // 60,000, the most that a map has

    public static Task<Show> PublishAsync(Uri url, int types, CancellationToken ct) =>
        PublishAsync(url, types, seated: false, ct);

    public static Task<Show> PublishSeatedAsync(Uri url, CancellationToken ct) =>
        PublishAsync(url, types: 1, seated: true, ct);

    private static async Task<Show> PublishAsync(Uri url, int types, bool seated, CancellationToken ct)
    {
        using var api = new ApiClient(url);
        await api.LogInAsync(SeedLogins.Organizer.Email, SeedLogins.Organizer.Password, ct);
        var organizerId = (await api.GetAsync("/api/v1/organizers", ct))["items"]![0]!.Id();
        var venueId = (await api.GetAsync($"/api/v1/venues?organizerId={organizerId}", ct))["items"]![0]!.Id();
        Guid? seatMapId = seated ? await SeatMapAsync(api, venueId, ct) : null;
        var title = "On-sale benchmark";
        var category = "concert";
        var description = "Hot ticket types.";
        var show = (
            await api.PostAsync(
                "/api/v1/events",
                new
                {
                    organizerId,
                    venueId,
                    title,
                    description,
                    category,
                },
                ct
            )
        ).Id();
        var startsAt = TimeProvider.System.GetUtcNow().AddDays(90);
        var session = await api.PostAsync(
            $"/api/v1/events/{show}/sessions",
            new
            {
                startsAt,
                seatMapId,
                maxPerPerson = 1_000,
            },
            ct
        );
        var price = new { amount = 10000, currency = "BRL" };
        var ids = new List<Guid>();
        for (var i = 0; i < types; i++)
        {
            object type = seated
                ? new
                {
                    name = "Seat",
                    kind = "full",
                    poolId = session["pools"]![0]!.Id(),
                    price,
                }
                : new
                {
                    name = $"Hot {i}",
                    kind = "full",
                    capacity = Capacity,
                    price,
                };
            ids.Add((await api.PostAsync($"/api/v1/sessions/{session.Id()}/ticket-types", type, ct)).Id());
        }
        await api.PostAsync($"/api/v1/events/{show}/publish", null, ct);
        var seats = await OnSaleAsync(
            api,
            $"/api/v1/sessions/{session.Id()}/{(seated ? "seats" : "availability")}",
            ct
        );
        return new(
            new(url, $"/api/v1/events/{show}"),
            session.Id(),
            ids,
            [
                .. from section in seats["sections"]?.AsArray() ?? []
                from row in section!["rows"]!.AsArray()
                from seat in row!["seats"]!.AsArray()
                select seat!.Id(),
            ]
        );
    }

    private static async Task<Guid> SeatMapAsync(ApiClient api, Guid venueId, CancellationToken ct)
    {
        var rows = Enumerable.Range(1, Rows).Select(r => new { name = $"{r}", seats = SeatsPerRow });
        var sections = new[] { new { name = "All", rows } };
        var name = $"Benchmark {Guid.CreateVersion7()}";
        return (await api.PostAsync($"/api/v1/venues/{venueId}/seat-maps", new { name, sections }, ct)).Id();
    }

    /// <summary>Tickets hears of it a moment later.</summary>
    private static async Task<JsonNode> OnSaleAsync(ApiClient api, string path, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            using var answer = await api.SendAsync(HttpMethod.Get, path, null, ct);
            if (answer.IsSuccessStatusCode)
                return JsonNode.Parse(await answer.Content.ReadAsStringAsync(ct))!;
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(30))
                throw new LocalException($"{path} still answers {(int)answer.StatusCode}.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), ct);
        }
    }
}
