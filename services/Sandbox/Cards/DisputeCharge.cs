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
            "disputed = true, dispute_status = 'needs_response', disputed_at = now()",
            from: "status = 'Settled' AND NOT disputed AND refunded < amount",
            StripeEvents.OfDisputes("moved", StripeEvents.DisputeCreated),
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

    /// <summary>The bank decides for the merchant: the money stays.</summary>
    /// <remarks>409 <c>not-disputed</c>: nothing is open.</remarks>
    public static Task<Ok<CardChargeResponse>> Win(
        Guid id,
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        IOptions<PublicOptions> site,
        CancellationToken ct
    ) => EndAsync(id, "won", source, webhooks, site.Value, ct);

    /// <summary>The bank decides for the card's owner: the money is gone.</summary>
    /// <remarks>409 <c>not-disputed</c>: nothing is open.</remarks>
    public static Task<Ok<CardChargeResponse>> Lose(
        Guid id,
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        IOptions<PublicOptions> site,
        CancellationToken ct
    ) => EndAsync(id, "lost", source, webhooks, site.Value, ct);

    private static async Task<Ok<CardChargeResponse>> EndAsync(
        Guid id,
        string outcome,
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        PublicOptions site,
        CancellationToken ct
    )
    {
        var (ended, charge) = await CardCharge.Table.MoveAsync(
            source,
            id,
            "dispute_status = $2",
            from: "dispute_status IN ('needs_response', 'under_review')",
            StripeEvents.OfDisputes("moved", StripeEvents.DisputeClosed),
            ct,
            outcome
        );
        if (ended)
            webhooks.Pulse();
        if (charge.DisputeStatus != outcome)
            throw ProblemException.Conflict("not-disputed", "No dispute of this charge is open.");
        return TypedResults.Ok(charge.Describe(site));
    }
}
