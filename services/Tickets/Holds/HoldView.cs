using Ticketing.Contracts;

namespace Ticketing.Tickets.Holds;

/// <summary>Stock that is the buyer's until <c>expiresAt</c>; an order takes the hold's id.</summary>
/// <param name="ExpiresAt">Unless an order is attached, the stock goes back on sale then.</param>
internal sealed record HoldView(
    Guid Id,
    Guid SessionId,
    HoldStatus Status,
    DateTimeOffset ExpiresAt,
    IReadOnlyList<HoldItemView> Items
);

/// <summary>A hold with all that a checkout says of its session, so that it need not ask for that.</summary>
internal sealed record HoldDetails(
    Guid Id,
    Guid SessionId,
    HoldStatus Status,
    DateTimeOffset ExpiresAt,
    IReadOnlyList<HoldItemView> Items,
    HeldSession Session
);

/// <param name="TimeZone">IANA name of the venue's zone.</param>
/// <param name="MaxPerPerson">Tickets that one person may have.</param>
/// <param name="RequiresCpf">The order must name a CPF, whose limit it is then.</param>
/// <param name="AccentColor">The event's, #RRGGBB.</param>
internal sealed record HeldSession(
    Guid EventId,
    string EventTitle,
    string VenueName,
    string VenueCity,
    string TimeZone,
    DateTimeOffset StartsAt,
    int MaxPerPerson,
    bool RequiresCpf,
    string? AccentColor
);

/// <param name="UnitPrice">Of the moment of holding, with the service fee; the order is made at this price.</param>
/// <param name="Fee">Of the price of one, the service fee; 0 when there is none or the organizer bears it.</param>
/// <param name="Seats">Empty for general admission.</param>
internal sealed record HoldItemView(
    Guid TicketTypeId,
    string Name,
    TicketKind Kind,
    Money UnitPrice,
    Money Fee,
    int Quantity,
    IReadOnlyList<HeldSeat> Seats
);

/// <param name="Label">Such as "Plateia A-12".</param>
internal sealed record HeldSeat(Guid Id, string Label);
