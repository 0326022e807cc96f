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
