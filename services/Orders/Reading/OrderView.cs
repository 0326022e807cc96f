using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.Contracts;
using Ticketing.Orders.Disputing;
using Ticketing.Orders.Refunding;

namespace Ticketing.Orders.Reading;

/// <summary>An order as its buyer and its organizer see it.</summary>
/// <param name="Number">What people read to each other.</param>
/// <param name="Buyer">Null for the team of the organizer, unless the buyer agreed.</param>
/// <param name="Discount">Taken off the tickets by the coupon.</param>
/// <param name="Fee">Of the total, the service fee; 0 when there is none or the organizer bears it.</param>
/// <param name="ExpiresAt">The buyer must have paid by then.</param>
/// <param name="StartsAt">As it is now, also when the session was moved since.</param>
/// <param name="RescheduledAt">When the show was last moved to another time or place; its buyer may refund for seven days then.</param>
/// <param name="CancelReason">buyer, event-cancelled, hold-expired … Only of a cancelled order.</param>
/// <param name="RefundableUntil">Until then the buyer may give it back; its organizer may later, too. Null: there is nothing to give back.</param>
/// <param name="Dispute">A bank was asked for the money; null: it was not.</param>
/// <param name="Payment">The latest attempt; null for an order without a total.</param>
/// <param name="Tickets">Once they are issued.</param>
/// <param name="PartialRefunds">Parts that its organizer gave back, oldest first; the order itself stands.</param>
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
    BuyerView? Buyer,
    IReadOnlyList<OrderLineView> Lines,
    Money Discount,
    Money Fee,
    Money Total,
    DateTimeOffset PlacedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? PaidAt,
    DateTimeOffset? RescheduledAt,
    string? CancelReason,
    DateTimeOffset? RefundableUntil,
    RefundView? Refund,
    DisputeView? Dispute,
    PaymentView? Payment,
    IReadOnlyList<TicketView> Tickets,
    IReadOnlyList<PartialRefundView> PartialRefunds
)
{
    /// <summary>201 with how to pay; 202 while that is being made: then the order tells it soon.</summary>
    internal static Results<Created<OrderView>, Accepted<OrderView>, ProblemHttpResult> Placed(Order order)
    {
        var view = OfBuyer(order);
        var location = OrderRoutes.LocationOf(order.Id);
        return order.Payment is null or { IsReady: true }
            ? TypedResults.Created(location, view)
            : TypedResults.Accepted(location, view);
    }

    internal static OrderView OfBuyer(Order order) => Of(order, new(IsBuyer: true, IsTeam: false, ShowsPeople: true));

    /// <summary>How to pay, and the links that work without a login, are for the buyer alone.</summary>
    internal static OrderView Of(Order order, Access access) =>
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
            access.ShowsPeople ? new(order.BuyerName, order.BuyerEmail) : null,
            [.. order.Lines.Select(line => OrderLineView.Of(line, order.Currency))],
            new(order.Discount, order.Currency),
            new(order.Fee, order.Currency),
            order.TotalMoney,
            order.PlacedAt,
            order.ExpiresAt,
            order.PaidAt,
            order.RescheduledAt,
            order.Status is OrderStatus.Cancelled ? order.CancelReason : null,
            OrderMoves.Bought.Contains(order.Status) && order.RefundRequestedAt is null
                ? RefundRules.EndOf(order)
                : null,
            order.RefundRequestedAt is { } at
                ? new(at, order.RefundReason, order.Status is OrderStatus.Refunded)
                : null,
            order.DisputeStatus is { } state ? new(state, order.DisputedAt) : null,
            order.Payment is { } attempt ? PaymentView.Of(attempt, access.IsBuyer && Order.IsOpen(order.Status)) : null,
            [
                .. order.Tickets.Select(t => new TicketView(
                    t.Id,
                    t.Number,
                    t.TicketTypeName,
                    t.Seat,
                    access.ShowsPeople ? t.HolderName : null,
                    access.IsBuyer ? t.PdfPath : null,
                    order.PartialRefunds.Any(r => r.TicketIds.Contains(t.Id))
                )),
            ],
            [.. order.PartialRefunds.Select(r => PartialRefundView.Of(r, order))]
        );
}

public sealed record BuyerView(string Name, string Email);

/// <param name="Kind">ticket or product.</param>
/// <param name="ItemId">Ticket type or product.</param>
/// <param name="TicketKind">Full or half price; null for a product.</param>
/// <param name="UnitPrice">With the service fee.</param>
/// <param name="Seats">Labels; empty for general admission and products.</param>
/// <param name="Fee">Of the price of one, the service fee, before a coupon.</param>
public sealed record OrderLineView(
    string Kind,
    Guid ItemId,
    string Name,
    TicketKind? TicketKind,
    Money UnitPrice,
    int Quantity,
    IReadOnlyList<string> Seats,
    Money Fee
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
            line.Seats,
            new(line.Fee, currency)
        );
}

/// <param name="Completed">The money went back.</param>
public sealed record RefundView(DateTimeOffset RequestedAt, string? Reason, bool Completed);

/// <param name="Products">Add-ons that went back.</param>
/// <param name="Completed">The money went back.</param>
public sealed record PartialRefundView(
    Guid Id,
    DateTimeOffset RequestedAt,
    string Reason,
    Money Amount,
    IReadOnlyList<Guid> TicketIds,
    IReadOnlyList<RequestRefund.RefundedProduct> Products,
    bool Completed
)
{
    internal static PartialRefundView Of(PartialRefund refund, Order order) =>
        new(
            refund.Id,
            refund.RequestedAt,
            refund.Reason,
            new(refund.Amount, order.Currency),
            refund.TicketIds,
            [.. refund.Products.Select(p => new RequestRefund.RefundedProduct(p.ProductId, p.Quantity))],
            refund.IsCompleted || order.Status is OrderStatus.Refunded
        );
}

/// <param name="State">Open: nothing is refunded until the bank has decided, and the door is closed. Won: the money stays. Lost: the
/// payer has it, and the order is refunded.</param>
/// <param name="OpenedAt">When the bank was last asked; null while only the outcome is known.</param>
public sealed record DisputeView(DisputeStatus State, DateTimeOffset? OpenedAt);

/// <summary>The latest attempt to pay.</summary>
/// <param name="Attempt">From 1.</param>
/// <param name="Pix">How to pay by Pix, for the buyer while the order is open; null for a card, and until it is created.</param>
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
    internal static PaymentView Of(PaymentAttempt attempt, bool showInstructions) =>
        new(
            attempt.Number,
            attempt.Method,
            attempt.Status,
            attempt.PixCopyPaste is { } code && showInstructions
                ? new(code, QrImage.DataUri(code), attempt.PixExpiresAt!.Value, attempt.PixTxId!)
                : null,
            attempt.Method is PaymentMethod.Card && attempt.PaymentId is not null
                ? new(attempt.CardBrand, attempt.CardLast4, showInstructions ? attempt.CardChallengeUrl : null)
                : null,
            attempt.FailureReason
        );
}

/// <param name="CopyPaste">BR Code ("Pix copia e cola").</param>
/// <param name="QrCode">The same as a PNG, as a data: URI.</param>
/// <param name="TxId">The charge's id at the provider.</param>
public sealed record PixView(string CopyPaste, string QrCode, DateTimeOffset ExpiresAt, string TxId);

/// <param name="Number">What people read to each other.</param>
/// <param name="HolderName">Null for the team of the organizer, unless the buyer agreed.</param>
/// <param name="PdfPath">Path and query below the public origin, works without a login; null for all but the buyer.</param>
/// <param name="Refunded">It was given back alone, and is void.</param>
public sealed record TicketView(
    Guid Id,
    string Number,
    string TicketTypeName,
    string? Seat,
    string? HolderName,
    string? PdfPath,
    bool Refunded
);
