using System.Text.Json;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Notifications.Mails;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Deliveries;

/// <summary>An order came to an end that its buyer is told of: notes the mail, the worker sends it.</summary>
internal static class OnOrderEvent
{
    public static Task Fulfilled(OrderFulfilled e, NpgsqlDataSource db, DeliverySignal signal, CancellationToken ct) =>
        NoteAsync(db, signal, MailKind.OrderFulfilled, new(e.Order) { Tickets = e.Tickets }, ct);

    public static Task Expired(OrderExpired e, NpgsqlDataSource db, DeliverySignal signal, CancellationToken ct) =>
        NoteAsync(db, signal, MailKind.OrderExpired, new(e.Order), ct);

    public static Task Cancelled(OrderCancelled e, NpgsqlDataSource db, DeliverySignal signal, CancellationToken ct) =>
        NoteAsync(db, signal, MailKind.OrderCancelled, new(e.Order) { Reason = e.Reason }, ct);

    public static Task Refunded(OrderRefunded e, NpgsqlDataSource db, DeliverySignal signal, CancellationToken ct) =>
        NoteAsync(db, signal, MailKind.OrderRefunded, new(e.Order) { Refunded = e.Amount }, ct);

    private static async Task NoteAsync(
        NpgsqlDataSource db,
        DeliverySignal signal,
        MailKind kind,
        MailContent content,
        CancellationToken ct
    )
    {
        var order = content.Order;
        await using var command = db.CreateCommand(
            """
            INSERT INTO deliveries (id, order_id, kind, buyer_id, recipient, content, state, attempts, trace_parent)
            SELECT $1, $2, $3, $4, $5, $6::jsonb, 'Pending', 0, $7
            WHERE NOT EXISTS (SELECT FROM erased_people WHERE id = $4)
            ON CONFLICT (order_id, kind) DO NOTHING
            """
        );
        command.Add(
            Guid.CreateVersion7(),
            order.Id,
            kind.ToString(),
            order.BuyerId,
            order.BuyerEmail,
            JsonSerializer.Serialize(content, ServiceDefaultsExtensions.Json),
            Traces.Current
        );
        if (await command.ExecuteNonQueryAsync(ct) == 1)
            signal.Pulse();
    }
}
