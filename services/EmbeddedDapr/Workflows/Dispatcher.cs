using System.Threading.Channels;
using Dapr.DurableTask.Protobuf;

namespace Ticketing.EmbeddedDapr.Workflows;

/// <summary>An activity that is to be run by an app's worker.</summary>
internal sealed record ActivityTask(Instance Owner, string ExecutionId, HistoryEvent Scheduled)
{
    public bool IsOpen =>
        Owner.Completed is null
        && Owner.ExecutionId == ExecutionId
        && Owner.Tasks.TryGetValue(Scheduled.EventId, out var scheduled)
        && ReferenceEquals(scheduled, Scheduled);
}

/// <summary>One open GetWorkItems stream: what it is given, and what it has not yet answered.</summary>
internal sealed class Worker
{
    /// <summary>The SDK computes as many at once; more would only wait there.</summary>
    public const int Window = 100;

    private readonly Channel<WorkItem> _items = Channel.CreateUnbounded<WorkItem>(new() { SingleReader = true });

    public ChannelReader<WorkItem> Items => _items.Reader;
    public Dictionary<string, Instance> Turns { get; } = [];
    public Dictionary<string, ActivityTask> Activities { get; } = [];

    public void Give(WorkItem item) => _items.Writer.TryWrite(item);

    public void Close(Exception? reason = null) => _items.Writer.TryComplete(reason);
}

/// <summary>
/// An app's turns and activities that wait for a worker, and its workers. Used under the engine's lock.
/// </summary>
internal sealed class Dispatcher
{
    private readonly Queue<Instance> _turns = new();
    private readonly Queue<ActivityTask> _activities = new();
    private readonly List<Worker> _workers = [];

    public int WorkerCount => _workers.Count;

    public void Connect(Worker worker) => _workers.Add(worker);

    /// <summary>Takes a worker out; what it had not answered is for another one.</summary>
    public void Disconnect(Worker worker)
    {
        _workers.Remove(worker);
        worker.Close();
    }

    public void Enqueue(Instance instance)
    {
        instance.Queued = true;
        _turns.Enqueue(instance);
    }

    public void Enqueue(ActivityTask activity) => _activities.Enqueue(activity);

    public void Answered(string token)
    {
        foreach (var worker in _workers)
        {
            if (worker.Turns.Remove(token) || worker.Activities.Remove(token))
            {
                return;
            }
        }
    }

    /// <summary>Gives out what the workers have room for.</summary>
    public void Pump(Func<Instance, WorkItem?> turn, Func<ActivityTask, WorkItem> activity)
    {
        while (_turns.Count > 0 && Roomiest(w => w.Turns.Count) is { } worker)
        {
            var instance = _turns.Dequeue();
            instance.Queued = false;
            if (turn(instance) is { } item)
            {
                worker.Turns[item.CompletionToken] = instance;
                Give(worker, item);
            }
        }
        while (_activities.Count > 0 && Roomiest(w => w.Activities.Count) is { } worker)
        {
            var task = _activities.Dequeue();
            if (task.IsOpen)
            {
                var item = activity(task);
                worker.Activities[item.CompletionToken] = task;
                Give(worker, item);
            }
        }
    }

    public void CloseAll(Exception reason) => _workers.ForEach(w => w.Close(reason));

    /// <summary>It is the last of those that have as much room: replicas share the work also while there is little.</summary>
    private void Give(Worker worker, WorkItem item)
    {
        worker.Give(item);
        if (_workers.Count > 1)
        {
            _workers.Remove(worker);
            _workers.Add(worker);
        }
    }

    private Worker? Roomiest(Func<Worker, int> load) => _workers.Where(w => load(w) < Worker.Window).MinBy(load);
}
