using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Orders.Rescheduling;

/// <summary>
/// Brings a changed show to its orders, some at a time, however many there are, and tells the buyers of paid ones when it
/// was moved. Then once more, for an order that was being placed when the change came.
/// </summary>
internal sealed class Rescheduler(IServiceScopeFactory scopes, TimeProvider clock)
{
    /// <summary>Longer than any statement may take: an order that is placed later sees the change.</summary>
    private static readonly TimeSpan Stragglers = TimeSpan.FromSeconds(60);

    /// <returns>True when a show was due: another one may be.</returns>
    public async Task<bool> ApplyAsync(int batchSize, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<OrdersDb>();
        if (!await db.ShowChanges.AnyAsync(c => c.ResumeAt <= clock.GetUtcNow(), ct))
            return false;
        return await db.InTransactionAsync(token => ApplyAsync(db, batchSize, token), ct);
    }

    private async Task<bool> ApplyAsync(OrdersDb db, int batchSize, CancellationToken ct)
    {
        var due = await db
            .ShowChanges.FromSql(
                $"""
                SELECT * FROM show_changes WHERE resume_at <= now() ORDER BY resume_at LIMIT 1 FOR UPDATE SKIP LOCKED
                """
            )
            .SingleOrDefaultAsync(ct);
        if (due is null)
            return false;
        var orders = await db
            .Orders.FromSql(
                $"""
                SELECT * FROM orders WHERE id IN (
                    (SELECT id FROM orders WHERE event_id = {due.SubjectId} AND id > {due.UpTo} ORDER BY id LIMIT {batchSize})
                    UNION ALL
                    (SELECT id FROM orders WHERE session_id = {due.SubjectId} AND id > {due.UpTo} ORDER BY id
                        LIMIT {batchSize}))
                ORDER BY id FOR UPDATE
                """
            )
            .ToListAsync(ct);
        foreach (var order in orders)
            Apply(due, order, db);
        var resume =
            orders.Count > 0 ? due.ResumeAt
            : due.ResumeAt <= due.At + Stragglers ? due.At + Stragglers + TimeSpan.FromSeconds(1)
            : null;
        due.Advance(orders.Count > 0 ? orders[^1].Id : Guid.Empty, resume);
        return true;
    }

    private void Apply(ShowChange change, Order order, OrdersDb db)
    {
        // A venue that is only called otherwise is where it was.
        var renamed = change.VenueId is not null && change.VenueId == order.VenueId;
        var before = (order.StartsAt, renamed ? change.VenueName : order.VenueName, order.VenueCity);
        order.EventTitle = change.EventTitle ?? order.EventTitle;
        order.VenueId = change.VenueId ?? order.VenueId;
        order.VenueName = change.VenueName ?? order.VenueName;
        order.VenueCity = change.VenueCity ?? order.VenueCity;
        order.TimeZone = change.TimeZone ?? order.TimeZone;
        order.StartsAt = change.StartsAt ?? order.StartsAt;
        if (before == (order.StartsAt, order.VenueName, order.VenueCity))
            return;
        order.RescheduledAt = change.At;
        // What is over is only put right.
        if (OrderMoves.Bought.Contains(order.Status) && before.StartsAt > clock.GetUtcNow() && order.BuyerEmail != "")
            db.Publish(new OrderRescheduled(order.Summary(), before.StartsAt, change.At));
    }
}
