using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Ticketing.Events.Coupons;

internal static class GiveBack
{
    /// <summary>Idempotent: only who deletes the row counts down.</summary>
    public static async Task<NoContent> Handle(Guid orderId, EventsDb db, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync(
            $"""
            WITH given AS (DELETE FROM coupon_redemptions WHERE order_id = {orderId} RETURNING coupon_id)
            UPDATE coupons SET redeemed = redeemed - 1 WHERE id = (SELECT coupon_id FROM given)
            """,
            ct
        );
        return TypedResults.NoContent();
    }
}
