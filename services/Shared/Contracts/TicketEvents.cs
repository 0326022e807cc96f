namespace Ticketing.Contracts;

public sealed record HoldExpired(Guid HoldId, Guid SessionId, DateTimeOffset At) : IEvent
{
    public static string Type => "hold.expired";
}

public sealed record TicketIssued(Guid TicketId, Guid OrderId, Guid EventId, Guid SessionId, DateTimeOffset At) : IEvent
{
    public static string Type => "ticket.issued";
}

public sealed record TicketCheckedIn(Guid TicketId, Guid OrderId, Guid SessionId, string Gate, DateTimeOffset At)
    : IEvent
{
    public static string Type => "ticket.checked-in";
}

public sealed record TicketVoided(Guid TicketId, Guid OrderId, Guid SessionId, DateTimeOffset At) : IEvent
{
    public static string Type => "ticket.voided";
}
