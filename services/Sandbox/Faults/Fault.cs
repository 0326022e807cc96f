namespace Ticketing.Sandbox.Faults;

/// <summary>How the bank and the card processor answer.</summary>
public enum ApiFault
{
    Normal,

    /// <summary>Late.</summary>
    Slow,

    /// <summary>503, and nothing is done.</summary>
    Down,

    /// <summary>Not at all, although what was asked for is done.</summary>
    Silent,
}

/// <summary>What becomes of webhooks.</summary>
public enum WebhookFault
{
    Normal,

    /// <summary>They never arrive.</summary>
    Lost,

    /// <summary>Each comes twice.</summary>
    Twice,

    /// <summary>They come when it is over, the newest first.</summary>
    Late,
}

/// <summary>What is wrong with the test bank.</summary>
/// <param name="Until">UTC; then all is normal again.</param>
public sealed record Fault(ApiFault Api, WebhookFault Webhooks, int DelaySeconds, DateTimeOffset Until);

/// <summary>Kept in memory: a sandbox has one replica, and whoever starts it anew wants a sound one.</summary>
internal sealed class FaultSwitch(TimeProvider clock)
{
    private static readonly Fault Sound = new(ApiFault.Normal, WebhookFault.Normal, 0, DateTimeOffset.UnixEpoch);
    private volatile Fault last = Sound;

    public Fault Now => last is var fault && clock.GetUtcNow() < fault.Until ? fault : Sound;

    /// <summary>What was kept back is told in this order.</summary>
    public bool NewestFirst => last.Webhooks == WebhookFault.Late;

    public Fault Set(Fault fault) => last = fault;
}
