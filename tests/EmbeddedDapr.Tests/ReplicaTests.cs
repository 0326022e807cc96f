using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Ticketing.EmbeddedDapr.Tests;

/// <summary>Two replicas of <c>beta</c>: its calls, messages and workflows are shared, and one that goes is not missed.</summary>
public sealed class ReplicaTests
{
    private sealed record Order(int Number);

    [Fact]
    public async Task Calls_go_to_the_replicas_by_turns_and_to_those_that_are_there()
    {
        await using var apps = await TwoApps.CreateAsync(start: false);
        var second = apps.AddReplica("beta");
        await apps.StartRuntimeAsync();
        foreach (var name in new[] { "beta", second })
        {
            await apps.StartAppAsync(name, app => app.MapPost("/", (Order order) => $"{name} {order.Number}"));
        }
        using var http = apps.Http("alpha");

        var answers = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            answers.Add(await CallAsync(i));
        }
        Assert.Equal(5, answers.Count(a => a.StartsWith("beta ", StringComparison.Ordinal)));
        Assert.Equal(5, answers.Count(a => a.StartsWith(second, StringComparison.Ordinal)));

        await apps.StopAppAsync("beta");
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal($"{second} {i}", await CallAsync(i));
        }

        async Task<string> CallAsync(int number)
        {
            using var response = await http.PostAsJsonAsync("/v1.0/invoke/beta/method/", new Order(number));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return await response.Content.ReadAsStringAsync();
        }
    }

    [Fact]
    public async Task A_replica_that_is_not_well_is_not_called()
    {
        await using var apps = await TwoApps.CreateAsync(start: false);
        var second = apps.AddReplica("beta");
        var (one, two) = (new Receiver(), new Receiver());
        foreach (var name in new[] { "beta", second })
        {
            apps.Check(name, new AppHealth("/well", TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(5), 2));
        }
        await apps.StartRuntimeAsync();
        await one.StartAsync(apps, "beta");
        await two.StartAsync(apps, second);
        await Waiting.UntilAsync(() =>
            apps.Logs.All.Count(l => l.Contains("beta is well", StringComparison.Ordinal)) == 2
        );
        one.IsWell = false;
        await Waiting.UntilAsync(() =>
            apps.Logs.All.Any(l => l.Contains("beta is not well", StringComparison.Ordinal))
        );

        using var http = apps.Http("alpha");
        for (var i = 0; i < 10; i++)
        {
            using var content = new StringContent("{}", new MediaTypeHeaderValue("application/cloudevents+json"));
            using var response = await http.PostAsync("/v1.0/invoke/beta/method/call", content);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        Assert.Empty(one.All);
        Assert.Equal(10, two.All.Count);
    }

    [Fact]
    public async Task Each_message_is_handled_by_one_replica_and_by_the_other_when_that_is_gone()
    {
        await using var apps = await TwoApps.CreateAsync(start: false);
        var second = apps.AddReplica("beta");
        await apps.StartRuntimeAsync();
        // Each holds its first message in hand until both have one.
        var both = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var met = new ConcurrentDictionary<string, bool>();
        var (one, two) = (New("one"), New("two"));
        await one.StartAsync(apps, "beta");
        await two.StartAsync(apps, second);
        using var dapr = apps.Client("alpha");

        for (var i = 0; i < 40; i++)
        {
            await dapr.PublishEventAsync("pubsub", "orders", new Order(i));
        }
        await Waiting.UntilAsync(async () => one.All.Count + two.All.Count >= 40 && await Empty());
        Assert.Equal(40, one.All.Concat(two.All).Select(e => e["id"]).Distinct().Count());
        Assert.Equal(40, one.All.Count + two.All.Count);
        Assert.NotEmpty(one.All);
        Assert.NotEmpty(two.All);

        await apps.StopAppAsync("beta");
        var before = two.All.Count;
        for (var i = 0; i < 20; i++)
        {
            await dapr.PublishEventAsync("pubsub", "orders", new Order(i));
        }
        await Waiting.UntilAsync(async () => two.All.Count == before + 20 && await Empty());

        async Task<bool> Empty() => await apps.CountAsync("pubsub_queue") == 0;

        Receiver New(string name) =>
            new()
            {
                Subscriptions = Receiver.Topic("orders"),
                AnswerLater = _ =>
                {
                    if (met.TryAdd(name, true) && met.Count == 2)
                    {
                        both.TrySetResult();
                    }
                    return both.Task;
                },
            };
    }

    [Fact]
    public async Task Workflows_are_run_by_both_and_go_on_when_one_is_gone()
    {
        await using var apps = await TwoWorkflowApps.CreateWithReplicaAsync();
        var client = apps.Client("alpha");
        var ran = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            ran.Add(await CallBetaAsync());
        }
        Assert.Contains("beta", ran);
        Assert.Contains("beta-2", ran);

        await apps.StopAppAsync("beta");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("beta-2", await CallBetaAsync());
        }

        async Task<string> CallBetaAsync()
        {
            var id = await client.ScheduleNewWorkflowAsync(nameof(CallingBeta));
            return (await client.WaitForWorkflowCompletionAsync(id)).ReadOutputAs<string>()!;
        }
    }
}
