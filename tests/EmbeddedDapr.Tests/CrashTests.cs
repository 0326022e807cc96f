using System.Collections.Concurrent;
using Dapr.Workflow;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ticketing.EmbeddedDapr.Tests;

/// <summary>What was acknowledged survives the end of the runtime, of an app, or of the database's connections.</summary>
public sealed class CrashTests
{
    private sealed record Order(int Number);

    [Fact]
    public async Task No_acknowledged_event_is_lost_when_the_runtime_is_killed()
    {
        await using var apps = await TwoApps.CreateAsync(start: false);
        await apps.StartRuntimeProcessAsync();
        var failOnce = new ConcurrentDictionary<string, bool>();
        var beta = new Receiver
        {
            Subscriptions = Receiver.Topic("orders"),
            // Every fifth is refused once, so that some wait for another try when the runtime is killed.
            Answer = e =>
                e.Envelope.GetProperty("data").GetProperty("number").GetInt32() % 5 == 0
                && failOnce.TryAdd(e["id"]!, true)
                    ? Results.StatusCode(503)
                    : Results.Ok(),
        };
        await beta.StartAsync(apps, "beta");
        var acknowledged = new ConcurrentBag<int>();
        using var stop = new CancellationTokenSource();
        var publishing = Task.WhenAll(
            Enumerable.Range(0, 8).Select(p => PublishAsync(apps, p, acknowledged, stop.Token))
        );
        for (var kill = 1; kill <= 3; kill++)
        {
            await Waiting.UntilAsync(() => acknowledged.Count > 300 * kill);
            await apps.KillRuntimeProcessAsync();
            await apps.StartRuntimeProcessAsync();
        }
        await stop.CancelAsync();
        await publishing;
        Assert.True(acknowledged.Count > 900);
        await Waiting.UntilAsync(() => !acknowledged.Except(Taken(beta)).Any());
        await Waiting.UntilAsync(async () => await apps.CountAsync("pubsub_queue") == 0);
    }

    [Fact]
    public async Task Events_go_on_when_the_database_drops_every_connection()
    {
        await using var apps = await TwoApps.CreateAsync();
        var beta = new Receiver { Subscriptions = Receiver.Topic("orders") };
        await beta.StartAsync(apps, "beta");
        var acknowledged = new ConcurrentBag<int>();
        using var stop = new CancellationTokenSource();
        var publishing = Task.WhenAll(
            Enumerable.Range(0, 4).Select(p => PublishAsync(apps, p, acknowledged, stop.Token))
        );
        for (var cut = 1; cut <= 3; cut++)
        {
            await Waiting.UntilAsync(() => acknowledged.Count > 200 * cut);
            await apps.CutDatabaseConnectionsAsync();
        }
        await Waiting.UntilAsync(() => acknowledged.Count > 800);
        await stop.CancelAsync();
        await publishing;
        await Waiting.UntilAsync(() => !acknowledged.Except(Taken(beta)).Any());
        await Waiting.UntilAsync(async () => await apps.CountAsync("pubsub_queue") == 0);
    }

    [Fact]
    public async Task No_started_workflow_is_lost_when_the_runtime_is_killed()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync(start: false);
        await apps.TwoApps.StartRuntimeProcessAsync();
        await apps.StartAppsAsync();
        var acknowledged = new ConcurrentBag<int>();
        using var stop = new CancellationTokenSource();
        var starting = Task.WhenAll(Enumerable.Range(0, 8).Select(p => StartAsync(apps, p, acknowledged, stop.Token)));
        for (var kill = 1; kill <= 3; kill++)
        {
            await Waiting.UntilAsync(() => acknowledged.Count > 60 * kill);
            await apps.TwoApps.KillRuntimeProcessAsync();
            await apps.TwoApps.StartRuntimeProcessAsync();
        }
        await stop.CancelAsync();
        await starting;
        await AssertAllEndRightAsync(apps, acknowledged);
    }

    [Fact]
    public async Task Workflows_go_on_when_the_database_drops_every_connection()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var acknowledged = new ConcurrentBag<int>();
        using var stop = new CancellationTokenSource();
        var starting = Task.WhenAll(Enumerable.Range(0, 8).Select(p => StartAsync(apps, p, acknowledged, stop.Token)));
        for (var cut = 1; cut <= 3; cut++)
        {
            await Waiting.UntilAsync(() => acknowledged.Count > 60 * cut);
            await apps.TwoApps.CutDatabaseConnectionsAsync();
        }
        await stop.CancelAsync();
        await starting;
        await AssertAllEndRightAsync(apps, acknowledged);
    }

    [Fact]
    public async Task The_engine_tries_again_whatever_kept_it_from_reading_its_log()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var client = apps.Client("alpha");
        await client.ScheduleNewWorkflowAsync(nameof(Collecting), "events", int.MaxValue);
        await apps.TwoApps.ExecuteAsync(
            "INSERT INTO workflow_log SELECT 1000000, number, 1, '\\xff' FROM workflow_instance"
        );
        await Waiting.UntilAsync(async () =>
        {
            await apps.TwoApps.CutDatabaseConnectionsAsync();
            return !await TryRaiseAsync();
        });
        Assert.False(await TryRaiseAsync());
        await apps.TwoApps.ExecuteAsync("DELETE FROM workflow_log WHERE id = 1000000");
        await Waiting.UntilAsync(TryRaiseAsync);

        async Task<bool> TryRaiseAsync()
        {
            try
            {
                await client.RaiseEventAsync("events", "item", 1);
                return true;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Unavailable)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task An_activity_in_flight_keeps_its_result_over_a_restart_of_the_runtime()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        await apps.Client("alpha").ScheduleNewWorkflowAsync(nameof(Holding), "held");
        await Waiting.UntilAsync(() => apps.Gate.Entered == 1);
        await apps.TwoApps.StopRuntimeAsync();
        await apps.TwoApps.StartRuntimeAsync();
        apps.Gate.Open();
        var state = await apps.Client("alpha").WaitForWorkflowCompletionAsync("held");
        Assert.Equal("through", state.ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_activity_whose_worker_died_runs_again_on_the_next_one()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        await apps.Client("alpha").ScheduleNewWorkflowAsync(nameof(Holding), "held");
        await Waiting.UntilAsync(() => apps.Gate.Entered == 1);
        await apps.TwoApps.StopAppAsync("alpha");
        apps.Gate.Open();
        await apps.StartAppAsync("alpha");
        var state = await apps.Client("alpha").WaitForWorkflowCompletionAsync("held");
        Assert.Equal("through", state.ReadOutputAs<string>());
        Assert.Equal(2, apps.Gate.Entered);
    }

    [Fact]
    public async Task Timers_events_suspension_and_children_survive_a_restart()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var client = apps.Client("alpha");
        await client.ScheduleNewWorkflowAsync(nameof(WaitingLonger), "timer");
        await client.ScheduleNewWorkflowAsync(nameof(Collecting), "events", 3);
        await client.RaiseEventAsync("events", "item", 1);
        await client.ScheduleNewWorkflowAsync(nameof(Collecting), "suspended", 1);
        await client.SuspendWorkflowAsync("suspended");
        await client.RaiseEventAsync("suspended", "item", 5);
        await client.ScheduleNewWorkflowAsync(nameof(ParentOfWaiting), "parent");
        await Waiting.UntilAsync(async () => (await client.GetWorkflowStateAsync("child"))!.Exists);
        await client.ScheduleNewWorkflowAsync(nameof(Rounds), "rounds", new RoundsInput(0, 0));
        for (var i = 0; i < 10; i++)
        {
            await client.RaiseEventAsync("rounds", "add", 1);
        }
        await client.ScheduleNewWorkflowAsync(nameof(Sum), "done", 2);
        await client.WaitForWorkflowCompletionAsync("done");

        await apps.TwoApps.StopRuntimeAsync();
        await apps.TwoApps.StartRuntimeAsync();

        Assert.Equal(3, (await client.GetWorkflowStateAsync("done"))!.ReadOutputAs<int>());
        Assert.Equal(WorkflowRuntimeStatus.Suspended, (await client.GetWorkflowStateAsync("suspended"))!.RuntimeStatus);
        await client.ResumeWorkflowAsync("suspended");
        await client.RaiseEventAsync("events", "item", 2);
        await client.RaiseEventAsync("events", "item", 3);
        await client.RaiseEventAsync("child", "item", 4);
        for (var i = 0; i < 10; i++)
        {
            await client.RaiseEventAsync("rounds", "add", 1);
        }
        Assert.Equal("timed out", await OutputAsync<string>(client, "timer"));
        Assert.Equal(new int[] { 1, 2, 3 }.AsEnumerable(), await OutputAsync<int[]>(client, "events"));
        Assert.Equal(new int[] { 5 }.AsEnumerable(), await OutputAsync<int[]>(client, "suspended"));
        Assert.Equal(new int[] { 4 }.AsEnumerable(), await OutputAsync<int[]>(client, "parent"));
        Assert.Equal(20, await OutputAsync<int>(client, "rounds"));
    }

    [Fact]
    public async Task A_second_runtime_on_the_same_database_says_so_and_fails()
    {
        await using var apps = await TwoApps.CreateAsync();
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            DaprRuntime.StartAsync(apps.Options(), CancellationToken.None)
        );
        Assert.Contains("already owns the database", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_database_is_owned_again_after_its_connections_were_cut()
    {
        await using var apps = await TwoApps.CreateAsync();
        await apps.CutDatabaseConnectionsAsync();
        await Waiting.UntilAsync(() =>
            apps.Logs.At(LogLevel.Information).Any(l => l.Contains("owned again", StringComparison.Ordinal))
        );
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            DaprRuntime.StartAsync(apps.Options(), CancellationToken.None)
        );
        using var dapr = apps.Client("alpha");
        await dapr.SaveStateAsync("statestore", "key", 1);
    }

    private static IEnumerable<int> Taken(Receiver receiver) =>
        receiver.All.Select(e => e.Envelope.GetProperty("data").GetProperty("number").GetInt32());

    /// <summary>Publishes numbers of its own until stopped; a failed one is not counted and not tried again.</summary>
    private static async Task PublishAsync(
        TwoApps apps,
        int publisher,
        ConcurrentBag<int> acknowledged,
        CancellationToken stop
    )
    {
        using var dapr = apps.Client("alpha");
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var number = publisher * 1_000_000 + i;
            try
            {
                await dapr.PublishEventAsync("pubsub", "orders", new Order(number), CancellationToken.None);
                acknowledged.Add(number);
            }
            catch (Dapr.DaprException)
            {
                await Task.Delay(5, CancellationToken.None);
            }
        }
    }

    /// <summary>Starts workflows and raises the event that each waits for; both must be acknowledged to count.</summary>
    private static async Task StartAsync(
        TwoWorkflowApps apps,
        int starter,
        ConcurrentBag<int> acknowledged,
        CancellationToken stop
    )
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var number = starter * 1_000_000 + i;
            try
            {
                await apps.Client("alpha").ScheduleNewWorkflowAsync(nameof(SumAndWait), $"w{number}", 1);
                await apps.Client("alpha").RaiseEventAsync($"w{number}", "go", number, CancellationToken.None);
                acknowledged.Add(number);
            }
            catch (RpcException)
            {
                await Task.Delay(5, CancellationToken.None);
            }
        }
    }

    private static async Task AssertAllEndRightAsync(TwoWorkflowApps apps, IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
        {
            Assert.Equal(2 + number, await OutputAsync<int>(apps.Client("alpha"), $"w{number}"));
        }
    }

    private static async Task<T?> OutputAsync<T>(DaprWorkflowClient client, string id)
    {
        using var limit = new CancellationTokenSource(Waiting.Limit);
        return (await client.WaitForWorkflowCompletionAsync(id, cancellation: limit.Token)).ReadOutputAs<T>();
    }
}
