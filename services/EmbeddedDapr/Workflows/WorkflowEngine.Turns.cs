using Dapr.DurableTask.Protobuf;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace Ticketing.EmbeddedDapr.Workflows;

/// <summary>What a finished turn does: its actions become events, and messages to others, in one write.</summary>
internal sealed partial class WorkflowEngine
{
    private void Apply(Instance instance, WorkflowResponse response, AtomicWrite write)
    {
        var turn = instance.Turn!;
        instance.Turn = null;
        if (response.Version is { } version)
        {
            turn.Started.WorkflowStarted.Version = version;
        }
        var completion = response.Actions.FirstOrDefault(a => a.CompleteWorkflow is not null);
        if (completion?.CompleteWorkflow is { WorkflowStatus: OrchestrationStatus.ContinuedAsNew } again)
        {
            ContinueAsNew(instance, again, write);
            return;
        }
        var events = new List<HistoryEvent>();
        foreach (var action in response.Actions)
        {
            if (action.CompleteWorkflow is not null && action != completion)
            {
                continue;
            }
            if (ToEvent(instance, action, write) is { } e)
            {
                events.Add(e);
            }
        }
        Record(instance, new(turn.Started, turn.Taken, events, response.CustomStatus), write);
        write.Answers.ForEach(answer => answer());
        MakeReady(instance);
    }

    /// <summary>Applies a turn, writes it down, and sees to what follows from its events once it is on disk.</summary>
    private void Record(Instance instance, TurnLogRecord turn, AtomicWrite write)
    {
        var logId = ++_lastLogId;
        write.Records.Add((logId, instance.Number, LogRecordKind.Turn, turn.ToBytes()));
        instance.Apply(turn, logId);
        foreach (var e in turn.Events)
        {
            if (e.TaskScheduled is not null)
            {
                var task = new ActivityTask(instance, instance.ExecutionId, e);
                write.Then.Add(() =>
                {
                    if (task.IsOpen)
                    {
                        Dispatch(task);
                    }
                });
            }
            else if (e.TimerCreated is not null)
            {
                Arm(instance, e.EventId, e.TimerCreated.FireAt.ToDateTime());
            }
        }
        write.Then.Add(() => instance.Started.TrySetResult());
        if (instance.Completed is not null)
        {
            Finish(instance, write);
        }
    }

    private void Finish(Instance instance, AtomicWrite write)
    {
        var completed = instance.Completed!;
        write.Finished.Add(
            (instance.Number, (int)completed.WorkflowStatus, instance.ToState(withPayloads: true).ToByteArray())
        );
        if (instance.Start!.ParentInstance is { } parent)
        {
            NotifyParent(parent, completed, instance, write);
        }
        write.Then.Add(() =>
        {
            _byNumber.Remove(instance.Number);
            if (Find(instance.AppId, instance.Id) == instance)
            {
                _byId.Remove((instance.AppId, instance.Id));
            }
            instance.Finished.TrySetResult();
            _apps[instance.AppId]
                .Metrics.WorkflowEnded(
                    instance.Start.Name,
                    completed.WorkflowStatus switch
                    {
                        OrchestrationStatus.Completed => "success",
                        OrchestrationStatus.Terminated => "terminated",
                        _ => "failed",
                    },
                    Now - instance.CreatedAt
                );
        });
    }

    private void NotifyParent(
        ParentInstanceInfo info,
        ExecutionCompletedEvent completed,
        Instance child,
        AtomicWrite write
    )
    {
        var parentApp = info.HasAppID ? info.AppID : child.AppId;
        if (
            Find(parentApp, info.WorkflowInstance.InstanceId) is not { Completed: null } parent
            || parent.ExecutionId != info.WorkflowInstance.ExecutionId
        )
        {
            return;
        }
        var e = NewEvent();
        if (completed.WorkflowStatus == OrchestrationStatus.Completed)
        {
            e.ChildWorkflowInstanceCompleted = new()
            {
                TaskScheduledId = info.TaskScheduledId,
                Result = completed.Result,
            };
        }
        else
        {
            e.ChildWorkflowInstanceFailed = new()
            {
                TaskScheduledId = info.TaskScheduledId,
                FailureDetails =
                    completed.FailureDetails
                    ?? new()
                    {
                        ErrorType = completed.WorkflowStatus.ToString(),
                        ErrorMessage = $"The workflow ended as {completed.WorkflowStatus}.",
                    },
            };
        }
        if (Deliver(parent, e, write))
        {
            parent.Stored = write.Done.Task;
        }
    }

    private void ContinueAsNew(Instance instance, CompleteWorkflowAction again, AtomicWrite write)
    {
        var kept = again
            .CarryoverEvents.Concat(instance.Inbox.Select(i => i.Event).Where(e => e.EventRaised is not null))
            .ToList();
        var previous = instance.Start!;
        var started = NewEvent();
        started.Router = new() { SourceAppID = instance.AppId };
        started.ExecutionStarted = new()
        {
            Name = previous.Name,
            Version = previous.Version,
            Input = again.Result,
            ParentInstance = previous.ParentInstance,
            ParentTraceContext = previous.ParentTraceContext,
            WorkflowInstance = new() { InstanceId = instance.Id, ExecutionId = Guid.CreateVersion7().ToString("N") },
            Tags = { previous.Tags },
        };
        write.Superseded.AddRange(instance.LogIds);
        instance.ContinueAsNew();
        Deliver(instance, started, write);
        kept.ForEach(e => Deliver(instance, e, write));
        write.Then.Add(() => instance.Started.TrySetResult());
    }

    private HistoryEvent? ToEvent(Instance instance, WorkflowAction action, AtomicWrite write)
    {
        var e = NewEvent(action.Id);
        e.Router = RouterOf(instance, action);
        switch (action.WorkflowActionTypeCase)
        {
            case WorkflowAction.WorkflowActionTypeOneofCase.ScheduleTask:
                var task = action.ScheduleTask;
                e.TaskScheduled = new()
                {
                    Name = task.Name,
                    Version = task.Version,
                    Input = task.Input,
                    TaskExecutionId = task.TaskExecutionId,
                    ParentTraceContext = instance.Start!.ParentTraceContext,
                };
                return e;
            case WorkflowAction.WorkflowActionTypeOneofCase.CreateTimer:
                e.TimerCreated = ToTimer(action.CreateTimer);
                return e;
            case WorkflowAction.WorkflowActionTypeOneofCase.CreateChildWorkflow:
                StartChild(instance, action, e, write);
                return e;
            case WorkflowAction.WorkflowActionTypeOneofCase.SendEvent:
                var sent = action.SendEvent;
                e.EventSent = new()
                {
                    InstanceId = sent.Instance.InstanceId,
                    Name = sent.Name,
                    Input = sent.Data,
                };
                Send(TargetOf(instance, e), e.EventSent, write);
                return e;
            case WorkflowAction.WorkflowActionTypeOneofCase.CompleteWorkflow:
                e.ExecutionCompleted = new()
                {
                    WorkflowStatus = action.CompleteWorkflow.WorkflowStatus,
                    Result = action.CompleteWorkflow.Result,
                    FailureDetails = action.CompleteWorkflow.FailureDetails,
                };
                return e;
            case WorkflowAction.WorkflowActionTypeOneofCase.TerminateWorkflow:
                var end = action.TerminateWorkflow;
                if (Find(instance.AppId, end.InstanceId) is { Completed: null } other && other != instance)
                {
                    other.Stored = write.Done.Task;
                    Terminate(other, end.Reason, end.Recurse, write);
                }
                return null;
            default:
                _logger.LogError(
                    "{InstanceId} asked for {Action}, which is not offered",
                    instance.Id,
                    action.WorkflowActionTypeCase
                );
                return null;
        }
    }

    private void StartChild(Instance parent, WorkflowAction action, HistoryEvent created, AtomicWrite write)
    {
        var child = action.CreateChildWorkflow;
        var id = child.InstanceId is { Length: > 0 } given ? given : $"{parent.Id}:{action.Id:x4}";
        var appId = TargetOf(parent, created);
        created.ChildWorkflowInstanceCreated = new()
        {
            InstanceId = id,
            Name = child.Name,
            Version = child.Version,
            Input = child.Input,
            ParentTraceContext = parent.Start!.ParentTraceContext,
        };
        if (!_dispatchers.ContainsKey(appId) || !IsId(id) || Find(appId, id) is { Completed: null })
        {
            write.Answers.Add(() => RefuseChild(parent, action.Id, appId, id, write));
            return;
        }
        var started = NewEvent();
        started.Router = created.Router;
        started.ExecutionStarted = new()
        {
            Name = child.Name,
            Version = child.Version,
            Input = child.Input,
            ParentTraceContext = parent.Start.ParentTraceContext,
            WorkflowInstance = new() { InstanceId = id, ExecutionId = Guid.CreateVersion7().ToString("N") },
            ParentInstance = new()
            {
                TaskScheduledId = action.Id,
                Name = parent.Start.Name,
                WorkflowInstance = new() { InstanceId = parent.Id, ExecutionId = parent.ExecutionId },
                AppID = parent.AppId,
            },
        };
        Create(appId, id, started, parent.Number, write);
    }

    private void RefuseChild(Instance parent, int taskId, string appId, string id, AtomicWrite write)
    {
        var failed = NewEvent();
        failed.ChildWorkflowInstanceFailed = new()
        {
            TaskScheduledId = taskId,
            FailureDetails = new()
            {
                ErrorType = "AlreadyExists",
                ErrorMessage =
                    $"'{id}' cannot be started in '{appId}': it is running, or there is no such app, or the id is not acceptable.",
            },
        };
        Deliver(parent, failed, write);
    }

    private void Send(string appId, EventSentEvent sent, AtomicWrite write)
    {
        if (Find(appId, sent.InstanceId) is not { Completed: null } target)
        {
            _logger.LogWarning(
                "Event {Name} was sent to {InstanceId}, which is not running",
                sent.Name,
                sent.InstanceId
            );
            return;
        }
        var raised = NewEvent();
        raised.EventRaised = new() { Name = sent.Name, Input = sent.Input };
        Deliver(target, raised, write);
        target.Stored = write.Done.Task;
    }

    private static TimerCreatedEvent ToTimer(CreateTimerAction action)
    {
        var timer = new TimerCreatedEvent { FireAt = action.FireAt };
        if (action.HasName)
        {
            timer.Name = action.Name;
        }
        switch (action.OriginCase)
        {
            case CreateTimerAction.OriginOneofCase.CreateTimer:
                timer.CreateTimer = action.CreateTimer;
                break;
            case CreateTimerAction.OriginOneofCase.ExternalEvent:
                timer.ExternalEvent = action.ExternalEvent;
                break;
            case CreateTimerAction.OriginOneofCase.ActivityRetry:
                timer.ActivityRetry = action.ActivityRetry;
                break;
            case CreateTimerAction.OriginOneofCase.ChildWorkflowRetry:
                timer.ChildWorkflowRetry = action.ChildWorkflowRetry;
                break;
        }
        return timer;
    }

    private static TaskRouter RouterOf(Instance instance, WorkflowAction action)
    {
        var router = new TaskRouter { SourceAppID = instance.AppId };
        if (action.Router is { HasTargetAppID: true } given)
        {
            router.TargetAppID = given.TargetAppID;
        }
        return router;
    }
}
