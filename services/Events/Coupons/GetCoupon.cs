using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Coupons;

internal static class GetCoupon
{
    /// <summary>A coupon, for the event's team.</summary>
    public static async Task<Ok<CouponView>> Handle(
        Guid id,
        ClaimsPrincipal user,
        EventsDb db,
        HttpResponse response,
        CancellationToken ct
    )
    {
        await db.RequireMemberAsync(user, await db.OrganizerOfCouponAsync(id, ct), "coupon", ct);
        var coupon = await db.Coupons.AsNoTracking().SingleAsync(c => c.Id == id, ct);
        response.SetETag(coupon.Version);
        return TypedResults.Ok(CouponView.Of(coupon));
    }

    public static async Task<Guid> OrganizerOfCouponAsync(this EventsDb db, Guid id, CancellationToken ct) =>
        await db
            .Coupons.Where(c => c.Id == id)
            .Join(db.Events, c => c.EventId, e => e.Id, (_, e) => (Guid?)e.OrganizerId)
            .SingleOrDefaultAsync(ct)
        ?? throw ProblemException.NotFound("coupon");
}
