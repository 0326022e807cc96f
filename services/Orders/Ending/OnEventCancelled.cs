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
        AddAsync(db, cancelled.EventId, ct);

    /// <summary>A date that was cancelled alone.</summary>
    public static async Task HandleSessions(EventChanged changed, OrdersDb db, CancellationToken ct)
    {
        foreach (var session in changed.Event.Sessions.Where(s => s.Cancelled))
            await AddAsync(db, session.Id, ct);
    }

    private static Task<int> AddAsync(OrdersDb db, Guid subjectId, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync(
            $"INSERT INTO cancellations (subject_id, at, resume_at) VALUES ({subjectId}, now(), now()) ON CONFLICT DO NOTHING",
            ct
        );
}
