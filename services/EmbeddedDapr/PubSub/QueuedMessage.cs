namespace Ticketing.EmbeddedDapr.PubSub;

/// <summary>One message on its way to one subscription: a row of <c>pubsub_queue</c>.</summary>
internal sealed record QueuedMessage(long Id, byte[] Data)
{
    /// <summary>Deliveries that failed so far.</summary>
    public int Attempts { get; set; }

    /// <summary>When to try again; null: now.</summary>
    public DateTimeOffset? DueAt { get; set; }
}
