namespace Ticketing.Contracts;

public sealed record HoldExpired(Guid HoldId, Guid SessionId, DateTimeOffset At) : IEvent
{
    public static string Type => "hold.expired";
}
