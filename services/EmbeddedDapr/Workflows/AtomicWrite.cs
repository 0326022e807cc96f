namespace Ticketing.EmbeddedDapr.Workflows;

/// <summary>The kinds of log records, as stored.</summary>
internal enum LogRecordKind : short
{
    Inbox = 1,
    Turn = 2,
    Suspended = 3,
    Resumed = 4,
}

/// <summary>What one request or one turn writes: all of it, or none.</summary>
internal sealed class AtomicWrite
{
    /// <summary>
    /// Lost in a crash it is only done again, and the next turn's write follows at once: they are written together.
    /// </summary>
    public bool CanWait { get; init; }

    public List<(long Number, string AppId, string Id, long? Parent, DateTime CreatedAt)> Created { get; } = [];
    public List<(long Id, long Instance, LogRecordKind Kind, byte[] Data)> Records { get; } = [];
    public List<(long Number, int Status, byte[] State)> Finished { get; } = [];
    public List<long> Superseded { get; } = [];

    /// <summary>Run once the turn that makes the write has been applied: answers to what it asked for.</summary>
    public List<Action> Answers { get; } = [];

    /// <summary>Run in order once it is on disk, under the engine's lock.</summary>
    public List<Action> Then { get; } = [];

    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
