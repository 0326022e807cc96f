namespace Ticketing.Contracts;

/// <summary>A mail could not be delivered after all retries.</summary>
public sealed record NotificationFailed(Guid DeliveryId, Guid OrderId, string Kind, DateTimeOffset At) : IEvent
{
    public static string Type => "notification.failed";
}
