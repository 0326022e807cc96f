using Ticketing.Contracts;

namespace Ticketing.Web.Api;

// What the pages read of the API's answers; members they do not show are left out.

public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

public sealed record OrganizerView(
    Guid Id,
    string Name,
    string? Description = null,
    string? Website = null,
    string? ContactEmail = null
);

public sealed record Venue(Guid Id, string Name, string Address, string City, string State, string TimeZone);

public sealed record EventSummary(
    Guid Id,
    string Slug,
    string Title,
    string Category,
    string? ImageUrl,
    OrganizerView Organizer,
    Venue Venue,
    DateTimeOffset StartsAt,
    Money? MinPrice
);

public sealed record EventView(
    Guid Id,
    string Slug,
    string Title,
    string Description,
    string Category,
    string? ImageUrl,
    string? AccentColor,
    string Status,
    string? CancelReason,
    OrganizerView Organizer,
    Venue Venue,
    IReadOnlyList<SessionView> Sessions,
    Membership? Team = null
)
{
    public bool IsDraft => Status == "draft";
    public bool IsPublished => Status == "published";
    public bool IsCancelled => Status == "cancelled";
}

public sealed record SessionView(
    Guid Id,
    Guid EventId,
    DateTimeOffset StartsAt,
    DateTimeOffset? DoorsAt,
    DateTimeOffset? EndsAt,
    bool Cancelled,
    Guid? SeatMapId,
    int MaxPerPerson,
    bool RequiresCpf,
    IReadOnlyList<PoolView> Pools,
    IReadOnlyList<TicketTypeView> TicketTypes,
    long Version = 0
);

public sealed record PoolView(Guid Id, string Name, int Capacity, Guid? SectionId, long Version = 0);

public sealed record TicketTypeView(
    Guid Id,
    Guid PoolId,
    string Name,
    string Kind,
    Money Price,
    DateTimeOffset? SalesStart,
    DateTimeOffset? SalesEnd,
    int MaxPerOrder,
    Money Fee,
    long Version = 0
)
{
    /// <summary>What buyers pay.</summary>
    public Money FullPrice => Price with { Amount = Price.Amount + Fee.Amount };
}

public sealed record Availability(Guid SessionId, int MaxPerPerson, IReadOnlyList<AvailableType> TicketTypes);

public sealed record AvailableType(
    Guid Id,
    string Name,
    string Kind,
    Money Price,
    Money Fee,
    string Status,
    int Available,
    int MaxPerOrder,
    bool Seated,
    DateTimeOffset? SalesStart
);

public sealed record SeatMap(Guid SessionId, IReadOnlyList<SeatSection> Sections);

public sealed record SeatSection(
    Guid Id,
    string Name,
    IReadOnlyList<Guid> TicketTypeIds,
    string Kind,
    IReadOnlyList<SeatRow> Rows
);

public sealed record SeatRow(string Row, IReadOnlyList<Seat> Seats);

public sealed record Seat(Guid Id, string Number, string Status, string Kind, int X, int Y);

public sealed record Hold(Guid Id, DateTimeOffset ExpiresAt);

public sealed record HoldDetails(
    Guid Id,
    Guid SessionId,
    string Status,
    DateTimeOffset ExpiresAt,
    IReadOnlyList<HoldItem> Items,
    HeldSession Session
);

public sealed record HeldSession(
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

public sealed record HoldItem(
    Guid TicketTypeId,
    string Name,
    string Kind,
    Money UnitPrice,
    Money Fee,
    int Quantity,
    IReadOnlyList<HeldSeat> Seats
);

public sealed record HeldSeat(Guid Id, string Label);

public sealed record Product(
    Guid Id,
    string Name,
    string? Description,
    Money Price,
    string Status,
    int Available,
    int MaxPerOrder,
    ProductStock? Stock = null,
    DateTimeOffset? SalesStart = null,
    DateTimeOffset? SalesEnd = null,
    long Version = 0
)
{
    public bool IsHidden => Status == "hidden";
}

public sealed record CouponQuote(Money Discount);

/// <summary>What its team is told.</summary>
public sealed record ProductStock(int Capacity, int Available, int Held, int Sold);

public sealed record Order(
    Guid Id,
    string Number,
    string Status,
    Guid EventId,
    string EventTitle,
    Guid SessionId,
    DateTimeOffset StartsAt,
    string VenueName,
    string VenueCity,
    string TimeZone,
    OrderBuyer Buyer,
    IReadOnlyList<OrderLine> Lines,
    Money Discount,
    Money Fee,
    Money Total,
    DateTimeOffset PlacedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? PaidAt,
    DateTimeOffset? RescheduledAt,
    string? CancelReason,
    DateTimeOffset? RefundableUntil,
    OrderRefund? Refund,
    OrderDispute? Dispute,
    OrderPayment? Payment,
    IReadOnlyList<OrderTicket> Tickets,
    IReadOnlyList<PartialRefund> PartialRefunds
)
{
    /// <summary>Of the total, what was not given back.</summary>
    public Money Left => PartialRefund.Left(Total, PartialRefunds);

    public bool IsOpen => Status is "pending" or "awaitingPayment";

    /// <summary>It will change by itself, or when the buyer pays.</summary>
    public bool Waits =>
        (IsOpen && Payment?.Status != "failed")
        || Status == "paid"
        || this is { Status: "fulfilled", Refund: not null };
}

public sealed record OrderBuyer(string Name, string Email);

public sealed record OrderLine(
    string Kind,
    Guid ItemId,
    string Name,
    Money UnitPrice,
    int Quantity,
    IReadOnlyList<string> Seats
);

public sealed record OrderRefund(DateTimeOffset RequestedAt, string? Reason, bool Completed);

public sealed record PartialRefund(
    Guid Id,
    DateTimeOffset RequestedAt,
    string Reason,
    Money Amount,
    IReadOnlyList<Guid> TicketIds,
    IReadOnlyList<RefundedProduct> Products,
    bool Completed
)
{
    public static Money Left(Money total, IReadOnlyList<PartialRefund> refunds) =>
        total with
        {
            Amount = total.Amount - refunds.Sum(r => r.Amount.Amount),
        };
}

public sealed record RefundedProduct(Guid ProductId, int Quantity);

public sealed record OrderPayment(
    int Attempt,
    string Method,
    string Status,
    Pix? Pix,
    Card? Card,
    string? FailureReason
);

public sealed record Pix(string CopyPaste, DateTimeOffset ExpiresAt, string TxId);

public sealed record Card(string? Brand, string? Last4, string? ChallengeUrl);

public sealed record OrderTicket(
    Guid Id,
    string Number,
    string TicketTypeName,
    string? Seat,
    string HolderName,
    string? PdfPath,
    bool Refunded
);

public sealed record OrderItem(
    Guid Id,
    string Number,
    string Status,
    string EventTitle,
    DateTimeOffset StartsAt,
    int Tickets,
    Money Total,
    DateTimeOffset PlacedAt
);

public sealed record Ticket(
    Guid Id,
    string Number,
    string Status,
    Guid? OrderId,
    Guid EventId,
    string EventTitle,
    Guid SessionId,
    DateTimeOffset StartsAt,
    DateTimeOffset? DoorsAt,
    bool SessionCancelled,
    string VenueName,
    string VenueCity,
    string TimeZone,
    string TicketTypeName,
    string Kind,
    string? Seat,
    string HolderName,
    DateTimeOffset? UsedAt,
    string? BlockReason,
    string? Code,
    string? PdfPath
);

public sealed record Transfer(
    Guid Id,
    Guid TicketId,
    string Status,
    string? Email,
    string? Name,
    DateTimeOffset OfferedAt,
    DateTimeOffset ExpiresAt,
    string EventTitle,
    DateTimeOffset StartsAt,
    string VenueName,
    string VenueCity,
    string TimeZone,
    string TicketTypeName,
    string? Seat
);

public sealed record Profile(
    Guid Id,
    string Email,
    bool EmailVerified,
    string Name,
    string? Cpf,
    string Locale,
    IReadOnlyList<string> Roles
);

public sealed record ConsentsView(IReadOnlyList<Consent> Consents);

public sealed record Consent(string Purpose, bool Granted);
