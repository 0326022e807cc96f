using Dapr.DurableTask.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Ticketing.EmbeddedDapr.Workflows;

/// <summary>An event that waits for the next turn. Timers that fired have no record of their own: <c>LogId</c> 0.</summary>
internal readonly record struct InboxItem(long LogId, HistoryEvent Event);

/// <summary>The turn that a worker computes now; a result with another token is not its result.</summary>
internal sealed record Turn(string Token, HistoryEvent Started, List<InboxItem> Taken);

/// <summary>
/// A live workflow instance in memory. Changes only under the engine's lock, and the same way when they happen as
/// when they are read back from the log.
/// </summary>
internal sealed class Instance(long number, string appId, string id)
{
    /// <summary>Never reused, where ids may be: log records and completion tokens refer to it.</summary>
    public long Number => number;
    public string AppId => appId;
    public string Id => id;

    /// <summary>Of the running generation; null until its first event is known.</summary>
    public ExecutionStartedEvent? Start { get; private set; }
    public DateTime CreatedAt { get; private set; }
    public DateTime UpdatedAt { get; private set; }
    public DateTime? NotBefore { get; private set; }
    public ExecutionCompletedEvent? Completed { get; private set; }
    public bool Suspended { get; set; }

    /// <summary>Its worker cannot run it; tried again when another worker connects.</summary>
    public bool Stalled { get; set; }
    public string? CustomStatus { get; private set; }

    public List<HistoryEvent> History { get; private set; } = [];
    public int HistoryBytes { get; private set; }
    public List<InboxItem> Inbox { get; private set; } = [];

    /// <summary>Every record of this generation, for deleting them when it continues as new.</summary>
    public List<long> LogIds { get; private set; } = [];

    /// <summary>Activities scheduled and without a result, by task id.</summary>
    public Dictionary<int, HistoryEvent> Tasks { get; } = [];

    /// <summary>Timers created and not fired, in the order of their creation.</summary>
    public OrderedDictionary<int, TimerCreatedEvent> Timers { get; } = [];

    /// <summary>Child workflows without a result, by task id.</summary>
    public Dictionary<int, (string AppId, string Id)> Children { get; } = [];

    public Turn? Turn { get; set; }
    public bool Queued { get; set; }

    /// <summary>Done when everything that this instance shows is on disk.</summary>
    public Task Stored { get; set; } = Task.CompletedTask;
    public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    public TaskCompletionSource Finished { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string ExecutionId => Start?.WorkflowInstance.ExecutionId ?? "";

    public bool IsReady(DateTime now) =>
        Turn is null && !Queued && !Suspended && !Stalled && Completed is null && Inbox.Count > 0 && !(NotBefore > now);

    /// <summary>The events that wait belong to a turn now.</summary>
    public void TakeInbox() => Inbox = [];

    /// <summary>Takes an event in, unless it answers a question that is answered already.</summary>
    public bool Receive(InboxItem item)
    {
        switch (item.Event.EventTypeCase)
        {
            case HistoryEvent.EventTypeOneofCase.ExecutionStarted:
                Start = item.Event.ExecutionStarted;
                CreatedAt = item.Event.Timestamp.ToDateTime();
                NotBefore = Start.ScheduledStartTimestamp?.ToDateTime();
                break;
            case HistoryEvent.EventTypeOneofCase.TaskCompleted
                when !Tasks.Remove(item.Event.TaskCompleted.TaskScheduledId):
            case HistoryEvent.EventTypeOneofCase.TaskFailed when !Tasks.Remove(item.Event.TaskFailed.TaskScheduledId):
            case HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCompleted
                when !Children.Remove(item.Event.ChildWorkflowInstanceCompleted.TaskScheduledId):
            case HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceFailed
                when !Children.Remove(item.Event.ChildWorkflowInstanceFailed.TaskScheduledId):
            case HistoryEvent.EventTypeOneofCase.TimerFired when !Timers.Remove(item.Event.TimerFired.TimerId):
                return false;
        }
        Inbox.Add(item);
        if (item.LogId != 0)
        {
            LogIds.Add(item.LogId);
        }
        UpdatedAt = item.Event.Timestamp.ToDateTime();
        return true;
    }

    /// <summary>
    /// Applies a turn: its events become history, and what they schedule is awaited. An event that was raised takes
    /// away the oldest timer that limited waiting for it, as daprd does.
    /// </summary>
    public void Apply(TurnLogRecord turn, long logId)
    {
        LogIds.Add(logId);
        Add(turn.Started);
        foreach (var item in turn.Taken)
        {
            Add(item.Event);
            switch (item.Event.EventTypeCase)
            {
                case HistoryEvent.EventTypeOneofCase.EventRaised:
                    ForgetTimerOf(item.Event.EventRaised.Name);
                    break;
                case HistoryEvent.EventTypeOneofCase.TimerFired:
                    Timers.Remove(item.Event.TimerFired.TimerId);
                    break;
            }
        }
        foreach (var e in turn.Events)
        {
            Add(e);
            switch (e.EventTypeCase)
            {
                case HistoryEvent.EventTypeOneofCase.TaskScheduled:
                    Tasks[e.EventId] = e;
                    break;
                case HistoryEvent.EventTypeOneofCase.TimerCreated:
                    Timers[e.EventId] = e.TimerCreated;
                    break;
                case HistoryEvent.EventTypeOneofCase.ChildWorkflowInstanceCreated:
                    Children[e.EventId] = (
                        e.Router?.TargetAppID is { Length: > 0 } target ? target : appId,
                        e.ChildWorkflowInstanceCreated.InstanceId
                    );
                    break;
                case HistoryEvent.EventTypeOneofCase.ExecutionCompleted:
                    Completed = e.ExecutionCompleted;
                    break;
            }
        }
        CustomStatus = turn.CustomStatus;
        UpdatedAt = turn.Started.Timestamp.ToDateTime();
    }

    /// <summary>Forgets the generation that ended; the next one's events are received afterwards.</summary>
    public void ContinueAsNew()
    {
        History = [];
        HistoryBytes = 0;
        Inbox = [];
        LogIds = [];
        Tasks.Clear();
        Timers.Clear();
        Children.Clear();
    }

    public WorkflowState ToState(bool withPayloads)
    {
        var state = new WorkflowState
        {
            InstanceId = id,
            Name = Start!.Name,
            Version = Start.Version,
            WorkflowStatus = Status,
            ScheduledStartTimestamp = Start.ScheduledStartTimestamp,
            CreatedTimestamp = Timestamp.FromDateTime(CreatedAt),
            LastUpdatedTimestamp = Timestamp.FromDateTime(UpdatedAt),
            CustomStatus = CustomStatus,
            ExecutionId = ExecutionId,
            FailureDetails = Completed?.FailureDetails,
            ParentInstanceId = Start.ParentInstance?.WorkflowInstance.InstanceId,
            ParentAppId = Start.ParentInstance?.AppID,
            CompletedTimestamp = Completed is null ? null : Timestamp.FromDateTime(UpdatedAt),
            StartedAt = History.Count > 0 ? History[0].Timestamp : null,
        };
        state.Tags.Add(Start.Tags);
        if (withPayloads)
        {
            state.Input = Start.Input;
            state.Output = Completed?.Result;
        }
        return state;
    }

    private OrchestrationStatus Status =>
        Completed is { } completed ? completed.WorkflowStatus
        : Stalled ? OrchestrationStatus.Stalled
        : Suspended ? OrchestrationStatus.Suspended
        : History.Count == 0 ? OrchestrationStatus.Pending
        : OrchestrationStatus.Running;

    private void Add(HistoryEvent e)
    {
        History.Add(e);
        HistoryBytes += e.CalculateSize();
    }

    private void ForgetTimerOf(string eventName)
    {
        foreach (var (timerId, timer) in Timers)
        {
            if (string.Equals(timer.ExternalEvent?.Name, eventName, StringComparison.OrdinalIgnoreCase))
            {
                Timers.Remove(timerId);
                return;
            }
        }
    }
}
