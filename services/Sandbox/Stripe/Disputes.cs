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

    /// <summary>A payment's disputes.</summary>
    public static async Task<IResult> List(
        [Microsoft.AspNetCore.Mvc.FromQuery(Name = "payment_intent")] string? intent,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        var charge = await GetPaymentIntent.FindAsync(intent ?? "", source, ct);
        return Results.Json(
            new
            {
                @object = "list",
                url = "/v1/disputes",
                has_more = false,
                data = charge.DisputeStatus is null ? [] : new[] { Describe(charge) },
            }
        );
    }

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
        if (
            !Guid.TryParseExact(
                id.StartsWith(Prefix, StringComparison.Ordinal) ? id[Prefix.Length..] : "",
                "N",
                out var of
            )
        )
            throw StripeApiException.NoSuch("dispute", id);
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
            charge = $"ch_{charge.Id:N}",
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
