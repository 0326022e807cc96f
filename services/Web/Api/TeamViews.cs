using Ticketing.Contracts;

namespace Ticketing.Web.Api;

// What an organizer's team reads of the API's answers.

/// <param name="Role">owner, manager, finance or door: what the reader is in the team.</param>
/// <param name="Approved">It may publish and invite.</param>
/// <param name="Refusal">Why it was refused; null: it was not.</param>
public sealed record Membership(Guid Id, string Name, string Role, bool Approved, string? Refusal, FeeView? Fee = null)
{
    /// <summary>May change what the organizer sells.</summary>
    public bool Manages => Role is "owner" or "manager";

    /// <summary>May see orders and give money back.</summary>
    public bool SeesMoney => Manages || Role == "finance";

    /// <summary>May let people in.</summary>
    public bool KeepsDoor => Manages || Role == "door";
}

public sealed record OwnEvent(
    Guid Id,
    string Slug,
    string Title,
    string Status,
    string VenueName,
    DateTimeOffset? FirstSessionAt,
    DateTimeOffset? LastSessionAt,
    string TimeZone = "America/Sao_Paulo"
);

public sealed record OwnVenue(
    Guid Id,
    string Name,
    string Address,
    string City,
    string State,
    string TimeZone,
    int? Capacity,
    Guid? OrganizerId = null
)
{
    /// <summary>One that does not say whose it is comes from a service that does not tell yet.</summary>
    public bool IsOf(Guid organizerId) => OrganizerId is null || OrganizerId == organizerId;
}

public sealed record SeatMapSummary(
    Guid Id,
    Guid VenueId,
    string Name,
    int SeatCount,
    IReadOnlyList<SeatMapSectionSummary> Sections
);

public sealed record SeatMapSectionSummary(Guid Id, string Name, int SeatCount);

public sealed record VenueSeatMap(Guid Id, Guid VenueId, string Name, IReadOnlyList<VenueSection> Sections);

public sealed record VenueSection(string Name, string Kind, IReadOnlyList<VenueRow> Rows);

public sealed record VenueRow(string Name, IReadOnlyList<VenueSeat> Seats);

public sealed record VenueSeat(string Number, string Kind, int X, int Y);

public sealed record Created(Guid Id);

public sealed record CouponView(
    Guid Id,
    string Code,
    int? PercentOff,
    Money? AmountOff,
    int? MaxRedemptions,
    int Redeemed,
    DateTimeOffset? ValidFrom,
    DateTimeOffset? ValidUntil,
    long Version = 0
);

public sealed record TeamOrderItem(
    Guid Id,
    string Number,
    string Status,
    Guid SessionId,
    DateTimeOffset StartsAt,
    string? BuyerName,
    int Tickets,
    Money Total,
    DateTimeOffset PlacedAt,
    string? Dispute
);

/// <param name="Buyer">Null unless the buyer agreed that organizers see it.</param>
public sealed record TeamOrder(
    Guid Id,
    string Number,
    string Status,
    Guid EventId,
    string EventTitle,
    DateTimeOffset StartsAt,
    string VenueName,
    string TimeZone,
    OrderBuyer? Buyer,
    IReadOnlyList<OrderLine> Lines,
    Money Discount,
    Money Fee,
    Money Total,
    DateTimeOffset PlacedAt,
    DateTimeOffset? PaidAt,
    string? CancelReason,
    OrderRefund? Refund,
    OrderDispute? Dispute,
    OrderPayment? Payment,
    IReadOnlyList<TeamOrderTicket> Tickets,
    IReadOnlyList<PartialRefund> PartialRefunds
)
{
    /// <summary>Of the total, what was not given back.</summary>
    public Money Left => PartialRefund.Left(Total, PartialRefunds);

    /// <summary>How many of an add-on were not given back.</summary>
    public int LeftOf(OrderLine line) =>
        line.Quantity
        - PartialRefunds.SelectMany(r => r.Products).Where(p => p.ProductId == line.ItemId).Sum(p => p.Quantity);
}

/// <param name="State">open, won or lost.</param>
public sealed record OrderDispute(string State);

/// <param name="State">opened, needsEvidence, won or lost.</param>
/// <param name="Evidence">What was said against it.</param>
public sealed record TeamDispute(
    Guid Id,
    string Method,
    string State,
    Money Amount,
    DateTimeOffset OpenedAt,
    DateTimeOffset? EvidenceDueBy,
    string? Evidence,
    DateTimeOffset? ClosedAt
)
{
    public bool IsOpen => State is "opened" or "needsEvidence";
}

public sealed record TeamDisputes(IReadOnlyList<TeamDispute> Items);

public sealed record TeamOrderTicket(
    Guid Id,
    string Number,
    string TicketTypeName,
    string? Seat,
    string? HolderName,
    bool Refunded
);

public sealed record CheckInCounts(
    Guid SessionId,
    int Expected,
    int Admitted,
    IReadOnlyList<CheckInTypeCount> TicketTypes
);

public sealed record CheckInTypeCount(string Name, int Expected, int Admitted);

public sealed record Admission(
    Guid TicketId,
    string Number,
    string EventTitle,
    string HolderName,
    string TicketTypeName,
    string Kind,
    string? Seat,
    DateTimeOffset AdmittedAt,
    string Gate
);

public sealed record Member(Guid UserId, string Role, string? Name);

public sealed record TeamInvitation(
    Guid Id,
    Guid OrganizerId,
    string OrganizerName,
    string? Email,
    string Role,
    string Status,
    DateTimeOffset OfferedAt,
    DateTimeOffset ExpiresAt
);

public sealed record AuditLine(
    Guid Id,
    string Action,
    Guid? ActorId,
    bool AsAdmin,
    Guid? SubjectId,
    DateTimeOffset At,
    string? Network,
    string? Reason,
    IReadOnlyDictionary<string, string> Details
);

public sealed record StatementsView(IReadOnlyList<StatementView> Items);

public sealed record StatementView(
    Guid EventId,
    long Payments,
    Money Gross,
    Money Fees,
    Money Refunds,
    Money Chargebacks,
    Money Net,
    Money Disputed,
    Money PaidOut,
    DateTimeOffset? PayableFrom,
    string? EventTitle = null
)
{
    /// <summary>What is still to be paid out and no bank withholds.</summary>
    public Money Due => Net with { Amount = Net.Amount - PaidOut.Amount - Disputed.Amount };
}

/// <param name="Items">By currency.</param>
/// <param name="Account">Where payouts go; null: nowhere yet.</param>
public sealed record TeamBalance(IReadOnlyList<BalanceOfCurrency> Items, TeamAccount? Account);

public sealed record BalanceOfCurrency(Money Available, Money Pending, Money Disputed, Money OnItsWay, Money PaidOut);

/// <param name="TaxId">Its end alone, as of the two behind it.</param>
/// <param name="UsableFrom">No payout goes there before.</param>
public sealed record TeamAccount(
    string Holder,
    string TaxId,
    string? PixKey,
    string? Iban,
    DateTimeOffset ChangedAt,
    DateTimeOffset UsableFrom
);

/// <param name="Status">created, paid or failed.</param>
/// <param name="Destination">The end of the account's number.</param>
public sealed record Payout(
    Guid Id,
    Guid OrganizerId,
    Money Amount,
    string Status,
    string Destination,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EndedAt,
    string? FailureReason,
    IReadOnlyList<PayoutPart> Items
)
{
    public bool IsOpen => Status == "created";
    public bool HasFailed => Status == "failed";
}

/// <param name="Amount">Minor units of the payout's currency; negative: what the event was short of.</param>
public sealed record PayoutPart(Guid EventId, long Amount, string? EventTitle = null);

/// <param name="Payouts">How many.</param>
/// <param name="Open">How many of them are neither paid nor failed.</param>
/// <param name="LeftOut">Organizers with money that is due and no account that may be used.</param>
public sealed record PayoutBatch(
    Guid Id,
    DateTimeOffset CreatedAt,
    int Payouts,
    int Open,
    int LeftOut,
    IReadOnlyList<Money> Totals
);

public sealed record SalesView(IReadOnlyList<SalesDay> Items);

public sealed record SalesDay(DateOnly Date, int Orders, int Tickets, Money Gross, int RefundedOrders, Money Refunded);

public sealed record EventCapacity(IReadOnlyList<SessionCapacity> Sessions);

public sealed record SessionCapacity(Guid SessionId, IReadOnlyList<PoolCapacity> Pools);

public sealed record PoolCapacity(Guid Id, int Capacity, int Available, int Held, int Sold);

public sealed record DoorList(IReadOnlyList<DoorTicket> Tickets);

/// <param name="Name">First name.</param>
public sealed record SessionAttendee(
    Guid Id,
    Guid OrderId,
    string Number,
    string Name,
    string Type,
    string Kind,
    string? Seat,
    string Status,
    DateTimeOffset? UsedAt,
    string? Gate
);

/// <param name="Name">First name.</param>
public sealed record DoorTicket(
    string Number,
    string Name,
    string Type,
    string Kind,
    string? Seat,
    string Status,
    DateTimeOffset? UsedAt,
    string? Gate
);

public sealed record KnownOrganizer(
    Guid Id,
    string Name,
    string? Description,
    string? Website,
    string? ContactEmail,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ApprovedAt,
    DateTimeOffset? RefusedAt,
    string? Refusal,
    FeeView Fee
);

/// <summary>What the platform takes of each ticket.</summary>
public sealed record FeeView(decimal Percent, Money Fixed, bool PassedOn);

/// <summary>What a refund of a part does with the service fee unless it says otherwise.</summary>
public sealed record RefundPolicy(bool KeepsFee);

/// <summary>A provider's list of a day held against the books.</summary>
public sealed record ReconciliationView(
    IReadOnlyList<ReconciliationTotal> Listed,
    IReadOnlyList<ReconciliationTotal> Booked,
    IReadOnlyList<ReconciliationDifference> Differences,
    bool HasMore
);

/// <param name="Amount">Minor units.</param>
/// <param name="Refunded">Minor units.</param>
public sealed record ReconciliationTotal(string Currency, long Count, long Amount, long Refunded);

/// <param name="Listed">At the provider.</param>
/// <param name="Booked">In our books.</param>
public sealed record ReconciliationDifference(
    string Kind,
    string? SettlementId,
    Guid? OrderId,
    Money? Listed,
    Money? Booked,
    DateTimeOffset At
);
