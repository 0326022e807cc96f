namespace Ticketing.Contracts;

/// <summary>Events: <c>GET internal/seat-maps/{id}</c>.</summary>
public sealed record SeatMapSeats(Guid SeatMapId, IReadOnlyList<SeatMapSection> Sections);

public sealed record SeatMapSection(Guid Id, string Name, IReadOnlyList<SeatMapSeat> Seats);

public sealed record SeatMapSeat(Guid Id, string Row, string Number);

/// <summary>
/// Events: <c>PUT internal/coupons/redemptions/{orderId}</c>; once an order, repeats answer the same.
/// Problems: coupon-invalid (422), coupon-exhausted (409). <c>DELETE</c> of the same path gives it back.
/// </summary>
/// <param name="Subtotal">Price of the tickets; the discount never exceeds it.</param>
public sealed record RedeemCoupon(Guid EventId, string Code, Money Subtotal);

public sealed record CouponRedemption(Money Discount);
