using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Coupons;

public static class QuoteCoupon
{
    /// <param name="Code">As the buyer types it: small letters are as good.</param>
    /// <param name="Subtotal">The tickets' full price together, without add-ons.</param>
    public sealed record Request(
        [property: Required, StringLength(Coupon.MaxCodeLength, MinimumLength = 1)] string Code,
        Money Subtotal
    );

    /// <param name="Discount">What it takes off, at most the subtotal.</param>
    public sealed record Response(Money Discount);

    private const string Ask = """
        SELECT coupon_discount(c.percent_off, c.amount_off, $3), c.max_redemptions IS NULL OR c.redeemed < c.max_redemptions
        FROM coupons c JOIN events e ON e.id = c.event_id
        WHERE c.event_id = $1 AND c.code = $2 AND (c.currency IS NULL OR c.currency = $4)
            AND e.status = 'Published' AND (c.valid_from IS NULL OR now() >= c.valid_from)
            AND (c.valid_until IS NULL OR now() < c.valid_until)
        """;

    /// <summary>What a coupon would take off now, before anything is ordered.</summary>
    /// <remarks>
    /// Nothing is kept for whoever asks: the order decides. 409 coupon-exhausted; 422 coupon-invalid: there is none of this
    /// code for the event now.
    /// </remarks>
    internal static async Task<Ok<Response>> Handle(
        Guid id,
        Request request,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        if (request.Subtotal.Amount < 0)
            throw ProblemException.Invalid("subtotal.amount", "Not negative.");
        var found = await source.FirstAsync(
            Ask,
            row => new { Discount = row.GetInt64(0), IsLeft = row.GetBoolean(1) },
            ct,
            id,
            Coupon.Normalize(request.Code),
            request.Subtotal.Amount,
            request.Subtotal.Currency
        );
        if (found is null)
            throw Invalid();
        if (!found.IsLeft)
            throw Exhausted();
        return TypedResults.Ok(new Response(new(found.Discount, request.Subtotal.Currency)));
    }

    internal static ProblemException Invalid() =>
        new(422, "coupon-invalid", "There is no such coupon for this event now.");

    internal static ProblemException Exhausted() =>
        ProblemException.Conflict("coupon-exhausted", "The coupon is used up.");
}
