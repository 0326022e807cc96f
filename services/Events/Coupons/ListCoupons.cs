using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Events.Teams;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Coupons;

internal static class ListCoupons
{
    /// <summary>The coupons of an event, for its team, oldest first.</summary>
    public static async Task<Ok<Page<CouponView>>> Handle(
        Guid id,
        [AsParameters] PageQuery page,
        ClaimsPrincipal user,
        EventsDb db,
        CancellationToken ct
    )
    {
        var organizerId = await db.Events.Where(e => e.Id == id).Select(e => e.OrganizerId).SingleOrDefaultAsync(ct);
        await db.RequireMemberAsync(user, organizerId, "event", ct);
        var after = page.AfterId() ?? Guid.Empty;
        var rows = await db
            .Coupons.AsNoTracking()
            .Where(c => c.EventId == id && c.Id > after)
            .OrderBy(c => c.Id)
            .Take(page.Take() + 1)
            .ToListAsync(ct);
        return TypedResults.Ok(Page.Of([.. rows.Select(CouponView.Of)], page.Take(), c => c.Id.ToString()));
    }
}
