using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Sandbox.Refunds;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Pix;

internal static class RefundPix
{
    /// <param name="Amount">BRL, minor units; all refunds together never exceed the payment.</param>
    public sealed record Request(Money Amount);

    /// <summary>Gives back a payment, whole or in part.</summary>
    /// <remarks>
    /// Repeats of an id answer the refund as it now is. 409 <c>refund-exceeds-charge</c>,
    /// <c>refund-mismatch</c>, <c>charge-disputed</c>.
    /// </remarks>
    /// <param name="e2eid">The payment's end-to-end id.</param>
    /// <param name="id">The merchant's id of the refund: 1 to 35 letters and digits.</param>
    public static async Task<Ok<RefundResponse>> Handle(
        string e2eid,
        [RegularExpression(Refund.IdPattern)] string id,
        Request request,
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        DueSignal due,
        IOptions<SandboxOptions> options,
        CancellationToken ct
    )
    {
        var refund = await Refunding.PutAsync(
            source,
            "pix_charges",
            which: "end_to_end_id = $1",
            paid: "status = 'Paid'",
            e2eid,
            id,
            request.Amount,
            options.Value.RefundSeconds,
            ct
        );
        ((Signal)(refund.Status == RefundStatus.Completed ? webhooks : due)).Pulse();
        return TypedResults.Ok(refund);
    }
}
