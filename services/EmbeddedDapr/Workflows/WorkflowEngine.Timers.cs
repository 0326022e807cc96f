using Google.Protobuf.WellKnownTypes;

namespace Ticketing.EmbeddedDapr.Workflows;

/// <summary>Durable timers: one alarm clock for the earliest of all.</summary>
internal sealed partial class WorkflowEngine
{
    /// <summary>Stands for an instance's scheduled start where a timer id is wanted.</summary>
    private const int StartTimer = -1;

    /// <summary>The SDK's waits without a limit name a time in the year 9999: those are never armed.</summary>
    private static readonly DateTime Never = new(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>The longest a clock is set for, so that a changed system time is noticed.</summary>
    private static readonly TimeSpan LongestAlarm = TimeSpan.FromMinutes(10);

    private readonly PriorityQueue<(long Number, string ExecutionId, int TimerId), DateTime> _timers = new();
    private readonly ITimer _alarm;

    private void Arm(Instance instance, int timerId, DateTime due)
    {
        if (due < Never)
        {
            _timers.Enqueue((instance.Number, instance.ExecutionId, timerId), due);
            if (_timers.Peek() == (instance.Number, instance.ExecutionId, timerId))
            {
                SetAlarm(due);
            }
        }
    }

    private void SetAlarm(DateTime due)
    {
        var pause = TimeSpan.FromMilliseconds(Math.Ceiling((due - Now).TotalMilliseconds));
        _alarm.Change(
            pause < TimeSpan.Zero ? TimeSpan.Zero
                : pause > LongestAlarm ? LongestAlarm
                : pause,
            Timeout.InfiniteTimeSpan
        );
    }

    private void OnAlarm()
    {
        lock (_lock)
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }
            while (_timers.TryPeek(out var timer, out var due))
            {
                if (due > Now)
                {
                    SetAlarm(due);
                    break;
                }
                _timers.Dequeue();
                if (
                    _byNumber.GetValueOrDefault(timer.Number) is { } instance
                    && instance.ExecutionId == timer.ExecutionId
                )
                {
                    Fire(instance, timer.TimerId, due);
                }
            }
            foreach (var dispatcher in _dispatchers.Values)
            {
                Pump(dispatcher);
            }
        }
    }

    private void Fire(Instance instance, int timerId, DateTime due)
    {
        if (instance.Completed is not null)
        {
            return;
        }
        if (timerId != StartTimer)
        {
            var fired = NewEvent();
            fired.TimerFired = new() { TimerId = timerId, FireAt = Timestamp.FromDateTime(due) };
            // Not written down: until a turn has taken it, a restart finds the timer due and fires it again.
            instance.Receive(new(0, fired));
        }
        MakeReady(instance);
    }
}
