using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Ticketing.Sandbox.Cards;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Stripe;

/// <summary>What a payment tried to take, whether it came or not.</summary>
internal static class Charges
{
    private const string Prefix = "ch_";

    /// <summary>Those that were made between the two; newest first.</summary>
    public static async Task<IResult> List(
        [FromQuery(Name = "created[gte]")] long? since,
        [FromQuery(Name = "created[lt]")] long? until,
        [FromQuery(Name = "starting_after")] string? after,
        int? limit,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        var size = StripeList.Size(limit);
        await using var command = source.CreateCommand(
            $"""
            SELECT {CardCharge.Columns} FROM card_charges
            WHERE status IN ('{CardStatus.Settled}', '{CardStatus.Failed}') AND created_at >= $1 AND created_at < $2
                AND ($3 IS NULL OR (created_at, id) < (SELECT created_at, id FROM card_charges WHERE id = $3))
            ORDER BY created_at DESC, id DESC LIMIT $4
            """
        );
        command.Add(Moment(since) ?? DateTimeOffset.UnixEpoch, Moment(until) ?? DateTimeOffset.MaxValue);
        command.Add(after is null ? (Guid?)null : StripeId.Parse(Prefix, "charge", after, "starting_after"), size + 1);
        var found = await command.ReadAsync(row => CardCharge.Read(row, 0), ct);
        return StripeList.Of("/v1/charges", found.Count > size, found.Take(size).Select(Describe));
    }

    public static string IdOf(CardCharge charge) => $"{Prefix}{charge.Id:N}";

    public static object Describe(CardCharge charge)
    {
        var came = charge.Status == CardStatus.Settled;
        return new
        {
            id = IdOf(charge),
            @object = "charge",
            amount = charge.Amount,
            amount_captured = came ? charge.Amount : 0,
            amount_refunded = charge.Refunded,
            captured = came,
            created = charge.CreatedAt.ToUnixTimeSeconds(),
            currency = PaymentIntent.CurrencyOf(charge),
            disputed = charge.Disputed,
            metadata = new { payment_id = charge.Reference },
            paid = came,
            payment_intent = PaymentIntent.IdOf(charge),
            payment_method_details = new { type = "card", card = PaymentIntent.CardOf(charge) },
            refunded = charge.Refunded == charge.Amount,
            status = came ? "succeeded" : "failed",
        };
    }

    private static DateTimeOffset? Moment(long? seconds) =>
        seconds is { } s
            ? DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(s, 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds()))
            : null;
}
