using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Coupons;

internal static class Redeem
{
    public static async Task<Ok<CouponRedemption>> Handle(
        Guid orderId,
        RedeemCoupon request,
        EventsDb db,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (request.Subtotal.Amount < 0)
            throw ProblemException.Invalid("subtotal.amount", "Not negative.");
        var discount = await db.InTransactionAsync(
            async ct =>
            {
                if (await FindAsync(db, orderId, ct) is { } before)
                    return before;
                var code = Coupon.Normalize(request.Code);
                var coupon = await db
                    .Coupons.AsNoTracking()
                    .SingleOrDefaultAsync(c => c.EventId == request.EventId && c.Code == code, ct);
                if (coupon?.IsValid(request.Subtotal, clock.GetUtcNow()) != true)
                    throw new ProblemException(422, "coupon-invalid", "There is no such coupon for this event now.");
                return await TakeAsync(db, orderId, coupon, coupon.Discount(request.Subtotal), ct);
            },
            ct
        );
        return TypedResults.Ok(new CouponRedemption(discount));
    }

    private static async Task<Money> TakeAsync(
        EventsDb db,
        Guid orderId,
        Coupon coupon,
        Money discount,
        CancellationToken ct
    )
    {
        // The same order asking at the same time waits here for the first to commit.
        var first = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO coupon_redemptions (order_id, coupon_id, discount_amount, discount_currency)
            VALUES ({orderId}, {coupon.Id}, {discount.Amount}, {discount.Currency})
            ON CONFLICT DO NOTHING
            """,
            ct
        );
        if (first == 0)
            return await FindAsync(db, orderId, ct)
                ?? throw ProblemException.Conflict("contended", "Given back meanwhile: try again.");
        var taken = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE coupons SET redeemed = redeemed + 1
            WHERE id = {coupon.Id} AND (max_redemptions IS NULL OR redeemed < max_redemptions)
            """,
            ct
        );
        if (taken == 0)
            throw ProblemException.Conflict("coupon-exhausted", "The coupon is used up.");
        return discount;
    }

    private static async Task<Money?> FindAsync(EventsDb db, Guid orderId, CancellationToken ct) =>
        (await db.Set<Redemption>().AsNoTracking().SingleOrDefaultAsync(r => r.OrderId == orderId, ct))?.Discount;
}
