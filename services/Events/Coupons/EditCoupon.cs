using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Coupons;

public static class EditCoupon
{
    /// <param name="MaxRedemptions">Fewer than redeemed: nobody loses it, nobody else gets it.</param>
    /// <param name="ValidUntil">A past moment ends it.</param>
    public sealed record Request(
        Clearable<int?>? MaxRedemptions = null,
        Clearable<DateTimeOffset?>? ValidFrom = null,
        Clearable<DateTimeOffset?>? ValidUntil = null
    );

    /// <summary>Changes how often and when a coupon can be used. Its code and its worth stay.</summary>
    internal static async Task<Ok<CouponView>> Handle(
        Guid id,
        Request request,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        ClaimsPrincipal user,
        Actor actor,
        EventsDb db,
        HttpResponse response,
        CancellationToken ct
    )
    {
        if (request.MaxRedemptions?.Value < 1)
            throw ProblemException.Invalid("maxRedemptions", "At least 1, or null for no limit.");
        var coupon = await db.InTransactionAsync(
            async ct =>
            {
                var organizerId = await db.OrganizerOfCouponAsync(id, ct);
                await db.RequireManagerAsync(user, organizerId, "coupon", ct);
                var coupon = await db
                    .Coupons.FromSql($"SELECT * FROM coupons WHERE id = {id} FOR UPDATE")
                    .SingleAsync(ct);
                ETag.Require(ifMatch, coupon.Version);
                coupon.MaxRedemptions = request.MaxRedemptions.Or(coupon.MaxRedemptions);
                coupon
                    .Valid(request.ValidFrom.Or(coupon.ValidFrom), request.ValidUntil.Or(coupon.ValidUntil))
                    .Advance();
                db.Record(
                    actor.Did(
                        "coupon.changed",
                        organizerId,
                        id,
                        null,
                        ("maxRedemptions", coupon.MaxRedemptions),
                        ("validFrom", coupon.ValidFrom?.ToString("O")),
                        ("validUntil", coupon.ValidUntil?.ToString("O"))
                    )
                );
                return coupon;
            },
            ct
        );
        response.SetETag(coupon.Version);
        return TypedResults.Ok(CouponView.Of(coupon));
    }
}
