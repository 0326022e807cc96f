using System.Diagnostics;
using Ticketing.Local;
using Ticketing.Local.Seeding;

namespace Ticketing.Bench;

/// <summary>A session of the demo's organizer, on sale for one bench.</summary>
/// <param name="Types">Its ticket types, each with places of its own.</param>
internal sealed record Show(Guid SessionId, IReadOnlyList<Guid> Types)
{
    private const int Capacity = 1_000_000;

    public static async Task<Show> PublishAsync(Uri url, int types, CancellationToken ct)
    {
        using var api = new ApiClient(url);
        await api.LogInAsync(SeedLogins.Organizer.Email, SeedLogins.Organizer.Password, ct);
        var organizerId = (await api.GetAsync("/api/v1/organizers", ct))["items"]![0]!.Id();
        var venueId = (await api.GetAsync($"/api/v1/venues?organizerId={organizerId}", ct))["items"]![0]!.Id();
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
        var session = (await api.PostAsync($"/api/v1/events/{show}/sessions", new { startsAt }, ct)).Id();
        var price = new { amount = 10000, currency = "BRL" };
        var ids = new List<Guid>();
        for (var i = 0; i < types; i++)
        {
            var type = new
            {
                name = $"Hot {i}",
                kind = "full",
                capacity = Capacity,
                price,
            };
            ids.Add((await api.PostAsync($"/api/v1/sessions/{session}/ticket-types", type, ct)).Id());
        }
        await api.PostAsync($"/api/v1/events/{show}/publish", null, ct);
        // Tickets hears of it a moment later.
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var path = $"/api/v1/sessions/{session}/availability";
            using var answer = await api.SendAsync(HttpMethod.Get, path, null, ct);
            if (answer.IsSuccessStatusCode)
                return new(session, ids);
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(30))
                throw new LocalException($"{path} still answers {(int)answer.StatusCode}.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), ct);
        }
    }
}
