using Ticketing.Sandbox.Cards;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Stripe;

/// <summary>A card charge as Stripe tells it.</summary>
internal static class PaymentIntent
{
    public const string Prefix = "pi_";

    public static string IdOf(CardCharge charge) => $"{Prefix}{charge.Id:N}";

    public static Guid Parse(string id) => StripeId.Parse(Prefix, "payment_intent", id);

    public static object Of(CardCharge charge, PublicOptions site, string? returnUrl = null)
    {
        var method = new
        {
            id = $"pm_{charge.Id:N}",
            @object = "payment_method",
            type = "card",
            card = CardOf(charge),
        };
        var failed = charge.Status == CardStatus.Failed;
        return new
        {
            id = IdOf(charge),
            @object = "payment_intent",
            amount = charge.Amount,
            amount_received = charge.Status == CardStatus.Settled ? charge.Amount : 0,
            currency = CurrencyOf(charge),
            created = charge.CreatedAt.ToUnixTimeSeconds(),
            livemode = false,
            metadata = new { payment_id = charge.Reference },
            status = StatusOf(charge.Status),
            payment_method = failed ? null : method,
            next_action = charge.Status == CardStatus.RequiresAction
                ? new
                {
                    type = "redirect_to_url",
                    redirect_to_url = new { url = charge.Describe(site).ChallengeUrl, return_url = returnUrl },
                }
                : null,
            last_payment_error = failed ? ErrorOf(charge, method) : null,
            latest_charge = charge.Status == CardStatus.Settled ? Charges.Describe(charge) : null,
        };
    }

    /// <summary>A declined card is a card error, which carries the payment.</summary>
    public static StripeApiException Declined(CardCharge charge, PublicOptions site)
    {
        var (code, declineCode) = CodesOf(charge);
        return new(402, "card_error", "Your card was declined.", code, null, declineCode, Of(charge, site));
    }

    public static string CurrencyOf(CardCharge charge) => charge.Currency.ToLowerInvariant();

    public static object CardOf(CardCharge charge) =>
        new
        {
            brand = charge.Brand,
            last4 = charge.Last4,
            exp_month = 12,
            exp_year = 2090,
        };

    private static object ErrorOf(CardCharge charge, object method)
    {
        var (code, declineCode) = CodesOf(charge);
        return new
        {
            type = "card_error",
            code,
            decline_code = declineCode,
            message = "Your card was declined.",
            payment_method = method,
        };
    }

    private static (string Code, string? DeclineCode) CodesOf(CardCharge charge) =>
        charge.FailureReason switch
        {
            "authentication-failed" => ("payment_intent_authentication_failure", null),
            "insufficient-funds" => ("card_declined", "insufficient_funds"),
            _ => ("card_declined", "generic_decline"),
        };

    private static string StatusOf(CardStatus status) =>
        status switch
        {
            CardStatus.Processing => "processing",
            CardStatus.RequiresAction => "requires_action",
            CardStatus.Settled => "succeeded",
            CardStatus.Failed => "requires_payment_method",
            CardStatus.Cancelled => "canceled",
            _ => throw new ArgumentOutOfRangeException(nameof(status)),
        };
}
