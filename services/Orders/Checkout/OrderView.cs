using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;

namespace Ticketing.Orders.Checkout;

/// <summary>An order as its buyer and its organizer see it.</summary>
/// <param name="Number">What people read to each other.</param>
/// <param name="Discount">Taken off the tickets by the coupon.</param>
/// <param name="ExpiresAt">The buyer must have paid by then.</param>
/// <param name="CancelReason">buyer, event-cancelled, hold-expired … Only of a cancelled order.</param>
/// <param name="Payment">The latest attempt; null for an order without a total.</param>
/// <param name="Tickets">Once they are issued.</param>
public sealed record OrderView(
    Guid Id,
    string Number,
    OrderStatus Status,
    Guid EventId,
    string EventTitle,
    Guid SessionId,
    DateTimeOffset StartsAt,
    string VenueName,
    string VenueCity,
    string TimeZone,
    BuyerView Buyer,
    IReadOnlyList<OrderLineView> Lines,
    Money Discount,
    Money Total,
    DateTimeOffset PlacedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? PaidAt,
    string? CancelReason,
    RefundView? Refund,
    PaymentView? Payment,
    IReadOnlyList<IssuedTicket> Tickets
)
{
    /// <summary>Reads the order and its latest payment attempt; null when there is no such order.</summary>
    internal static async Task<OrderView?> FindAsync(OrdersDb db, Guid orderId, CancellationToken ct)
    {
        // One statement: a state and a payment that belong together.
        var row = await db
            .Orders.AsNoTracking()
            .Include(o => o.Lines)
            .Where(o => o.Id == orderId)
            .Select(o => new
            {
                Order = o,
                Attempt = db.Attempts.Where(a => a.OrderId == o.Id).OrderByDescending(a => a.Number).FirstOrDefault(),
            })
            .SingleOrDefaultAsync(ct);
        return row is null ? null : Of(row.Order, row.Attempt);
    }

    /// <summary>201 with how to pay; 202 while that is being made: then the order tells it soon.</summary>
    internal static async Task<Results<Created<OrderView>, Accepted<OrderView>, ProblemHttpResult>> CreatedAsync(
        OrdersDb db,
        Guid orderId
    )
    {
        var view = (await FindAsync(db, orderId, CancellationToken.None))!;
        var location = CheckoutRoutes.LocationOf(orderId);
        return view.Payment is null or { IsReady: true }
            ? TypedResults.Created(location, view)
            : TypedResults.Accepted(location, view);
    }

    internal static OrderView Of(Order order, PaymentAttempt? attempt) =>
        new(
            order.Id,
            order.Number,
            order.Status,
            order.EventId,
            order.EventTitle,
            order.SessionId,
            order.StartsAt,
            order.VenueName,
            order.VenueCity,
            order.TimeZone,
            new(order.BuyerName, order.BuyerEmail),
            [.. order.Lines.OrderBy(line => line.Position).Select(line => OrderLineView.Of(line, order.Currency))],
            new(order.Discount, order.Currency),
            order.TotalMoney,
            order.PlacedAt,
            order.ExpiresAt,
            order.PaidAt,
            order.Status is OrderStatus.Cancelled ? order.CancelReason : null,
            order.RefundRequestedAt is { } at
                ? new(at, order.RefundReason, order.Status is OrderStatus.Refunded)
                : null,
            attempt is null ? null : PaymentView.Of(attempt),
            order.Tickets
        );
}

public sealed record BuyerView(string Name, string Email);

/// <param name="Kind">ticket or product.</param>
/// <param name="ItemId">Ticket type or product.</param>
/// <param name="TicketKind">Full or half price; null for a product.</param>
/// <param name="Seats">Labels; empty for general admission and products.</param>
public sealed record OrderLineView(
    string Kind,
    Guid ItemId,
    string Name,
    TicketKind? TicketKind,
    Money UnitPrice,
    int Quantity,
    IReadOnlyList<string> Seats
)
{
    internal static OrderLineView Of(OrderLine line, string currency) =>
        new(
            line.Kind is LineKind.Ticket ? "ticket" : "product",
            line.ItemId,
            line.Name,
            line.TicketKind,
            new(line.UnitPrice, currency),
            line.Quantity,
            line.Seats
        );
}

/// <param name="Completed">The money went back.</param>
public sealed record RefundView(DateTimeOffset RequestedAt, string? Reason, bool Completed);

/// <summary>The latest attempt to pay.</summary>
/// <param name="Attempt">From 1.</param>
/// <param name="Pix">How to pay by Pix; null for a card, and until the payment is created.</param>
/// <param name="Card">Null for Pix, and until the payment is created.</param>
/// <param name="FailureReason">A stable code: declined, authentication-failed, expired …</param>
public sealed record PaymentView(
    int Attempt,
    PaymentMethod Method,
    PaymentStatus Status,
    PixView? Pix,
    CardInstructions? Card,
    string? FailureReason
)
{
    /// <summary>Payments has answered.</summary>
    internal bool IsReady => Pix is not null || Card is not null || Status is not PaymentStatus.Pending;

    internal static PaymentView Of(PaymentAttempt attempt) =>
        new(
            attempt.Number,
            attempt.Method,
            attempt.Status,
            attempt.PixCopyPaste is null
                ? null
                : new(attempt.PixCopyPaste, attempt.PixQrCode!, attempt.PixExpiresAt!.Value, attempt.PixTxId!),
            attempt.Method is PaymentMethod.Card && attempt.PaymentId is not null
                ? new(attempt.CardBrand, attempt.CardLast4, attempt.CardChallengeUrl)
                : null,
            attempt.FailureReason
        );
}

/// <param name="CopyPaste">BR Code ("Pix copia e cola").</param>
/// <param name="QrCode">The same as a PNG, as a data: URI.</param>
/// <param name="TxId">The charge's id at the provider.</param>
public sealed record PixView(string CopyPaste, string QrCode, DateTimeOffset ExpiresAt, string TxId);
