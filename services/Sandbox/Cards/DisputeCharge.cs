using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Sandbox.Stripe;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Cards;

internal static class DisputeCharge
{
    /// <summary>Asks for the money back through the card issuer (chargeback). No key is needed.</summary>
    /// <remarks>409 <c>not-settled</c>: nothing was paid; <c>charge-refunded</c>: it was given back before.</remarks>
    public static async Task<Ok<CardChargeResponse>> Handle(
        Guid id,
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        IOptions<PublicOptions> site,
        CancellationToken ct
    )
    {
        var (disputed, charge) = await CardCharge.Table.MoveAsync(
            source,
            id,
            "disputed = true",
            from: "status = 'Settled' AND NOT disputed AND refunded < amount",
            StripeEvents.OfDisputes("moved"),
            ct
        );
        if (charge.Status != CardStatus.Settled)
            throw ProblemException.Conflict("not-settled", "The charge has not settled.");
        if (!charge.Disputed)
            throw ProblemException.Conflict("charge-refunded", "The money was given back.");
        if (disputed)
            webhooks.Pulse();
        return TypedResults.Ok(charge.Describe(site.Value));
    }
}
