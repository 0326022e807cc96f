using Dapr.DurableTask.Protobuf;
using Microsoft.Extensions.Logging;

namespace Ticketing.EmbeddedDapr.Workflows;

/// <summary>Giving work to the apps' workers, and taking their answers.</summary>
internal sealed partial class WorkflowEngine
{
    /// <summary>Dapr's own limit: 95 % of the 4 MiB that a message may have.</summary>
    private const int MaxHistoryBytes = 4 * 1024 * 1024 / 100 * 95;

    private readonly string _id = Guid.CreateVersion7().ToString("N");
    private long _lastTurn;

    public int WorkersOf(string appId)
    {
        lock (_lock)
        {
            return _dispatchers[appId].WorkerCount;
        }
    }

    public Worker Connect(string appId)
    {
        var worker = new Worker();
        lock (_lock)
        {
            if (_stopping.IsCancellationRequested)
            {
                // Nobody would close its stream any more: the worker would wait for ever.
                throw new EngineStoppedException();
            }
            _dispatchers[appId].Connect(worker);
            foreach (var stalled in _byNumber.Values.Where(i => i.Stalled && i.AppId == appId))
            {
                stalled.Stalled = false;
                MakeReady(stalled);
            }
            Pump(_dispatchers[appId]);
        }
        return worker;
    }

    public void Disconnect(string appId, Worker worker)
    {
        lock (_lock)
        {
            var dispatcher = _dispatchers[appId];
            dispatcher.Disconnect(worker);
            foreach (var (_, instance) in worker.Turns.Where(t => t.Value.Turn?.Token == t.Key))
            {
                EndTurn(instance);
                MakeReady(instance);
            }
            foreach (var activity in worker.Activities.Values)
            {
                dispatcher.Enqueue(activity);
            }
            Pump(dispatcher);
        }
    }

    public async Task CompleteActivityAsync(string appId, ActivityResponse response)
    {
        AtomicWrite write = new() { CanWait = true };
        lock (_lock)
        {
            _dispatchers[appId].Answered(response.CompletionToken);
            if (
                CompletionToken.Parse(response.CompletionToken) is not { } token
                || _byNumber.GetValueOrDefault(token.Number) is not { } instance
                || instance.ExecutionId != token.ExecutionId
                || !instance.Tasks.TryGetValue(token.TaskId, out var scheduled)
                || TargetOf(instance, scheduled) != appId
            )
            {
                _logger.LogDebug(
                    "An activity's result came for {InstanceId}, which does not wait for it",
                    response.InstanceId
                );
                Pump(_dispatchers[appId]);
                return;
            }
            Deliver(instance, ResultOf(response, token.TaskId, scheduled), write);
            Write(write, instance);
            _apps[appId]
                .Metrics.ActivityEnded(
                    scheduled.TaskScheduled.Name,
                    response.FailureDetails is null,
                    Now - scheduled.Timestamp.ToDateTime()
                );
            Pump(_dispatchers[appId]);
            Pump(_dispatchers[instance.AppId]);
        }
        await write.Done.Task;
    }

    public async Task CompleteTurnAsync(string appId, WorkflowResponse response)
    {
        AtomicWrite write = new();
        lock (_lock)
        {
            var dispatcher = _dispatchers[appId];
            dispatcher.Answered(response.CompletionToken);
            if (
                Find(appId, response.InstanceId) is not { Completed: null } instance
                || instance.Turn?.Token != response.CompletionToken
            )
            {
                _logger.LogDebug(
                    "A turn's result came for {InstanceId}, which does not wait for it",
                    response.InstanceId
                );
                Pump(dispatcher);
                return;
            }
            if (response.Actions.Any(IsStall))
            {
                _logger.LogError(
                    "The worker of {AppId} cannot run {InstanceId}: its version differs",
                    appId,
                    instance.Id
                );
                EndTurn(instance);
                instance.Stalled = true;
                Pump(dispatcher);
                return;
            }
            Apply(instance, response, write);
            Write(write, instance);
            Pump(dispatcher);
        }
        await write.Done.Task;
    }

    private void Pump(Dispatcher dispatcher) => dispatcher.Pump(BeginTurn, ToWorkItem);

    private WorkItem? BeginTurn(Instance instance)
    {
        if (!instance.IsReady(Now))
        {
            return null;
        }
        if (instance.HistoryBytes > MaxHistoryBytes)
        {
            FailTooLarge(instance);
            return null;
        }
        var turn = new Turn($"turn:{_id}:{++_lastTurn}", StartedEvent(), instance.Inbox);
        instance.Turn = turn;
        instance.TakeInbox();
        var request = new WorkflowRequest { InstanceId = instance.Id, ExecutionId = instance.ExecutionId };
        request.PastEvents.AddRange(instance.History);
        request.NewEvents.Add(turn.Started);
        request.NewEvents.AddRange(turn.Taken.Select(i => i.Event));
        return new() { WorkflowRequest = request, CompletionToken = turn.Token };
    }

    /// <summary>A turn whose result will not come: what it took waits again.</summary>
    private static void EndTurn(Instance instance)
    {
        if (instance.Turn is { } turn)
        {
            instance.Turn = null;
            instance.Inbox.InsertRange(0, turn.Taken);
        }
    }

    private static WorkItem ToWorkItem(ActivityTask task)
    {
        var scheduled = task.Scheduled.TaskScheduled;
        return new()
        {
            CompletionToken = new CompletionToken(
                task.Owner.Number,
                task.ExecutionId,
                task.Scheduled.EventId
            ).ToString(),
            ActivityRequest = new()
            {
                Name = scheduled.Name,
                Version = scheduled.Version,
                Input = scheduled.Input,
                TaskId = task.Scheduled.EventId,
                TaskExecutionId = scheduled.TaskExecutionId,
                ParentTraceContext = scheduled.ParentTraceContext,
                WorkflowInstance = new() { InstanceId = task.Owner.Id, ExecutionId = task.ExecutionId },
            },
        };
    }

    /// <summary>Queues an activity at the app that is to run it; one that runs nowhere here fails at once.</summary>
    private void Dispatch(ActivityTask task)
    {
        if (_dispatchers.TryGetValue(TargetOf(task.Owner, task.Scheduled), out var dispatcher))
        {
            dispatcher.Enqueue(task);
            return;
        }
        AtomicWrite write = new();
        var failed = NewEvent();
        failed.TaskFailed = new()
        {
            TaskScheduledId = task.Scheduled.EventId,
            TaskExecutionId = task.Scheduled.TaskScheduled.TaskExecutionId,
            FailureDetails = new()
            {
                ErrorType = "AppNotFound",
                ErrorMessage = $"There is no app '{TargetOf(task.Owner, task.Scheduled)}'.",
            },
        };
        Deliver(task.Owner, failed, write);
        Write(write, task.Owner);
    }

    private HistoryEvent ResultOf(ActivityResponse response, int taskId, HistoryEvent scheduled)
    {
        var result = NewEvent();
        if (response.FailureDetails is { } failure)
        {
            result.TaskFailed = new()
            {
                TaskScheduledId = taskId,
                TaskExecutionId = scheduled.TaskScheduled.TaskExecutionId,
                FailureDetails = failure,
            };
        }
        else
        {
            result.TaskCompleted = new()
            {
                TaskScheduledId = taskId,
                TaskExecutionId = scheduled.TaskScheduled.TaskExecutionId,
                Result = response.Result,
            };
        }
        return result;
    }

    private void FailTooLarge(Instance instance)
    {
        _logger.LogError(
            "The history of {InstanceId} is larger than {Limit} bytes: it fails",
            instance.Id,
            MaxHistoryBytes
        );
        AtomicWrite write = new();
        var completed = NewEvent();
        completed.ExecutionCompleted = new()
        {
            WorkflowStatus = OrchestrationStatus.Failed,
            FailureDetails = new()
            {
                ErrorType = "HistoryTooLarge",
                ErrorMessage = $"The workflow's history is larger than {MaxHistoryBytes} bytes.",
            },
        };
        instance.Inbox.Clear();
        Record(instance, new(StartedEvent(), [], [completed], instance.CustomStatus), write);
        Write(write, instance);
    }

    private HistoryEvent StartedEvent()
    {
        var started = NewEvent();
        started.WorkflowStarted = new();
        return started;
    }

    private static string TargetOf(Instance instance, HistoryEvent scheduled) =>
        scheduled.Router?.TargetAppID is { Length: > 0 } target ? target : instance.AppId;

    private static bool IsStall(WorkflowAction action) =>
        action.WorkflowVersionNotAvailable is not null
        || action.CompleteWorkflow?.WorkflowStatus == OrchestrationStatus.Stalled;
}
