namespace Ticketing.Contracts;

/// <summary>A ticket is offered to an address that may have no account; the offerer's name is asked for when it is told.</summary>
/// <param name="Path">Path and query of the offer's page below the public origin, works without a login.</param>
public sealed record TransferOffered(
    Guid TransferId,
    TicketSummary Ticket,
    Guid FromId,
    string ToEmail,
    DateTimeOffset ExpiresAt,
    string Path
) : IEvent
{
    public static string Type => "ticket.transfer-offered";
}

/// <summary>The receiver accepted: the ticket is theirs, and what the offerer has of it is dead.</summary>
/// <param name="PdfPath">Path and query below the public origin, works without a login.</param>
public sealed record TicketTransferred(
    Guid TransferId,
    TicketSummary Ticket,
    Guid FromId,
    Guid ToId,
    string Number,
    string HolderName,
    string PdfPath,
    DateTimeOffset At
) : IEvent
{
    public static string Type => "ticket.transferred";
}

/// <summary>The receiver does not want it: the ticket stays the offerer's.</summary>
public sealed record TransferDeclined(Guid TransferId, TicketSummary Ticket, Guid FromId, DateTimeOffset At) : IEvent
{
    public static string Type => "ticket.transfer-declined";
}

/// <summary>The offerer took the offer back, or the ticket is offered no more: its receiver is told.</summary>
public sealed record TransferWithdrawn(
    Guid TransferId,
    TicketSummary Ticket,
    Guid FromId,
    string ToEmail,
    DateTimeOffset At
) : IEvent
{
    public static string Type => "ticket.transfer-withdrawn";
}

/// <summary>Nobody accepted in time: the ticket stays the offerer's, who is told.</summary>
public sealed record TransferExpired(Guid TransferId, TicketSummary Ticket, Guid FromId, DateTimeOffset At) : IEvent
{
    public static string Type => "ticket.transfer-expired";
}

/// <summary>What a mail about a ticket says. Nothing of it opens the door.</summary>
public sealed record TicketSummary(
    Guid Id,
    Guid OrderId,
    string EventTitle,
    string VenueName,
    string VenueCity,
    string TimeZone,
    DateTimeOffset StartsAt,
    string TicketTypeName,
    string? Seat,
    ShowDetails? Show = null
);

/// <summary>The show of a ticket was moved: its holder, who did not buy it, is told. (Its buyer is told of the order.)</summary>
/// <param name="StartedAt">When it was to start before.</param>
public sealed record TicketRescheduled(TicketSummary Ticket, Guid HolderId, DateTimeOffset StartedAt, DateTimeOffset At)
    : IEvent
{
    public static string Type => "ticket.rescheduled";
}

/// <summary>The ticket of somebody who did not buy it is void: the order was refunded. (Its buyer is told of the order.)</summary>
/// <param name="Reason">A stable code: event-cancelled, or what the refund was asked for with.</param>
public sealed record TicketVoided(TicketSummary Ticket, Guid HolderId, string Reason, DateTimeOffset At) : IEvent
{
    public static string Type => "ticket.voided";
}
