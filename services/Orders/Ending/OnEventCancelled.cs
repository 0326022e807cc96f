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

    /// <summary>Dates that were cancelled alone.</summary>
    public static Task HandleSessions(EventChanged changed, OrdersDb db, CancellationToken ct) =>
        AddAsync(db, SessionsOf(changed.Event), ct);

    public static Task HandleChange(EventChange change, OrdersDb db, CancellationToken ct) =>
        AddAsync(db, change.Event is { } told ? SessionsOf(told) : [change.Cancelled!.EventId], ct);

    private static Guid[] SessionsOf(EventSnapshot told) =>
        [.. told.Sessions.Where(s => s.Cancelled).Select(s => s.Id)];

    private static Task AddAsync(OrdersDb db, Guid[] subjects, CancellationToken ct) =>
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
