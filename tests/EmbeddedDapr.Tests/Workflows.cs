using System.Diagnostics;
using Dapr.Workflow;

namespace Ticketing.EmbeddedDapr.Tests;

// The workflows and activities that the tests run.

public sealed class Sum : Workflow<int, int>
{
    public override async Task<int> RunAsync(WorkflowContext context, int input)
    {
        var sum = 0;
        for (var i = 1; i <= input; i++)
        {
            sum = await context.CallActivityAsync<int>(nameof(Add), new AddInput(sum, i));
        }
        return sum;
    }
}

public sealed record AddInput(int A, int B);

public sealed class Add : WorkflowActivity<AddInput, int>
{
    public override Task<int> RunAsync(WorkflowActivityContext context, AddInput input) =>
        Task.FromResult(input.A + input.B);
}

public sealed class SumAndWait : Workflow<int, int>
{
    public override async Task<int> RunAsync(WorkflowContext context, int input)
    {
        var sum = await context.CallActivityAsync<int>(nameof(Add), new AddInput(1, input));
        var more = await context.WaitForExternalEventAsync<int>("go", TimeSpan.FromMinutes(10));
        return await context.CallActivityAsync<int>(nameof(Add), new AddInput(sum, more));
    }
}

public sealed class Failing : Workflow<string, string>
{
    public override Task<string> RunAsync(WorkflowContext context, string input) =>
        context.CallActivityAsync<string>(nameof(Throw), input);
}

public sealed class Throw : WorkflowActivity<string, string>
{
    public override Task<string> RunAsync(WorkflowActivityContext context, string input) =>
        throw new InvalidOperationException(input);
}

public sealed class Retrying : Workflow<object?, string>
{
    public override Task<string> RunAsync(WorkflowContext context, object? input) =>
        context.CallActivityAsync<string>(
            nameof(SucceedAtThird),
            context.InstanceId,
            new WorkflowTaskOptions(new WorkflowRetryPolicy(5, TimeSpan.FromMilliseconds(20)))
        );
}

public sealed class SucceedAtThird(Attempts attempts) : WorkflowActivity<string, string>
{
    public override Task<string> RunAsync(WorkflowActivityContext context, string input) =>
        attempts.Next(input) is var attempt and >= 3
            ? Task.FromResult($"{attempt} attempts")
            : throw new InvalidOperationException("not yet");
}

public sealed class Attempts
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, int> _byKey = new();

    public int Next(string key) => _byKey.AddOrUpdate(key, 1, (_, n) => n + 1);

    public int Of(string key) => _byKey.GetValueOrDefault(key);

    public IReadOnlyDictionary<string, int> All => _byKey;
}

public sealed class Collecting : Workflow<int, int[]>
{
    public override async Task<int[]> RunAsync(WorkflowContext context, int input)
    {
        var items = new List<int>();
        while (items.Count < input)
        {
            items.Add(await context.WaitForExternalEventAsync<int>("item"));
        }
        return [.. items];
    }
}

public sealed class WaitingShortly : Workflow<object?, string>
{
    public override async Task<string> RunAsync(WorkflowContext context, object? input)
    {
        try
        {
            await context.WaitForExternalEventAsync<int>("never", TimeSpan.FromMilliseconds(100));
            return "came";
        }
        catch (TaskCanceledException)
        {
            return "timed out";
        }
    }
}

public sealed class Parent : Workflow<int, string>
{
    public override async Task<string> RunAsync(WorkflowContext context, int input)
    {
        var sums = await Task.WhenAll(
            context.CallChildWorkflowAsync<int>(nameof(Sum), input),
            context.CallChildWorkflowAsync<int>(nameof(Sum), input)
        );
        try
        {
            await context.CallChildWorkflowAsync<string>(nameof(Failing), "no");
            return "unexpected";
        }
        catch (WorkflowTaskFailedException)
        {
            return $"{sums[0]}, {sums[1]}, failed";
        }
    }
}

public sealed class ParentOfWaiting : Workflow<object?, int[]>
{
    public override Task<int[]> RunAsync(WorkflowContext context, object? input) =>
        context.CallChildWorkflowAsync<int[]>(nameof(Collecting), 1, new ChildWorkflowTaskOptions("child"));
}

public sealed record RoundsInput(int Round, int Sum);

public sealed class Rounds : Workflow<RoundsInput, int>
{
    public override async Task<int> RunAsync(WorkflowContext context, RoundsInput input)
    {
        if (input.Round == 20)
        {
            return input.Sum;
        }
        var more = await context.WaitForExternalEventAsync<int>("add");
        context.ContinueAsNew(new RoundsInput(input.Round + 1, input.Sum + more));
        return 0;
    }
}

public sealed class CallingBeta : Workflow<object?, string>
{
    public override Task<string> RunAsync(WorkflowContext context, object? input) =>
        context.CallActivityAsync<string>(nameof(WhoAmI), "", new WorkflowTaskOptions { TargetAppId = "beta" });
}

public sealed class WhoAmI(AppName app) : WorkflowActivity<string, string>
{
    public override Task<string> RunAsync(WorkflowActivityContext context, string input) => Task.FromResult(app.Value);
}

public sealed record AppName(string Value);

/// <summary>Where its activities, and those of its children, belong: trace and parent.</summary>
public sealed class Traced : Workflow<int, string[]>
{
    public override async Task<string[]> RunAsync(WorkflowContext context, int input)
    {
        var here = await context.CallActivityAsync<string>(nameof(WhichTrace), "");
        return input == 0
            ? [here]
            : [here, .. await context.CallChildWorkflowAsync<string[]>(nameof(Traced), input - 1)];
    }
}

public sealed class WhichTrace : WorkflowActivity<string, string>
{
    public override Task<string> RunAsync(WorkflowActivityContext context, string input) =>
        Task.FromResult(Activity.Current is { } run ? $"{run.TraceId} {run.ParentSpanId}" : "none");
}

public sealed class Holding : Workflow<object?, string>
{
    public override Task<string> RunAsync(WorkflowContext context, object? input) =>
        context.CallActivityAsync<string>(nameof(Pass), context.InstanceId);
}

public sealed class Pass(Gate gate) : WorkflowActivity<string, string>
{
    public override async Task<string> RunAsync(WorkflowActivityContext context, string input)
    {
        await gate.PassAsync();
        return "through";
    }
}

public sealed class Gate
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _entered;

    public int Entered => _entered;

    public void Open() => _open.TrySetResult();

    public Task PassAsync()
    {
        Interlocked.Increment(ref _entered);
        return _open.Task;
    }
}

public sealed class WaitingLonger : Workflow<object?, string>
{
    public override async Task<string> RunAsync(WorkflowContext context, object? input)
    {
        try
        {
            await context.WaitForExternalEventAsync<int>("never", TimeSpan.FromSeconds(3));
            return "came";
        }
        catch (TaskCanceledException)
        {
            return "timed out";
        }
    }
}
