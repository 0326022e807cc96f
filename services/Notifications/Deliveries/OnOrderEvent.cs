using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.Notifications.Mails;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Deliveries;

/// <summary>An order came to an end that its buyer is told of: notes the mail, the worker sends it.</summary>
internal static class OnOrderEvent
{
    public static Task Fulfilled(OrderFulfilled e, NotificationsDb db, CancellationToken ct) =>
        NoteAsync(db, MailKind.OrderFulfilled, new(e.Order) { Tickets = e.Tickets }, ct);

    public static Task Expired(OrderExpired e, NotificationsDb db, CancellationToken ct) =>
        NoteAsync(db, MailKind.OrderExpired, new(e.Order), ct);

    public static Task Cancelled(OrderCancelled e, NotificationsDb db, CancellationToken ct) =>
        NoteAsync(db, MailKind.OrderCancelled, new(e.Order) { Reason = e.Reason }, ct);

    public static Task Refunded(OrderRefunded e, NotificationsDb db, CancellationToken ct) =>
        NoteAsync(db, MailKind.OrderRefunded, new(e.Order) { Refunded = e.Amount }, ct);

    private static Task<int> NoteAsync(NotificationsDb db, MailKind kind, MailContent content, CancellationToken ct)
    {
        var order = content.Order;
        var json = JsonSerializer.Serialize(content, ServiceDefaultsExtensions.Json);
        return db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO deliveries (id, order_id, kind, buyer_id, recipient, content, state, attempts, trace_parent)
            SELECT {Guid.CreateVersion7()}, {order.Id}, {kind.ToString()}, {order.BuyerId},
                   {order.BuyerEmail}, {json}::jsonb, {nameof(
                DeliveryState.Pending
            )}, 0, {Traces.Current}
            WHERE NOT EXISTS (SELECT FROM erased_people WHERE id = {order.BuyerId})
            ON CONFLICT (order_id, kind) DO NOTHING
            """,
            ct
        );
    }
}
