using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.Sandbox.Refunds;
using Ticketing.Sandbox.Webhooks;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Pix;

internal static class RefundPix
{
    /// <param name="Amount">BRL, minor units; all refunds together never exceed the payment.</param>
    public sealed record Request(Money Amount);

    /// <summary>Gives back a payment, whole or in part.</summary>
    /// <remarks>
    /// Repeats of an id answer the refund as it now is. 409 <c>refund-exceeds-charge</c>, <c>refund-mismatch</c>.
    /// </remarks>
    /// <param name="e2eid">The payment's end-to-end id.</param>
    /// <param name="id">The merchant's id of the refund: 1 to 35 letters and digits.</param>
    public static async Task<Ok<RefundResponse>> Handle(
        string e2eid,
        [RegularExpression(Refund.IdPattern)] string id,
        Request request,
        SandboxDb db,
        WebhookSignal webhooks,
        IOptions<SandboxOptions> options,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var refund = await db.InTransactionAsync(
            async token =>
            {
                var txid =
                    await db
                        .PixCharges.Where(c => c.EndToEndId == e2eid)
                        .Select(c => c.TxId)
                        .SingleOrDefaultAsync(token)
                    ?? throw ProblemException.NotFound("payment");
                var charge = await PixCharge.LockAsync(db, txid, token);
                return await Refunding.PutAsync(
                    db,
                    e2eid,
                    id,
                    request.Amount,
                    charge.Total,
                    options.Value,
                    clock.GetUtcNow(),
                    token
                );
            },
            ct
        );
        webhooks.Pulse();
        return TypedResults.Ok(refund.Describe());
    }
}
