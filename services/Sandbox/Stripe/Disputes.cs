using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Ticketing.Sandbox.Cards;

namespace Ticketing.Sandbox.Stripe;

/// <summary>Chargebacks, one a charge.</summary>
internal static class Disputes
{
    private const string Prefix = "dp_";
    private const int MaxEvidence = 20_000;

    /// <summary>How long the merchant may say something against it.</summary>
    private const int EvidenceDays = 7;

    /// <summary>A payment's, or all that were opened since; newest first.</summary>
    public static async Task<IResult> List(
        [FromQuery(Name = "payment_intent")] string? intent,
        [FromQuery(Name = "created[gte]")] long? since,
        [FromQuery(Name = "starting_after")] string? after,
        int? limit,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        var size = StripeList.Size(limit);
        var found = intent is null
            ? await SinceAsync(since ?? 0, after, size + 1, source, ct)
            : [await GetPaymentIntent.FindAsync(intent, source, ct)];
        return StripeList.Of(
            "/v1/disputes",
            found.Count > size,
            found.Where(c => c.DisputeStatus is not null).Take(size).Select(Describe)
        );
    }

    private static async Task<List<CardCharge>> SinceAsync(
        long since,
        string? after,
        int take,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        var before = after is null ? DateTimeOffset.MaxValue : (await FindAsync(after, source, ct)).DisputedAt!.Value;
        var found = await CardCharge.Table.FindAsync(
            source,
            $"disputed_at < $1 ORDER BY disputed_at DESC LIMIT {take}",
            before,
            ct
        );
        return found.FindAll(c => c.DisputedAt >= DateTimeOffset.FromUnixTimeSeconds(since));
    }

    private static async Task<CardCharge> FindAsync(string id, NpgsqlDataSource source, CancellationToken ct) =>
        await CardCharge.Table.FindAsync(source, "id = $1 AND disputed_at IS NOT NULL", Parse(id), ct) is [var charge]
            ? charge
            : throw StripeApiException.NoSuch("dispute", id);

    private static Guid Parse(string id) => StripeId.Parse(Prefix, "dispute", id);

    /// <summary>What the merchant says against a dispute; submitted, it is final.</summary>
    public static async Task<IResult> Update(
        string id,
        HttpContext context,
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        CancellationToken ct
    )
    {
        var form = await StripeForm.ReadAsync(context.Request, ct);
        var text = form.Prose("evidence[uncategorized_text]", MaxEvidence);
        var of = Parse(id);
        var submits = form.Text("submit") is "true" or "True";
        var (moved, charge) = await CardCharge.Table.MoveAsync(
            source,
            of,
            "evidence = $2, dispute_status = CASE WHEN $3 THEN 'under_review' ELSE dispute_status END",
            from: "dispute_status = 'needs_response'",
            StripeEvents.OfDisputes("moved", StripeEvents.DisputeUpdated),
            ct,
            text,
            submits
        );
        if (moved)
            webhooks.Pulse();
        else if (charge.Evidence != text)
            throw new StripeApiException(
                400,
                StripeApiException.InvalidRequest,
                "This dispute is closed, or its evidence was submitted."
            );
        return Results.Json(Describe(charge));
    }

    private static object Describe(CardCharge charge) =>
        new
        {
            id = $"{Prefix}{charge.Id:N}",
            @object = "dispute",
            amount = charge.Amount - charge.Refunded,
            currency = PaymentIntent.CurrencyOf(charge),
            charge = Charges.IdOf(charge),
            payment_intent = PaymentIntent.IdOf(charge),
            created = charge.DisputedAt!.Value.ToUnixTimeSeconds(),
            reason = "fraudulent",
            status = charge.DisputeStatus,
            evidence = new { uncategorized_text = charge.Evidence },
            evidence_details = new
            {
                due_by = charge.DisputeStatus == "needs_response"
                    ? charge.DisputedAt.Value.AddDays(EvidenceDays).ToUnixTimeSeconds()
                    : (long?)null,
                has_evidence = charge.Evidence is not null,
                submission_count = charge.DisputeStatus is "needs_response" || charge.Evidence is null ? 0 : 1,
            },
            is_charge_refundable = charge.DisputeStatus == "won",
        };
}
