using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;

namespace Ticketing.EmbeddedDapr.Tests;

public sealed class PubSubTests
{
    private sealed record Order(int Number);

    [Fact]
    public async Task A_published_event_reaches_every_subscriber_once()
    {
        await using var world = await World.CreateAsync();
        var got = new ConcurrentQueue<(string App, int Number)>();
        foreach (var appId in new[] { "alpha", "beta" })
        {
            await world.StartAppAsync(
                appId,
                app =>
                    app.MapPost("/orders", (Order order) => got.Enqueue((appId, order.Number)))
                        .WithTopic("pubsub", "orders")
            );
        }
        using var dapr = world.Client("alpha");
        for (var i = 0; i < 100; i++)
        {
            await dapr.PublishEventAsync("pubsub", "orders", new Order(i));
        }
        await Waiting.UntilAsync(() => got.Count >= 200);
        Assert.Equal(
            Enumerable.Range(0, 100),
            got.Where(g => g.App == "alpha").Select(g => g.Number).Order()
        );
        Assert.Equal(
            Enumerable.Range(0, 100),
            got.Where(g => g.App == "beta").Select(g => g.Number).Order()
        );
    }
}
