namespace Ticketing.Sandbox;

/// <summary>Wakes a loop after a commit.</summary>
internal abstract class Wake : IDisposable
{
    private readonly SemaphoreSlim signal = new(0, 1);

    public void Pulse()
    {
        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already awake.
        }
    }

    public Task WaitAsync(TimeSpan atMost, CancellationToken ct) => signal.WaitAsync(atMost, ct);

    public void Dispose() => signal.Dispose();
}

/// <summary>There is something to tell.</summary>
internal sealed class WebhookWake : Wake;

/// <summary>Something is due at another time than was known.</summary>
internal sealed class DueWake : Wake;
