using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.Events.Catalog;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Coupons;

public static class CreateCoupon
{
    /// <param name="Code">Letters, digits, '-' and '_'; case does not matter.</param>
    /// <param name="PercentOff">Of the tickets' price; or amountOff.</param>
    /// <param name="AmountOff">Minor units, in the event's currency; or percentOff.</param>
    /// <param name="MaxRedemptions">Orders that may have it; null: no limit.</param>
    public sealed record Request(
        [
            RegularExpression("^[A-Za-z0-9_-]+$", ErrorMessage = "Letters, digits, '-' and '_'."),
            StringLength(Coupon.MaxCodeLength, MinimumLength = 3)
        ]
            string Code,
        [Range(1, 100)] int? PercentOff = null,
        Money? AmountOff = null,
        [Range(1, int.MaxValue)] int? MaxRedemptions = null,
        DateTimeOffset? ValidFrom = null,
        DateTimeOffset? ValidUntil = null
    );

    /// <summary>Creates a coupon of an event.</summary>
    /// <remarks>409 coupon-exists: the event has this code already. 409 event-cancelled, limit-reached.</remarks>
    internal static async Task<Created<CouponView>> Handle(
        Guid id,
        Request request,
        ClaimsPrincipal user,
        Actor actor,
        EventsDb db,
        HttpResponse response,
        CancellationToken ct
    )
    {
        if (request.PercentOff is null == request.AmountOff is null)
            throw ProblemException.Invalid("percentOff", "Give either percentOff or amountOff.");
        if (request.AmountOff is { } off)
        {
            Prices.Check("amountOff", off);
            if (off.Amount == 0)
                throw ProblemException.Invalid("amountOff.amount", "More than 0.");
        }
        var coupon = await InsertAsync(db, user, actor, id, request, ct);
        response.SetETag(coupon.Version);
        return TypedResults.Created($"/api/v1/coupons/{coupon.Id}", CouponView.Of(coupon));
    }

    private static Task<Coupon> InsertAsync(
        EventsDb db,
        ClaimsPrincipal user,
        Actor actor,
        Guid eventId,
        Request request,
        CancellationToken ct
    ) =>
        db.InTransactionAsync(
            async ct =>
            {
                var e = await db.LockEventAsync(user, eventId, "event", ct);
                e.RequireOpen();
                if (request.AmountOff is { } off)
                    e.CheckCurrency("amountOff.currency", off.Currency);
                if (await db.Coupons.CountAsync(c => c.EventId == eventId, ct) >= Coupon.MaxPerEvent)
                    throw ProblemException.Conflict(
                        "limit-reached",
                        $"An event has at most {Coupon.MaxPerEvent} coupons."
                    );
                var code = Coupon.Normalize(request.Code);
                if (await db.Coupons.AnyAsync(c => c.EventId == eventId && c.Code == code, ct))
                    throw ProblemException.Conflict("coupon-exists", "The event has this code already.");
                var coupon = new Coupon
                {
                    EventId = eventId,
                    Code = code,
                    PercentOff = request.PercentOff,
                    AmountOff = request.AmountOff?.Amount,
                    Currency = request.AmountOff?.Currency,
                    MaxRedemptions = request.MaxRedemptions,
                }.Valid(request.ValidFrom, request.ValidUntil);
                db.Add(coupon);
                db.Record(
                    actor.Did(
                        "coupon.created",
                        e.OrganizerId,
                        coupon.Id,
                        null,
                        ("eventId", eventId),
                        ("percentOff", coupon.PercentOff),
                        ("amountOff", coupon.AmountOff),
                        ("maxRedemptions", coupon.MaxRedemptions)
                    )
                );
                return coupon;
            },
            ct
        );
}
