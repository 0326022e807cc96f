using Dapr.DurableTask.Protobuf;

namespace Ticketing.EmbeddedDapr.Workflows;

/// <summary>What clients ask for. Every answer waits until what it tells of is on disk.</summary>
internal sealed partial class WorkflowEngine
{
    public const int MaxIdLength = 256;

    public static bool IsId(string id) => id.Length is > 0 and <= MaxIdLength && !id.Any(char.IsControl);

    /// <summary>Starts an instance; false if the id is running already.</summary>
    public async Task<bool> StartAsync(string appId, string id, ExecutionStartedEvent start)
    {
        AtomicWrite write = new();
        lock (_lock)
        {
            if (Find(appId, id) is { Completed: null })
            {
                return false;
            }
            var started = NewEvent();
            started.ExecutionStarted = start;
            started.Router = new() { SourceAppID = appId };
            var instance = Create(appId, id, started, parent: null, write);
            Write(write, instance);
            Pump(_dispatchers[appId]);
        }
        await write.Done.Task;
        return true;
    }

    /// <summary>Raises an event; false if nothing of that id is running.</summary>
    public async Task<bool> RaiseAsync(string appId, string id, string name, string? input)
    {
        AtomicWrite write = new();
        lock (_lock)
        {
            if (Find(appId, id) is not { Completed: null } instance)
            {
                return false;
            }
            var raised = NewEvent();
            raised.EventRaised = new() { Name = name, Input = input };
            Deliver(instance, raised, write);
            Write(write, instance);
            Pump(_dispatchers[appId]);
        }
        await write.Done.Task;
        return true;
    }

    public async Task<bool> TerminateAsync(string appId, string id, string? output, bool recurse)
    {
        AtomicWrite write = new();
        lock (_lock)
        {
            if (Find(appId, id) is not { Completed: null } instance)
            {
                return false;
            }
            Terminate(instance, output, recurse, write);
            Write(write, instance);
            Pump(_dispatchers[appId]);
        }
        await write.Done.Task;
        return true;
    }

    public async Task<bool> SuspendAsync(string appId, string id, bool suspend)
    {
        AtomicWrite write = new();
        lock (_lock)
        {
            if (Find(appId, id) is not { Completed: null } instance)
            {
                return false;
            }
            var logId = ++_lastLogId;
            instance.Suspended = suspend;
            instance.LogIds.Add(logId);
            write.Records.Add((logId, instance.Number, suspend ? LogRecordKind.Suspended : LogRecordKind.Resumed, []));
            Write(write, instance);
            MakeReady(instance);
            Pump(_dispatchers[appId]);
        }
        await write.Done.Task;
        return true;
    }

    /// <summary>The state of an instance that is in memory, as it is on disk; null: not in memory.</summary>
    public async Task<WorkflowState?> StateAsync(string appId, string id, bool withPayloads)
    {
        WorkflowState state;
        Task stored;
        lock (_lock)
        {
            if (Find(appId, id) is not { } instance)
            {
                return null;
            }
            (state, stored) = (instance.ToState(withPayloads), instance.Stored);
        }
        await stored;
        return state;
    }

    /// <summary>Waits until the instance has begun or ended, if it is in memory.</summary>
    public async Task WaitAsync(string appId, string id, bool untilFinished, CancellationToken ct)
    {
        Task signal;
        lock (_lock)
        {
            if (Find(appId, id) is not { } instance)
            {
                return;
            }
            signal = untilFinished ? instance.Finished.Task : instance.Started.Task;
        }
        await signal.WaitAsync(ct);
    }

    private Instance Create(string appId, string id, HistoryEvent started, long? parent, AtomicWrite write)
    {
        var instance = new Instance(++_lastNumber, appId, id) { Stored = write.Done.Task };
        _byId[(appId, id)] = instance;
        _byNumber[instance.Number] = instance;
        write.Created.Add((instance.Number, appId, id, parent, Now));
        Deliver(instance, started, write);
        return instance;
    }

    private void Terminate(Instance instance, string? output, bool recurse, AtomicWrite write)
    {
        var children = instance.Children.Values.ToList();
        var terminated = NewEvent();
        terminated.ExecutionTerminated = new() { Input = output, Recurse = recurse };
        var completed = NewEvent();
        completed.ExecutionCompleted = new() { WorkflowStatus = OrchestrationStatus.Terminated, Result = output };
        EndTurn(instance);
        instance.Inbox.Clear();
        Record(instance, new(StartedEvent(), [], [terminated, completed], instance.CustomStatus), write);
        if (!recurse)
        {
            return;
        }
        foreach (var (appId, id) in children)
        {
            if (Find(appId, id) is { Completed: null } child)
            {
                child.Stored = write.Done.Task;
                Terminate(child, output, recurse, write);
            }
        }
    }
}
