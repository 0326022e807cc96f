namespace Ticketing.Contracts;

/// <summary>Events: <c>GET internal/seat-maps/{id}</c>.</summary>
public sealed record SeatMapSeats(Guid SeatMapId, IReadOnlyList<SeatMapSection> Sections);

/// <param name="Kind">Whether its rows are rows, or tables with seats around them.</param>
public sealed record SeatMapSection(
    Guid Id,
    string Name,
    IReadOnlyList<SeatMapSeat> Seats,
    SectionKind Kind = SectionKind.Rows
);

/// <param name="X">From the left, in halves of a seat's place.</param>
/// <param name="Y">From the stage, likewise.</param>
public sealed record SeatMapSeat(
    Guid Id,
    string Row,
    string Number,
    SeatKind Kind = SeatKind.Standard,
    int X = 0,
    int Y = 0
);

/// <summary>Whom a seat is for; whoever needs it may take it, nobody else is refused.</summary>
public enum SeatKind
{
    Standard,

    /// <summary>For a wheelchair, or whoever walks badly.</summary>
    Accessible,

    /// <summary>Beside an accessible one, for whoever comes along.</summary>
    Companion,
}

public enum SectionKind
{
    Rows,
    Tables,
}

/// <summary>Events: <c>GET internal/events/{id}</c>: whose the event is, also as a draft.</summary>
public sealed record EventOwner(Guid OrganizerId, string OrganizerName = "", string Title = "");

/// <summary>Events: <c>GET internal/sessions/{id}</c>: whose the session is, also of a draft.</summary>
/// <param name="OverAt">Its end, or its start when it names no end.</param>
public sealed record SessionOwner(Guid EventId, Guid OrganizerId, DateTimeOffset OverAt);

/// <summary>
/// Events: <c>PUT internal/coupons/redemptions/{orderId}</c>: a lease, like a hold: one an order, renewed by repeats, sold
/// by commit, given back when it lapses. Another code than before is decided anew. Problems: coupon-invalid (422),
/// coupon-exhausted (409), redemption-committed (409: the order is paid, or was given back for good).
/// </summary>
/// <param name="Subtotal">Price of the tickets; the discount never exceeds it.</param>
/// <param name="LeaseSeconds">From now; a repeat never shortens it.</param>
public sealed record RedeemCoupon(
    Guid EventId,
    string Code,
    Money Subtotal,
    int LeaseSeconds = RedeemCoupon.MaxLeaseSeconds
)
{
    public const int MaxLeaseSeconds = 24 * 3600;
}

public sealed record CouponRedemption(Money Discount, DateTimeOffset? ExpiresAt = null);

// Events: POST   internal/coupons/redemptions/{orderId}/commit  the order is paid; what lapsed or was given back counts
//                again, also beyond the coupon's number: the discount is paid for (204, idempotent; redemption-not-found
//                404, redemption-voided 409).
// Events: DELETE internal/coupons/redemptions/{orderId}         gives back what is held, and for good what is committed
//                (204, idempotent; unknown is fine).
