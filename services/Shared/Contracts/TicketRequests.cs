namespace Ticketing.Contracts;

// An order takes its hold's id: one hold makes one order, whatever is retried.

/// <summary>
/// Tickets: <c>POST internal/holds/{holdId}/attach</c>. Binds the hold to the order of the same id and extends its
/// lease to <paramref name="LeaseSeconds"/> from now, or from the hold's own end when that is just over. Idempotent.
/// Problems: hold-not-found (404; also another buyer's), hold-expired (409; also when earlier tries alone kept it),
/// sale-not-open (409: the session is cancelled); of a session that asks for the CPF also invalid (422: there is none)
/// and person-limit-reached (409: others of this CPF have the rest).
/// </summary>
/// <param name="CpfIndexes">Blind indexes of the buyer's CPF, by each key, current first; null: none was given.</param>
public sealed record AttachHold(Guid BuyerId, int LeaseSeconds, IReadOnlyList<byte[]>? CpfIndexes = null);

/// <summary>What is held, at the prices of the moment it was held.</summary>
public sealed record HoldSnapshot(
    Guid Id,
    Guid BuyerId,
    Guid OrganizerId,
    Guid EventId,
    string EventTitle,
    Guid SessionId,
    DateTimeOffset StartsAt,
    string VenueName,
    string VenueCity,
    string TimeZone,
    DateTimeOffset ExpiresAt,
    IReadOnlyList<HoldLine> Lines
);

/// <param name="UnitPrice">What the buyer pays, with the service fee.</param>
/// <param name="Seats">Labels as <see cref="SeatPlace"/> has them; empty for general admission.</param>
/// <param name="Fee">Of the price of one, in minor units: the service fee that the buyer pays.</param>
/// <param name="PlatformFee">Of the price of one, in minor units: what the platform takes, whoever bears it.</param>
public sealed record HoldLine(
    Guid TicketTypeId,
    string Name,
    TicketKind Kind,
    Money UnitPrice,
    int Quantity,
    IReadOnlyList<string> Seats,
    long Fee = 0,
    long PlatformFee = 0
);

/// <summary>
/// Tickets: <c>POST internal/holds/{holdId}/commit</c>. Held becomes sold and the tickets are issued, in one
/// transaction. An expired or released hold is taken again if the stock (the very seats) is still free: a late payment
/// comes after the order's expiry released it. Idempotent: repeats answer the same tickets. Problems: sold-out (409),
/// hold-not-found (404), hold-released (409: its tickets were voided, the buyer gave it back before ordering, or the
/// session is cancelled).
/// </summary>
/// <param name="Attendees">In the order of the lines; missing names take the buyer's.</param>
/// <param name="OrderNumber">Printed on the tickets.</param>
/// <param name="Locale">Of the tickets' documents.</param>
public sealed record CommitHold(
    Guid BuyerId,
    string BuyerName,
    IReadOnlyList<Attendee> Attendees,
    string OrderNumber,
    string Locale = Locales.Default
);

public sealed record Attendee(string Name, string? Email);

/// <param name="PdfPath">All of them in one document: path and query below the public origin, works without a login.</param>
public sealed record IssuedTickets(
    IReadOnlyList<IssuedTicket> Tickets,
    ShowDetails? Show = null,
    string? PdfPath = null
);

/// <param name="Number">What people read to each other: short, upper case.</param>
/// <param name="Seat">Label as <see cref="SeatPlace"/> has it; null for general admission.</param>
/// <param name="PdfPath">Path and query below the public origin, works without a login.</param>
public sealed record IssuedTicket(
    Guid Id,
    string Number,
    string TicketTypeName,
    string? Seat,
    string HolderName,
    string PdfPath
);

// Tickets: POST internal/holds/{holdId}/release      gives the stock back (204, idempotent); 409 hold-committed.

/// <summary>
/// Tickets: <c>POST internal/orders/{orderId}/void</c>: voids the order's tickets and returns the stock, also when it is
/// only held; for good: a commit is refused from then on (204, idempotent).
/// Problems: ticket-transferred (409) when somebody else has one by now and <paramref name="EvenIfTransferred"/> is false,
/// ticket-used (409) when one was checked in and <paramref name="EvenIfUsed"/> is false; nothing is voided then. Who has a
/// ticket without having bought it is told by ticket.voided.
/// </summary>
/// <param name="TicketIds">Of an issued order only these, the others stay good; null: all.</param>
public sealed record VoidTickets(
    string Reason,
    bool EvenIfUsed,
    bool EvenIfTransferred,
    IReadOnlyList<Guid>? TicketIds = null
);

/// <summary>
/// Tickets: <c>POST internal/orders/{orderId}/block</c>: the door refuses the order's tickets, also those that are still to be
/// issued (204, idempotent, also of an order that has none).
/// </summary>
/// <param name="Reason">payment-disputed.</param>
public sealed record BlockTickets(string Reason);

/// <summary>
/// Tickets: <c>POST internal/orders/{orderId}/unblock</c>: the door takes the order's tickets again, unless they are blocked for
/// another reason (204, idempotent).
/// </summary>
public sealed record UnblockTickets(string Reason);

/// <summary>
/// Tickets: <c>GET internal/tickets/order?number={number}</c>. Of which order the ticket of this printed number is. Problems:
/// not-found (404).
/// </summary>
public sealed record TicketOrder(Guid OrderId);
