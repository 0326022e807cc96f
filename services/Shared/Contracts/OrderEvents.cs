namespace Ticketing.Contracts;

/// <summary>The buyer has what was paid for. Carries what the confirmation mail says.</summary>
/// <param name="Show">Null: not told.</param>
/// <param name="PdfPath">All tickets in one document; path and query below the public origin.</param>
/// <param name="RefundUntil">The buyer may give the order back until then; null: no more.</param>
/// <param name="MailRequestId">Told again, because somebody asked for the mail once more; null: it is news.</param>
public sealed record OrderFulfilled(
    OrderSummary Order,
    IReadOnlyList<IssuedTicket> Tickets,
    DateTimeOffset At,
    ShowDetails? Show = null,
    string? PdfPath = null,
    DateTimeOffset? RefundUntil = null,
    Guid? MailRequestId = null
) : IEvent
{
    public static string Type => "order.fulfilled";
}

public sealed record OrderExpired(OrderSummary Order, DateTimeOffset At) : IEvent
{
    public static string Type => "order.expired";
}

/// <param name="Reason">A stable code: buyer, payment-failed, event-cancelled …</param>
public sealed record OrderCancelled(OrderSummary Order, string Reason, DateTimeOffset At) : IEvent
{
    public static string Type => "order.cancelled";
}

public sealed record OrderRefunded(OrderSummary Order, Money Amount, DateTimeOffset At) : IEvent
{
    public static string Type => "order.refunded";
}

/// <summary>A part of what was paid went back; what it was about is void, the rest of the order stands.</summary>
/// <param name="Tickets">Numbers of the tickets that are void; none when it was about money or add-ons.</param>
public sealed record OrderPartiallyRefunded(
    OrderSummary Order,
    Guid RefundId,
    Money Amount,
    IReadOnlyList<string> Tickets,
    DateTimeOffset At
) : IEvent
{
    public static string Type => "order.partially-refunded";
}

/// <summary>A bank asks for the money of an order back, or has decided: its organizer's team must know. Nothing of the buyer is in it.</summary>
/// <param name="State">opened, won or lost; may be told before the beginning.</param>
/// <param name="TeamIds">Who of the team is told: those who see money.</param>
public sealed record OrderDisputed(
    Guid OrderId,
    string Number,
    Guid OrganizerId,
    string EventTitle,
    Guid DisputeId,
    DisputeState State,
    Money Amount,
    IReadOnlyList<Guid> TeamIds,
    DateTimeOffset At
) : IEvent
{
    public static string Type => "order.disputed";
}

/// <summary>An organizer's money goes elsewhere from some days on: its team must know, before it does.</summary>
/// <param name="ChangeId">The same however often it is told.</param>
/// <param name="ChangedBy">The person.</param>
/// <param name="TeamIds">Who of the team is told: those who see money.</param>
public sealed record PayoutAccountChanged(
    Guid OrganizerId,
    Guid ChangeId,
    Guid ChangedBy,
    PayoutAccountView Account,
    IReadOnlyList<Guid> TeamIds,
    DateTimeOffset At
) : IEvent
{
    public static string Type => "payout.account-changed";
}

/// <summary>The show of a paid order was moved to another time or place; the order says the present ones.</summary>
/// <param name="StartedAt">When it was to start before.</param>
public sealed record OrderRescheduled(OrderSummary Order, DateTimeOffset StartedAt, DateTimeOffset At) : IEvent
{
    public static string Type => "order.rescheduled";
}

/// <summary>What a mail about an order says.</summary>
/// <param name="Locale">pt-BR or en.</param>
/// <param name="BuyerId">Whose data this is: once the person is erased the address is forgotten.</param>
/// <param name="Fee">Of the total, in minor units: the service fee.</param>
public sealed record OrderSummary(
    Guid Id,
    string Number,
    string BuyerName,
    string BuyerEmail,
    string Locale,
    string EventTitle,
    string VenueName,
    string VenueCity,
    string TimeZone,
    DateTimeOffset StartsAt,
    IReadOnlyList<OrderSummaryLine> Lines,
    Money Total,
    Guid? BuyerId = null,
    long Fee = 0
);

public sealed record OrderSummaryLine(string Description, int Quantity, Money UnitPrice);
