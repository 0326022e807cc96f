using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.Sandbox.Refunds;
using Ticketing.Sandbox.Webhooks;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Cards;

internal static class RefundCharge
{
    /// <param name="Amount">BRL, minor units; all refunds together never exceed the charge.</param>
    public sealed record Request(Money Amount);

    /// <summary>Gives back a settled charge, whole or in part.</summary>
    /// <remarks>
    /// Repeats of an id answer the refund as it now is. 409 <c>not-settled</c>, <c>refund-exceeds-charge</c>,
    /// <c>refund-mismatch</c>.
    /// </remarks>
    /// <param name="refundId">The merchant's id of the refund: 1 to 35 letters and digits.</param>
    public static async Task<Ok<RefundResponse>> Handle(
        Guid id,
        [RegularExpression(Refund.IdPattern)] string refundId,
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
                var charge = await CardCharge.LockAsync(db, id, token);
                if (charge.Status != CardStatus.Settled)
                    throw ProblemException.Conflict("not-settled", "The charge has not settled.");
                return await Refunding.PutAsync(
                    db,
                    id.ToString(),
                    refundId,
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
