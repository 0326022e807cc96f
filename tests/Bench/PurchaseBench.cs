using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Ticketing.Local.Seeding;

namespace Ticketing.Bench;

/// <summary>
/// A fixed number of buyers, each buying again as soon as the last ticket is there, all on one hot ticket type.
/// A purchase counts when its tickets are issued and its PDFs stored (order <c>fulfilled</c>).
/// </summary>
internal static class PurchaseBench
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PurchaseLimit = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(Uri url, int buyers, TimeSpan duration, string data, CancellationToken ct)
    {
        var (sessionId, typeId) = await PublishAsync(url, ct);
        Console.WriteLine($"{buyers} buyers log in");
        var clients = new ConcurrentBag<ApiClient>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, buyers),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = ct },
            async (_, token) => clients.Add(await BuyerAsync(url, token))
        );
        var times = new ConcurrentBag<(string Step, double Ms)>();
        var errors = new ConcurrentDictionary<string, int>();
        Console.WriteLine($"and buy for {duration.TotalSeconds:0} s");
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(
            clients.Select(c => BuyUntilAsync(c, sessionId, typeId, start, duration, times, errors, ct))
        );
        var elapsed = Stopwatch.GetElapsedTime(start);
        Report(times, errors, elapsed, buyers, data);
        return errors.IsEmpty ? 0 : 1;
    }

    private static async Task<(Guid Session, Guid Type)> PublishAsync(Uri url, CancellationToken ct)
    {
        using var api = new ApiClient(url);
        await api.LogInAsync(SeedLogins.Organizer.Email, SeedLogins.Organizer.Password, ct);
        var organizerId = (await api.GetAsync("/api/v1/organizers", ct))["items"]![0]!.Id();
        var venueId = (await api.GetAsync($"/api/v1/venues?organizerId={organizerId}", ct))["items"]![0]!.Id();
        var show = (
            await api.PostAsync(
                "/api/v1/events",
                new
                {
                    organizerId,
                    venueId,
                    title = "On-sale benchmark",
                    description = "One hot ticket type.",
                    category = "concert",
                },
                ct
            )
        ).Id();
        var session = await api.PostAsync(
            $"/api/v1/events/{show}/sessions",
            new { startsAt = TimeProvider.System.GetUtcNow().AddDays(90) },
            ct
        );
        var type = await api.PostAsync(
            $"/api/v1/sessions/{session.Id()}/ticket-types",
            new
            {
                name = "Hot",
                kind = "full",
                capacity = 1_000_000,
                price = new { amount = 10000, currency = "BRL" },
            },
            ct
        );
        await api.PostAsync($"/api/v1/events/{show}/publish", null, ct);
        return (session.Id(), type.Id());
    }

    private static async Task<ApiClient> BuyerAsync(Uri url, CancellationToken ct)
    {
        var api = new ApiClient(url);
        var email = $"bench-{Guid.CreateVersion7():N}@example.com";
        await api.PostAsync(
            "/api/v1/users",
            new
            {
                email,
                password = "a-long-enough-password",
                name = "Bench",
            },
            ct
        );
        await api.LogInAsync(email, "a-long-enough-password", ct);
        return api;
    }

    private static async Task BuyUntilAsync(
        ApiClient api,
        Guid sessionId,
        Guid typeId,
        long start,
        TimeSpan duration,
        ConcurrentBag<(string, double)> times,
        ConcurrentDictionary<string, int> errors,
        CancellationToken ct
    )
    {
        while (Stopwatch.GetElapsedTime(start) < duration)
            try
            {
                await BuyAsync(api, sessionId, typeId, times, ct);
            }
            catch (Exception e) when (e is Local.LocalException or HttpRequestException or TimeoutException)
            {
                errors.AddOrUpdate(e.Message[..Math.Min(120, e.Message.Length)], 1, (_, n) => n + 1);
            }
    }

    private static async Task BuyAsync(
        ApiClient api,
        Guid sessionId,
        Guid typeId,
        ConcurrentBag<(string, double)> times,
        CancellationToken ct
    )
    {
        var began = Stopwatch.GetTimestamp();
        var hold = await api.PostAsync(
            "/api/v1/holds",
            new { sessionId, items = new[] { new { ticketTypeId = typeId, quantity = 1 } } },
            ct,
            Guid.CreateVersion7().ToString()
        );
        times.Add(("hold", Ms(began)));
        var step = Stopwatch.GetTimestamp();
        var order = await api.PostAsync(
            "/api/v1/orders",
            new
            {
                holdId = hold.Id(),
                buyer = new { name = "Bench", email = "bench@example.com" },
                attendees = Array.Empty<object>(),
                payment = new { method = "pix" },
            },
            ct,
            Guid.CreateVersion7().ToString()
        );
        times.Add(("order", Ms(step)));
        step = Stopwatch.GetTimestamp();
        while (order["payment"]?["pix"] is null)
            order = await AgainAsync(api, order.Id(), began, ct);
        await api.PostAsync($"/sandbox/pix/{order["payment"]!["pix"]!.Text("txId")}/pay", null, ct);
        times.Add(("pay", Ms(step)));
        step = Stopwatch.GetTimestamp();
        while (order.Text("status") != "fulfilled")
            order = await AgainAsync(api, order.Id(), began, ct);
        times.Add(("paid to tickets", Ms(step)));
        times.Add(("purchase", Ms(began)));
    }

    private static async Task<JsonNode> AgainAsync(ApiClient api, Guid orderId, long began, CancellationToken ct)
    {
        if (Stopwatch.GetElapsedTime(began) > PurchaseLimit)
            throw new TimeoutException($"A purchase took over {PurchaseLimit.TotalSeconds} s.");
        await Task.Delay(Poll, ct);
        return await api.GetAsync($"/api/v1/orders/{orderId}", ct);
    }

    private static double Ms(long since) => Stopwatch.GetElapsedTime(since).TotalMilliseconds;

    private static void Report(
        ConcurrentBag<(string Step, double Ms)> times,
        ConcurrentDictionary<string, int> errors,
        TimeSpan elapsed,
        int buyers,
        string data
    )
    {
        var purchases = times.Count(t => t.Step == "purchase");
        Console.WriteLine(
            $"{purchases} purchases in {elapsed.TotalSeconds:0.0} s by {buyers} buyers: {purchases / elapsed.TotalSeconds:0.0}/s, {errors.Values.Sum()} errors"
        );
        foreach (var step in new[] { "hold", "order", "pay", "paid to tickets", "purchase" })
        {
            var sorted = times.Where(t => t.Step == step).Select(t => t.Ms).Order().ToList();
            if (sorted.Count > 0)
                Console.WriteLine(
                    $"  {step, -16} p50 {At(sorted, 0.5), 7:0} ms   p95 {At(sorted, 0.95), 7:0} ms   p99 {At(sorted, 0.99), 7:0} ms"
                );
        }
        foreach (var (message, count) in errors)
            Console.WriteLine($"  {count} × {message}");
        Console.WriteLine(
            $"Server memory: {MemoryOf(data)}; {Environment.ProcessorCount} cores shared by client and server"
        );
    }

    private static double At(List<double> sorted, double quantile) => sorted[(int)((sorted.Count - 1) * quantile)];

    private static string MemoryOf(string data)
    {
        var path = Path.Combine(data, "pid");
        if (!File.Exists(path))
            return "unknown (no --data folder)";
        using var server = Process.GetProcessById(int.Parse(File.ReadAllText(path), null));
        return $"{server.WorkingSet64 / 1024 / 1024} MiB";
    }
}
