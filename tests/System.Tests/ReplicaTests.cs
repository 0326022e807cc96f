using System.Diagnostics;
using Ticketing.Contracts;
using Order = System.Text.Json.Nodes.JsonNode;

namespace Ticketing.System.Tests;

/// <summary>Two replicas of Orders; one goes while people buy, and comes back.</summary>
public sealed class ReplicaTests(SystemOfReplicas system) : IClassFixture<SystemOfReplicas>
{
    private const int Buyers = 3;
    private const int Purchases = 3;

    [Theory]
    [InlineData(AppIds.Orders)]
    [InlineData("orders-2")]
    public Task A_replica_that_is_killed_while_people_buy_loses_nothing(string replica) =>
        // The hold is the request's key: whoever got no answer asks again, and gets the same order.
        BuyWhileItGoesAsync("KILL", replica, PatientlyAsync);

    /// <summary>As when a pod is moved: nobody who buys meanwhile gets an error, whichever step they are at.</summary>
    [Theory]
    [InlineData(AppIds.Orders)]
    public async Task A_replica_that_is_told_to_end_fails_no_request(string replica)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM.");
        await BuyWhileItGoesAsync("TERM", replica, step => step());
    }

    private async Task BuyWhileItGoesAsync(string signal, string replica, Func<Func<Task<Order>>, Task<Order>> ask)
    {
        var show = await system.ShowAsync(capacity: 1_000);
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (bought, isBack) = (0, false);
        var buying = Enumerable.Range(0, Buyers).Select(_ => Task.Run(BuyAsync)).ToList();

        await Task.WhenAny([began.Task, .. buying]);
        var pid = system.Local.ProcessIds[replica];
        using (var kill = Process.Start("kill", [$"-{signal}", $"{pid}"]))
            await kill.WaitForExitAsync();
        await TestKit.Eventually.TrueAsync(() =>
            Task.FromResult(
                buying.Exists(b => b.IsFaulted)
                    || (system.Local.ProcessIds.TryGetValue(replica, out var now) && now != pid)
            )
        );
        Volatile.Write(ref isBack, true);
        await Task.WhenAll(buying);
        await system.AssertInvariantsAsync();

        async Task BuyAsync()
        {
            do
            {
                var buyer = await system.BuyerAsync();
                for (var i = 0; i < Purchases; i++)
                {
                    var hold = await buyer.HoldAsync(show);
                    var order = await ask(() => buyer.OrderAsync(hold, "card", "tok_approve"));
                    await ask(() => buyer.WaitForStatusAsync(order, "fulfilled"));
                    if (Interlocked.Increment(ref bought) == Buyers)
                        began.SetResult();
                }
                Assert.Equal(Purchases, (await buyer.TicketsAsync()).Count);
            } while (!Volatile.Read(ref isBack));
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
            catch (Exception e) when (e is Local.LocalException or HttpRequestException or OperationCanceledException)
            {
                return false;
            }
        });
        return answer!;
    }
}
