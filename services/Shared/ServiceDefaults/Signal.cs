namespace Ticketing.ServiceDefaults;

/// <summary>Wakes a loop of this replica; once for all that comes before it looks. What it misses, the next pause finds.</summary>
public class Signal : IDisposable
{
    private readonly SemaphoreSlim signal = new(0, 1);
    private int awake;

    public void Pulse()
    {
        if (Interlocked.Exchange(ref awake, 1) == 0)
            signal.Release();
    }

    /// <returns>False when nobody woke it.</returns>
    public async Task<bool> WaitAsync(TimeSpan atMost, CancellationToken ct)
    {
        if (!await signal.WaitAsync(atMost, ct))
            return false;
        Volatile.Write(ref awake, 0);
        return true;
    }

    public void Dispose()
    {
        signal.Dispose();
        GC.SuppressFinalize(this);
    }
}
