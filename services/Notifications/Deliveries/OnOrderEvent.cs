using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Notifications.Mails;

namespace Ticketing.Notifications.Deliveries;

/// <summary>An order came to an end that its buyer is told of: notes the mail, the worker sends it.</summary>
internal static class OnOrderEvent
{
    /// <summary>Once when it is news, and once for each time that somebody asked for the mail again.</summary>
    public static Task Fulfilled(OrderFulfilled e, NpgsqlDataSource db, DeliverySignal signal, CancellationToken ct) =>
        NoteAsync(
            db,
            signal,
            MailKind.OrderFulfilled,
            new(e.Order)
            {
                Tickets = e.Tickets,
                Show = e.Show,
                PdfPath = e.PdfPath,
                RefundUntil = e.RefundUntil,
            },
            ct,
            e.MailRequestId
        );

    public static Task Expired(OrderExpired e, NpgsqlDataSource db, DeliverySignal signal, CancellationToken ct) =>
        NoteAsync(db, signal, MailKind.OrderExpired, new(e.Order), ct);

    public static Task Cancelled(OrderCancelled e, NpgsqlDataSource db, DeliverySignal signal, CancellationToken ct) =>
        NoteAsync(db, signal, MailKind.OrderCancelled, new(e.Order) { Reason = e.Reason }, ct);

    public static Task Refunded(OrderRefunded e, NpgsqlDataSource db, DeliverySignal signal, CancellationToken ct) =>
        NoteAsync(db, signal, MailKind.OrderRefunded, new(e.Order) { Refunded = e.Amount }, ct);

    /// <summary>A part each time.</summary>
    public static Task PartiallyRefunded(
        OrderPartiallyRefunded e,
        NpgsqlDataSource db,
        DeliverySignal signal,
        CancellationToken ct
    ) =>
        NoteAsync(
            db,
            signal,
            MailKind.OrderPartiallyRefunded,
            new(e.Order)
            {
                Refunded = e.Amount.Amount > 0 ? e.Amount : null,
                Voided = e.Tickets,
                Reason =
                    e.Tickets.Count == 0 ? null
                    : e.Amount.Amount > 0 ? "tickets"
                    : "tickets-only",
            },
            ct,
            e.RefundId
        );

    /// <summary>A show may be moved more than once: one mail a move.</summary>
    public static Task Rescheduled(
        OrderRescheduled e,
        NpgsqlDataSource db,
        DeliverySignal signal,
        CancellationToken ct
    ) =>
        NoteAsync(
            db,
            signal,
            MailKind.OrderRescheduled,
            new(e.Order) { MovedFrom = e.StartedAt },
            ct,
            MoveOf(e.Order.Id, e.At)
        );

    /// <param name="subject">The order or the ticket.</param>
    internal static Guid MoveOf(Guid subject, DateTimeOffset at) => SubjectOf($"{subject} {at.UtcTicks}");

    /// <summary>An id for what a mail is about, so that the same comes once.</summary>
    internal static Guid SubjectOf(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    private static Task NoteAsync(
        NpgsqlDataSource db,
        DeliverySignal signal,
        MailKind kind,
        MailContent content,
        CancellationToken ct,
        Guid? subject = null
    )
    {
        var order = content.Order!;
        return new NewMail(kind, order.Id, subject, order.BuyerId, order.BuyerEmail, content).NoteAsync(db, signal, ct);
    }
}
