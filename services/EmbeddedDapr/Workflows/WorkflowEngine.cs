using Dapr.DurableTask.Protobuf;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;
using Npgsql;
using Ticketing.EmbeddedDapr.Hosting;

namespace Ticketing.EmbeddedDapr.Workflows;

/// <summary>
/// The workflow engine of all apps, from a recovery to the first failed write. Memory is ahead of the disk by the
/// writes under way: a turn may be computed early, but nothing is acknowledged and no activity is given out before
/// what led to it is committed.
/// </summary>
internal sealed partial class WorkflowEngine : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string AppId, string Id), Instance> _byId = [];
    private readonly Dictionary<long, Instance> _byNumber = [];
    private readonly IReadOnlyDictionary<string, AppReplicas> _apps;
    private readonly Dictionary<string, Dispatcher> _dispatchers;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly LogWriter _writer;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _writing;
    private long _lastNumber;
    private long _lastLogId;

    private WorkflowEngine(
        NpgsqlDataSource database,
        IReadOnlyDictionary<string, AppReplicas> apps,
        (long Number, long LogId) lastIds,
        TimeProvider clock,
        ILogger logger
    )
    {
        (_lastNumber, _lastLogId) = lastIds;
        _clock = clock;
        _logger = logger;
        _apps = apps;
        _dispatchers = apps.Keys.ToDictionary(id => id, _ => new Dispatcher());
        _alarm = clock.CreateTimer(_ => OnAlarm(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _writer = new(database, Committed);
        _writing = Task.Run(() => _writer.RunAsync(_stopping.Token));
    }

    /// <summary>Ends when a write has failed: this engine is over then, and another must recover from the disk.</summary>
    public Task Failure => _writing;

    public static async Task<WorkflowEngine> RecoverAsync(
        NpgsqlDataSource database,
        WorkflowStore store,
        IReadOnlyDictionary<string, AppReplicas> apps,
        TimeProvider clock,
        ILogger logger,
        CancellationToken ct
    )
    {
        // Before the instances: what a write of unknown outcome still adds meanwhile takes ids that this engine gives
        // out again, so that its first write fails, and not the reading of a log with two turns of the same events.
        var lastIds = await store.LastIdsAsync(ct);
        var live = await store.LiveAsync(ct);
        var engine = new WorkflowEngine(database, apps, lastIds, clock, logger);
        lock (engine._lock)
        {
            foreach (var instance in live.Where(i => engine._dispatchers.ContainsKey(i.AppId)))
            {
                engine.Adopt(instance);
            }
        }
        if (live.Count > 0)
        {
            logger.LogInformation("{Count} workflows go on where they were", live.Count);
        }
        return engine;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _alarm.DisposeAsync();
        var over = new EngineStoppedException();
        lock (_lock)
        {
            _writer.Close();
            foreach (var dispatcher in _dispatchers.Values)
            {
                dispatcher.CloseAll(over);
            }
            foreach (var instance in _byNumber.Values)
            {
                instance.Started.TrySetException(over);
                instance.Finished.TrySetException(over);
                _ = (instance.Started.Task.Exception, instance.Finished.Task.Exception);
            }
        }
        _stopping.Dispose();
    }

    private DateTime Now => _clock.GetUtcNow().UtcDateTime;

    private HistoryEvent NewEvent(int id = -1) => new() { EventId = id, Timestamp = Timestamp.FromDateTime(Now) };

    private void Adopt(Instance instance)
    {
        _byId[(instance.AppId, instance.Id)] = instance;
        _byNumber[instance.Number] = instance;
        if (instance.History.Count > 0)
        {
            instance.Started.TrySetResult();
        }
        foreach (var (timerId, timer) in instance.Timers)
        {
            Arm(instance, timerId, timer.FireAt.ToDateTime());
        }
        foreach (var scheduled in instance.Tasks.Values)
        {
            Dispatch(new(instance, instance.ExecutionId, scheduled));
        }
        MakeReady(instance);
    }

    private void Write(AtomicWrite write, Instance instance)
    {
        instance.Stored = write.Done.Task;
        _writer.Write(write);
    }

    private void Committed(List<AtomicWrite> writes)
    {
        try
        {
            lock (_lock)
            {
                foreach (var action in writes.SelectMany(c => c.Then))
                {
                    action();
                }
                foreach (var dispatcher in _dispatchers.Values)
                {
                    Pump(dispatcher);
                }
            }
        }
        finally
        {
            writes.ForEach(c => c.Done.TrySetResult());
        }
    }

    /// <summary>Gives an event to an instance, as part of a write that another instance or a client makes.</summary>
    private bool Deliver(Instance instance, HistoryEvent e, AtomicWrite write)
    {
        var logId = ++_lastLogId;
        if (instance.Completed is not null || !instance.Receive(new(logId, e)))
        {
            return false;
        }
        write.Records.Add((logId, instance.Number, LogRecordKind.Inbox, e.ToByteArray()));
        MakeReady(instance);
        return true;
    }

    private void MakeReady(Instance instance)
    {
        if (instance.IsReady(Now))
        {
            _dispatchers[instance.AppId].Enqueue(instance);
        }
        else if (instance.NotBefore > Now)
        {
            Arm(instance, StartTimer, instance.NotBefore.Value);
        }
    }

    private Instance? Find(string appId, string id) => _byId.GetValueOrDefault((appId, id));
}

/// <summary>The engine is gone; the caller may try again, another one is being recovered.</summary>
internal sealed class EngineStoppedException() : Exception("the workflow engine is starting again");
