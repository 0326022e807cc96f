using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Sandbox.Cards;
using Ticketing.Sandbox.Refunds;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Stripe;

internal static class CreateRefund
{
    /// <summary>Gives back a settled charge, whole or in part, once for each Idempotency-Key.</summary>
    public static async Task<IResult> Handle(
        HttpContext context,
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        DueSignal due,
        IOptions<SandboxOptions> options,
        CancellationToken ct
    )
    {
        var form = await StripeForm.ReadAsync(context.Request, ct);
        var intent = form.Text("payment_intent");
        var charge = await GetPaymentIntent.FindAsync(intent, source, ct);
        var amount = form.Text("amount").Length > 0 ? form.Amount("amount") : charge.Amount;
        var key = StripeForm.Key(context.Request);
        var reference = form.Text("metadata[refund_id]");
        if (reference.Length > Limits.MaxKey)
            throw new StripeApiException(
                400,
                StripeApiException.InvalidRequest,
                "Too long.",
                param: "metadata[refund_id]"
            );
        try
        {
            var made = await Refunding.PutAsync(
                source,
                "card_charges",
                which: "id = right($1, 32)::uuid",
                paid: "status = 'Settled'",
                disputed: "coalesce(dispute_status, 'won') <> 'won'",
                intent,
                key,
                new(amount, charge.Currency),
                options.Value.RefundSeconds,
                nature: null,
                StripeEvents.OfRefunds("made"),
                ct,
                reference
            );
            if (!made)
                context.Response.Headers[CreatePaymentIntent.Replayed] = "true";
        }
        catch (RefundRefusedException e)
        {
            throw Error(e);
        }
        ((Signal)(options.Value.RefundSeconds == 0 ? webhooks : due)).Pulse();
        // What was answered first, whatever became of it since.
        var status = options.Value.RefundSeconds == 0 ? RefundStatus.Completed : RefundStatus.Pending;
        return Results.Json(Describe(charge, key, amount, charge.Currency, status, reference));
    }

    private static StripeApiException Error(RefundRefusedException e) =>
        e.Why switch
        {
            RefundRefusal.Disputed => new(400, StripeApiException.InvalidRequest, e.Message, code: "charge_disputed"),
            RefundRefusal.TooMuch => new(
                400,
                StripeApiException.InvalidRequest,
                e.Message,
                code: "charge_already_refunded"
            ),
            RefundRefusal.Other => new(400, "idempotency_error", e.Message),
            _ => new(400, StripeApiException.InvalidRequest, e.Message, param: "payment_intent"),
        };

    /// <summary>Of the merchant's key: one refund each.</summary>
    private static string IdOf(string intent, string key) =>
        $"re_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{intent}/{key}")))[..24]}";

    public static object Describe(
        CardCharge charge,
        string key,
        long amount,
        string currency,
        RefundStatus status,
        string? reference
    ) =>
        new
        {
            id = IdOf(PaymentIntent.IdOf(charge), key),
            @object = "refund",
            amount,
            currency = currency.ToLowerInvariant(),
            metadata = new { payment_id = charge.Reference, refund_id = reference ?? "" },
            payment_intent = PaymentIntent.IdOf(charge),
            status = status switch
            {
                RefundStatus.Completed => "succeeded",
                RefundStatus.Failed => "failed",
                _ => "pending",
            },
        };
}
