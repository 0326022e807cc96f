namespace Ticketing.Contracts;

/// <summary>
/// Products: <c>PUT internal/holds/{orderId}</c>. All or nothing; idempotent by order id (an expired hold is taken
/// again at its old prices). Problems: sold-out (409), limit-reached (409), product-not-found (422).
/// </summary>
public sealed record HoldProducts(Guid BuyerId, Guid SessionId, IReadOnlyList<ProductQuantity> Items, int LeaseSeconds);

public sealed record ProductQuantity(Guid ProductId, int Quantity);

public sealed record ProductHold(Guid OrderId, DateTimeOffset ExpiresAt, IReadOnlyList<ProductLine> Lines);

public sealed record ProductLine(Guid ProductId, string Name, Money UnitPrice, int Quantity);

// Products: POST internal/holds/{orderId}/commit   held becomes sold; an expired or released hold is taken again if stock allows (204; sold-out 409).
// Products: POST internal/holds/{orderId}/release  gives held stock back (204, idempotent; unknown is fine).
/// <summary>
/// Products: <c>POST internal/holds/{orderId}/returns</c>: gives some of what was sold back, once for each
/// <paramref name="RefundId"/> (204, idempotent). Problems: already-refunded (409) when more would be given back than was sold.
/// </summary>
public sealed record ReturnProducts(Guid RefundId, IReadOnlyList<ProductQuantity> Items);

// Products: POST internal/holds/{orderId}/void     gives sold stock back after a refund (204, idempotent).
