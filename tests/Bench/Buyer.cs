using System.Diagnostics;
using System.Text.Json.Nodes;
using Ticketing.Bench.Measuring;
using Ticketing.Local;
using Ticketing.Local.Seeding;

namespace Ticketing.Bench;

/// <summary>A person who buys one ticket after the other, over public HTTP only.</summary>
internal sealed class Buyer(ApiClient api) : IDisposable
{
    private const string Password = "a-long-enough-password";
    private static readonly TimeSpan PurchaseLimit = TimeSpan.FromSeconds(60);

    /// <summary>A token lives longer. Not all at once: they come from one address.</summary>
    private readonly TimeSpan tokenUse = TimeSpan.FromMinutes(6 + (4 * Random.Shared.NextDouble()));

    /// <summary>What a server that does not wait is given between two questions.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly string email = $"bench-{Guid.CreateVersion7():N}@example.com";
    private readonly SemaphoreSlim loggingIn = new(1);
    private long? loggedIn;

    public static async Task<IReadOnlyList<Buyer>> RegisterAsync(Uri url, int number, CancellationToken ct)
    {
        Console.WriteLine($"{number} buyers log in");
        var buyers = Enumerable.Range(0, number).Select(_ => new Buyer(new ApiClient(url))).ToList();
        await Parallel.ForEachAsync(
            buyers,
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = ct },
            async (buyer, token) => await buyer.RegisterAsync(token)
        );
        return buyers;
    }

    public async Task<string> TokenAsync(CancellationToken ct)
    {
        await LogInAsync(ct);
        return api.AccessToken!;
    }

    private async Task RegisterAsync(CancellationToken ct)
    {
        await api.PostAsync(
            "/api/v1/users",
            new
            {
                email,
                password = Password,
                name = "Bench",
            },
            ct
        );
        await LogInAsync(ct);
    }

    private async Task LogInAsync(CancellationToken ct)
    {
        await loggingIn.WaitAsync(ct);
        try
        {
            if (loggedIn is { } at && Stopwatch.GetElapsedTime(at) < tokenUse)
                return;
            await api.LogInAsync(email, Password, ct);
            loggedIn = Stopwatch.GetTimestamp();
        }
        finally
        {
            loggingIn.Release();
        }
    }

    /// <param name="began">When the buyer came: the purchase counts from then.</param>
    /// <returns>The order's id.</returns>
    public async Task<string> BuyAsync(Show show, Load load, long began, CancellationToken ct, int quantity = 1)
    {
        await LogInAsync(ct);
        var step = Stopwatch.GetTimestamp();
        var items = new[] { new { ticketTypeId = show.Types[0], quantity } };
        var hold = await PostAsync("/api/v1/holds", new { sessionId = show.SessionId, items }, ct);
        load.Note("hold", step);
        step = Stopwatch.GetTimestamp();
        var request = new
        {
            holdId = hold.Id(),
            buyer = new { name = "Bench", email = $"{Guid.CreateVersion7():N}@example.com" },
            attendees = Array.Empty<object>(),
            payment = new { method = "pix" },
        };
        var order = await PostAsync("/api/v1/orders", request, ct);
        load.Note("order", step);
        // 202: how to pay is told soon.
        order = await WaitAsync(order, o => o["payment"]?["pix"] is not null, began, ct);
        load.Note("payable", step);
        step = Stopwatch.GetTimestamp();
        await api.PostAsync($"/sandbox/pix/{order["payment"]!["pix"]!.Text("txId")}/pay", null, ct);
        load.Note("pay", step);
        step = Stopwatch.GetTimestamp();
        await WaitAsync(order, o => o.Text("status") == "fulfilled", began, ct);
        load.Note("paid to tickets", step);
        load.Note("purchase", began);
        return order.Text("id");
    }

    private Task<JsonNode> PostAsync(string path, object body, CancellationToken ct) =>
        api.PostAsync(path, body, ct, Guid.CreateVersion7().ToString());

    private async Task<JsonNode> WaitAsync(JsonNode order, Func<JsonNode, bool> until, long began, CancellationToken ct)
    {
        while (!until(order))
        {
            if (order.Text("status") is "expired" or "cancelled" or "refunded")
                throw new LocalException($"An order ended {order.Text("status")}.");
            if (Stopwatch.GetElapsedTime(began) > PurchaseLimit)
                throw new TimeoutException($"A purchase took over {PurchaseLimit.TotalSeconds} s.");
            var asked = Stopwatch.GetTimestamp();
            var next = await api.GetAsync($"/api/v1/orders/{order.Id()}?wait=25", ct);
            if (JsonNode.DeepEquals(next, order) && Stopwatch.GetElapsedTime(asked) < Pause)
                await Task.Delay(Pause, ct);
            order = next;
        }
        return order;
    }

    public void Dispose()
    {
        api.Dispose();
        loggingIn.Dispose();
    }
}
