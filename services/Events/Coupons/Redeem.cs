using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Coupons;

internal static class Redeem
{
    public static async Task<Ok<CouponRedemption>> Handle(
        Guid orderId,
        RedeemCoupon request,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        if (request.Subtotal.Amount < 0)
            throw ProblemException.Invalid("subtotal.amount", "Not negative.");
        if (request.LeaseSeconds is < 1 or > RedeemCoupon.MaxLeaseSeconds)
            throw ProblemException.Invalid("leaseSeconds", $"From 1 to {RedeemCoupon.MaxLeaseSeconds}.");
        await using var command = source.CreateCommand("SELECT * FROM redeem_coupon($1, $2, $3, $4, $5, $6)");
        command.Add(
            orderId,
            request.EventId,
            Coupon.Normalize(request.Code),
            request.Subtotal.Amount,
            request.Subtotal.Currency,
            request.LeaseSeconds
        );
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return row.GetString(0) switch
        {
            "coupon-invalid" => throw QuoteCoupon.Invalid(),
            "coupon-exhausted" => throw QuoteCoupon.Exhausted(),
            "redemption-committed" => throw ProblemException.Conflict(
                "redemption-committed",
                "The order's coupon is used already."
            ),
            _ => TypedResults.Ok(
                new CouponRedemption(
                    new(row.GetInt64(1), request.Subtotal.Currency),
                    row.GetFieldValue<DateTimeOffset>(2)
                )
            ),
        };
    }
}
