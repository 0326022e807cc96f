using System.Diagnostics;
using Dapr.Workflow;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Ticketing.EmbeddedDapr.Tests;

public sealed class WorkflowTests
{
    [Fact]
    public async Task Activities_run_in_order_and_the_result_comes_back()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var client = apps.Client("alpha");
        var id = await client.ScheduleNewWorkflowAsync(nameof(Sum), input: 3);
        var state = await client.WaitForWorkflowCompletionAsync(id);
        Assert.Equal(WorkflowRuntimeStatus.Completed, state.RuntimeStatus);
        Assert.Equal(1 + 2 + 3, state.ReadOutputAs<int>());
        Assert.Equal(3, state.ReadInputAs<int>());
    }

    [Fact]
    public async Task An_activity_that_throws_fails_the_workflow_with_its_message()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var client = apps.Client("alpha");
        var id = await client.ScheduleNewWorkflowAsync(nameof(Failing), input: "no luck");
        var state = await client.WaitForWorkflowCompletionAsync(id);
        Assert.Equal(WorkflowRuntimeStatus.Failed, state.RuntimeStatus);
        Assert.Contains("no luck", state.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ActivityTraceFlags.Recorded)]
    [InlineData(ActivityTraceFlags.None)]
    public async Task Activities_and_children_belong_to_the_trace_that_started_the_workflow(ActivityTraceFlags flags)
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var client = apps.Client("alpha");
        using var request = new Activity("request") { ActivityTraceFlags = flags };
        request.Start();
        var id = await client.ScheduleNewWorkflowAsync(nameof(Traced), input: 1);
        request.Stop();
        var state = await client.WaitForWorkflowCompletionAsync(id);
        // As with daprd, one that is not recorded is not handed on.
        var expected = flags is ActivityTraceFlags.Recorded ? $"{request.TraceId} {request.SpanId}" : "none";
        Assert.Equal([expected, expected], state.ReadOutputAs<string[]>()!);
    }

    [Fact]
    public async Task A_retry_policy_runs_an_activity_again_after_a_timer()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var client = apps.Client("alpha");
        var id = await client.ScheduleNewWorkflowAsync(nameof(Retrying));
        var state = await client.WaitForWorkflowCompletionAsync(id);
        Assert.Equal("3 attempts", state.ReadOutputAs<string>());
    }

    [Fact]
    public async Task Events_are_received_in_order_also_when_raised_before_they_are_awaited()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var client = apps.Client("alpha");
        var id = await client.ScheduleNewWorkflowAsync(nameof(Collecting), input: 5);
        for (var i = 0; i < 5; i++)
        {
            await client.RaiseEventAsync(id, "ITEM", i);
        }
        var state = await client.WaitForWorkflowCompletionAsync(id);
        Assert.Equal([0, 1, 2, 3, 4], state.ReadOutputAs<int[]>()!);
    }

    [Fact]
    public async Task Waiting_for_an_event_ends_at_its_time_limit()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var client = apps.Client("alpha");
        var id = await client.ScheduleNewWorkflowAsync(nameof(WaitingShortly));
        var state = await client.WaitForWorkflowCompletionAsync(id);
        Assert.Equal("timed out", state.ReadOutputAs<string>());
    }

    [Fact]
    public async Task Child_workflows_return_their_results_and_their_failures()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var client = apps.Client("alpha");
        var id = await client.ScheduleNewWorkflowAsync(nameof(Parent), input: 4);
        var state = await client.WaitForWorkflowCompletionAsync(id);
        Assert.Equal("10, 10, failed", state.ReadOutputAs<string>());
    }

    [Fact]
    public async Task Continue_as_new_starts_over_and_keeps_events_that_nobody_took()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var client = apps.Client("alpha");
        var id = await client.ScheduleNewWorkflowAsync(nameof(Rounds), input: new RoundsInput(0, 0));
        for (var i = 1; i <= 20; i++)
        {
            await client.RaiseEventAsync(id, "add", i);
        }
        var state = await client.WaitForWorkflowCompletionAsync(id);
        Assert.Equal(210, state.ReadOutputAs<int>());
        Assert.True((await client.GetInstanceHistoryAsync(id)).Count < 20);
    }

    [Fact]
    public async Task Starting_a_running_id_is_refused_and_a_finished_one_may_be_used_again()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var client = apps.Client("alpha");
        await client.ScheduleNewWorkflowAsync(nameof(Collecting), "same", 1);
        var refused = await Assert.ThrowsAsync<Grpc.Core.RpcException>(() =>
            client.ScheduleNewWorkflowAsync(nameof(Collecting), "same", 1)
        );
        Assert.Equal(Grpc.Core.StatusCode.AlreadyExists, refused.StatusCode);
        await client.RaiseEventAsync("same", "item", 7);
        await client.WaitForWorkflowCompletionAsync("same");
        await client.ScheduleNewWorkflowAsync(nameof(Sum), "same", 2);
        var state = await client.WaitForWorkflowCompletionAsync("same");
        Assert.Equal(3, state.ReadOutputAs<int>());
    }

    [Fact]
    public async Task Terminate_ends_a_workflow_and_its_children()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var client = apps.Client("alpha");
        var id = await client.ScheduleNewWorkflowAsync(nameof(ParentOfWaiting), "parent");
        await Waiting.UntilAsync(async () => (await client.GetWorkflowStateAsync("child"))!.Exists);
        await client.TerminateWorkflowAsync(id, "enough");
        var state = await client.WaitForWorkflowCompletionAsync(id);
        Assert.Equal(WorkflowRuntimeStatus.Terminated, state.RuntimeStatus);
        Assert.Equal("enough", state.ReadOutputAs<string>());
        Assert.Equal(
            WorkflowRuntimeStatus.Terminated,
            (await client.WaitForWorkflowCompletionAsync("child")).RuntimeStatus
        );
    }

    [Fact]
    public async Task A_suspended_workflow_takes_its_events_when_it_is_resumed()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var client = apps.Client("alpha");
        var id = await client.ScheduleNewWorkflowAsync(nameof(Collecting), input: 1);
        await client.WaitForWorkflowStartAsync(id);
        await client.SuspendWorkflowAsync(id);
        await client.RaiseEventAsync(id, "item", 1);
        Assert.Equal(WorkflowRuntimeStatus.Suspended, (await client.GetWorkflowStateAsync(id))!.RuntimeStatus);
        await client.ResumeWorkflowAsync(id);
        Assert.Equal(WorkflowRuntimeStatus.Completed, (await client.WaitForWorkflowCompletionAsync(id)).RuntimeStatus);
    }

    [Fact]
    public async Task Purge_removes_a_finished_workflow_and_refuses_a_running_one()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var client = apps.Client("alpha");
        await client.ScheduleNewWorkflowAsync(nameof(Collecting), "running", 1);
        await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => client.PurgeInstanceAsync("running"));
        await client.ScheduleNewWorkflowAsync(nameof(Sum), "done", 1);
        await client.WaitForWorkflowCompletionAsync("done");
        Assert.True(await client.PurgeInstanceAsync("done"));
        Assert.False((await client.GetWorkflowStateAsync("done"))!.Exists);
        Assert.False(await client.PurgeInstanceAsync("done"));
    }

    [Fact]
    public async Task An_unknown_id_does_not_exist_and_cannot_be_raised_to()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var client = apps.Client("alpha");
        Assert.False((await client.GetWorkflowStateAsync("nobody"))!.Exists);
        var missing = await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => client.RaiseEventAsync("nobody", "x"));
        Assert.Equal(Grpc.Core.StatusCode.NotFound, missing.StatusCode);
    }

    [Theory]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("too long")]
    public async Task An_id_that_could_not_be_stored_is_refused(string id)
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var refused = await Assert.ThrowsAsync<Grpc.Core.RpcException>(() =>
            apps.Client("alpha").ScheduleNewWorkflowAsync(nameof(Sum), id == "too long" ? new('x', 257) : id, 1)
        );
        Assert.Equal(Grpc.Core.StatusCode.InvalidArgument, refused.StatusCode);
    }

    [Fact]
    public async Task Finished_workflows_are_deleted_when_their_time_is_over()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync(start: false);
        apps.TwoApps.WriteResource(
            "configuration.yaml",
            """
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata: { name: c }
            spec: { workflow: { stateRetentionPolicy: { anyTerminal: 1h, completed: 0s } } }
            """
        );
        await apps.TwoApps.StartRuntimeAsync();
        await apps.StartAppsAsync();
        var client = apps.Client("alpha");
        await client.ScheduleNewWorkflowAsync(nameof(Sum), "completed", 1);
        await client.WaitForWorkflowCompletionAsync("completed");
        await client.ScheduleNewWorkflowAsync(nameof(Failing), "failed", "x");
        await client.WaitForWorkflowCompletionAsync("failed");
        await apps.TwoApps.StopRuntimeAsync();
        await apps.TwoApps.StartRuntimeAsync();
        await Waiting.UntilAsync(async () => await apps.TwoApps.CountAsync("workflow_instance") == 1);
        Assert.True((await client.GetWorkflowStateAsync("failed"))!.Exists);
    }

    [Fact]
    public async Task Waits_for_more_workflows_than_a_connection_usually_has_streams_block_nobody()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var client = apps.Client("alpha");
        using var limit = new CancellationTokenSource();
        await client.ScheduleNewWorkflowAsync(nameof(Collecting), "waited-for", 1);
        var waits = Enumerable
            .Range(0, 300)
            .Select(_ => client.WaitForWorkflowCompletionAsync("waited-for", cancellation: limit.Token))
            .ToList();
        await client.ScheduleNewWorkflowAsync(nameof(Sum), "quick", 3);
        Assert.Equal(6, (await client.WaitForWorkflowCompletionAsync("quick")).ReadOutputAs<int>());
        await client.RaiseEventAsync("waited-for", "item", 1);
        await Task.WhenAll(waits);
    }

    [Fact]
    public async Task A_scheduled_start_waits_for_its_time()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var client = apps.Client("alpha");
        var start = TimeProvider.System.GetUtcNow().AddSeconds(10).UtcDateTime;
        await client.ScheduleNewWorkflowAsync(nameof(Sum), "later", 1, start);
        Assert.Equal(WorkflowRuntimeStatus.Pending, (await client.GetWorkflowStateAsync("later"))!.RuntimeStatus);
        var state = await client.WaitForWorkflowCompletionAsync("later");
        Assert.True(TimeProvider.System.GetUtcNow().UtcDateTime >= start);
        Assert.Equal(1, state.ReadOutputAs<int>());
    }

    [Fact]
    public async Task An_activity_of_another_app_is_run_there()
    {
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var client = apps.Client("alpha");
        var id = await client.ScheduleNewWorkflowAsync(nameof(CallingBeta));
        var state = await client.WaitForWorkflowCompletionAsync(id);
        Assert.Equal("beta", state.ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_thousand_workflows_all_end_right()
    {
        const int count = 1_000;
        await using var apps = await TwoWorkflowApps.CreateAsync();
        var client = apps.Client("alpha");
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = 64 },
            async (i, ct) =>
            {
                await client.ScheduleNewWorkflowAsync(nameof(SumAndWait), $"w{i}", 2);
                await client.RaiseEventAsync($"w{i}", "go", i, ct);
                var state = await client.WaitForWorkflowCompletionAsync($"w{i}", cancellation: ct);
                Assert.Equal(3 + i, state.ReadOutputAs<int>());
            }
        );
        TestContext.Current.TestOutputHelper?.WriteLine($"{count / watch.Elapsed.TotalSeconds:F0} workflows/s");
    }
}
