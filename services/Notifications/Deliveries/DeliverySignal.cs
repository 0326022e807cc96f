namespace Ticketing.Notifications.Deliveries;

/// <summary>Wakes this replica's sender: a mail was noted.</summary>
internal sealed class DeliverySignal : IDisposable
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
