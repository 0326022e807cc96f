using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.Sandbox.Webhooks;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Pix;

internal static class PayPix
{
    /// <param name="Late">Pay even though the merchant cancelled the charge: money that was already on its way.</param>
    public sealed record Request(bool Late = false);

    /// <summary>Pays the charge, as the buyer's bank would. No key is needed and no money moves.</summary>
    /// <remarks>
    /// Works after the charge expired too: that is how late payments come about. Paying twice pays once. 409
    /// <c>charge-cancelled</c>: the merchant cancelled it; <c>{ "late": true }</c> pays it all the same.
    /// </remarks>
    /// <param name="txid">The <c>txId</c> of the order's Pix instructions.</param>
    /// <response code="200">Paid; the merchant is told by webhook.</response>
    public static async Task<Ok<PixChargeResponse>> Handle(
        string txid,
        Request? request,
        SandboxDb db,
        WebhookSignal webhooks,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var paid = await db.InTransactionAsync(
            async token =>
            {
                var charge = await PixCharge.LockAsync(db, txid, token);
                if (charge.Status == PixStatus.Cancelled && request is not { Late: true })
                    throw ProblemException.Conflict("charge-cancelled", "The merchant cancelled this charge.");
                if (charge.Status != PixStatus.Paid)
                    db.Add(charge.Pay(clock.GetUtcNow()));
                return charge.Describe();
            },
            ct
        );
        webhooks.Pulse();
        return TypedResults.Ok(paid);
    }
}
