using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Sandbox.Cards;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Stripe;

internal static class CancelPaymentIntent
{
    /// <summary>Voids a charge that has not settled; what has ended is refused.</summary>
    public static async Task<IResult> Handle(
        string id,
        NpgsqlDataSource source,
        IOptions<PublicOptions> site,
        CancellationToken ct
    )
    {
        try
        {
            var (cancelled, charge) = await CardCharge.Table.MoveAsync(
                source,
                PaymentIntent.Parse(id),
                "status = 'Cancelled', settles_at = NULL",
                from: "status IN ('Processing', 'RequiresAction', 'Failed')",
                then: null,
                ct
            );
            return cancelled
                ? Results.Json(PaymentIntent.Of(charge, site.Value))
                : throw new StripeApiException(
                    400,
                    StripeApiException.InvalidRequest,
                    "You cannot cancel this PaymentIntent: it has ended.",
                    code: "payment_intent_unexpected_state",
                    intent: PaymentIntent.Of(charge, site.Value)
                );
        }
        catch (ProblemException e) when (e.Status == 404)
        {
            throw StripeApiException.NoSuch("payment_intent", id);
        }
    }
}
