using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.Sandbox.Webhooks;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Pix;

internal static class DisputePix
{
    /// <summary>Asks for the money back as the victim of a fraud, through the payer's bank (MED).</summary>
    /// <remarks>409 <c>not-settled</c>: it was not paid.</remarks>
    public static async Task<Ok<PixChargeResponse>> Handle(
        string txid,
        SandboxDb db,
        WebhookSignal webhooks,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var disputed = await db.InTransactionAsync(
            async token =>
            {
                var charge = await PixCharge.LockAsync(db, txid, token);
                if (charge.Status != PixStatus.Paid)
                    throw ProblemException.Conflict("not-settled", "The charge was not paid.");
                if (!charge.Disputed)
                    db.Add(charge.Dispute(clock.GetUtcNow()));
                return charge.Describe();
            },
            ct
        );
        webhooks.Pulse();
        return TypedResults.Ok(disputed);
    }
}
