using System.Diagnostics;
using Ticketing.Contracts;
using Order = System.Text.Json.Nodes.JsonNode;

namespace Ticketing.System.Tests;

/// <summary>Two replicas of Orders; one goes while people buy, and comes back.</summary>
public sealed class ReplicaTests(SystemOfReplicas system) : IClassFixture<SystemOfReplicas>
{
    private const int Buyers = 4;
    private const int Purchases = 5;

    /// <summary>Told to end, as when a pod is moved; or just gone.</summary>
    [Theory]
    [InlineData("TERM", AppIds.Orders)]
    [InlineData("KILL", AppIds.Orders)]
    [InlineData("TERM", "orders-2")]
    [InlineData("KILL", "orders-2")]
    public async Task A_replica_that_goes_while_people_buy_loses_nothing(string signal, string replica)
    {
        var show = await system.ShowAsync(capacity: Buyers * Purchases);
        var goneAfter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var bought = 0;
        var buying = Enumerable.Range(0, Buyers).Select(_ => Task.Run(BuyAsync)).ToList();

        await goneAfter.Task;
        var pid = system.Local.ProcessIds[replica];
        using (var kill = Process.Start("kill", [$"-{signal}", $"{pid}"]))
            await kill.WaitForExitAsync();
        await TestKit.Eventually.TrueAsync(() =>
            Task.FromResult(system.Local.ProcessIds.TryGetValue(replica, out var now) && now != pid)
        );
        await Task.WhenAll(buying);

        Assert.Equal(Buyers * Purchases, bought);
        using var late = await (await system.BuyerAsync()).TryHoldAsync(show);
        Assert.False(late.IsSuccessStatusCode);
        await system.AssertInvariantsAsync();

        async Task BuyAsync()
        {
            var buyer = await system.BuyerAsync();
            for (var i = 0; i < Purchases; i++)
            {
                var hold = await buyer.HoldAsync(show);
                // The hold is the request's key: whoever got no answer asks again, and gets the same order.
                var order = await PatientlyAsync(() => buyer.OrderAsync(hold, "card", "tok_approve"));
                await PatientlyAsync(() => buyer.WaitForStatusAsync(order, "fulfilled"));
                if (Interlocked.Increment(ref bought) == Buyers)
                    goneAfter.SetResult();
            }
            Assert.Equal(Purchases, (await buyer.TicketsAsync()).Count);
        }
    }

    private static async Task<Order> PatientlyAsync(Func<Task<Order>> step)
    {
        Order? answer = null;
        await TestKit.Eventually.TrueAsync(async () =>
        {
            try
            {
                answer = await step();
                return true;
            }
            catch (Exception e) when (e is Local.LocalException or HttpRequestException)
            {
                return false;
            }
        });
        return answer!;
    }
}
