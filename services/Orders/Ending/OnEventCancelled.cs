using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;

namespace Ticketing.Orders.Ending;

/// <summary>
/// Only the fact is written here; the sweep turns it into cancelled and refunded orders, some at a time, however
/// many there are.
/// </summary>
internal static class OnEventCancelled
{
    public static Task Handle(EventCancelled cancelled, OrdersDb db, CancellationToken ct) =>
        AddAsync(db, [cancelled.EventId], ct);

    /// <param name="subjects">Events, or sessions that were cancelled alone.</param>
    public static Task AddAsync(OrdersDb db, Guid[] subjects, CancellationToken ct) =>
        subjects.Length == 0
            ? Task.CompletedTask
            : db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO cancellations (subject_id, at, resume_at) SELECT id, now(), now() FROM unnest({subjects}) id
                ORDER BY id ON CONFLICT DO NOTHING
                """,
                ct
            );
}
