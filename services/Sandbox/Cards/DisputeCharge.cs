using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Ticketing.Sandbox.Webhooks;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Cards;

internal static class DisputeCharge
{
    /// <summary>Asks for the money back through the card issuer (chargeback). No key is needed.</summary>
    /// <remarks>409 <c>not-settled</c>: nothing was paid.</remarks>
    public static async Task<Ok<CardChargeResponse>> Handle(
        Guid id,
        SandboxDb db,
        WebhookSignal webhooks,
        IOptions<PublicOptions> site,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var disputed = await db.InTransactionAsync(
            async token =>
            {
                var charge = await CardCharge.LockAsync(db, id, token);
                if (charge.Status != CardStatus.Settled)
                    throw ProblemException.Conflict("not-settled", "The charge has not settled.");
                if (!charge.Disputed)
                    db.Add(charge.Dispute(clock.GetUtcNow()));
                return charge.Describe(site.Value);
            },
            ct
        );
        webhooks.Pulse();
        return TypedResults.Ok(disputed);
    }
}
