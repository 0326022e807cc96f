using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;
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
    /// <c>refund-mismatch</c>, <c>charge-disputed</c>.
    /// </remarks>
    /// <param name="refundId">The merchant's id of the refund: 1 to 35 letters and digits.</param>
    public static async Task<Ok<RefundResponse>> Handle(
        Guid id,
        [RegularExpression(Refund.IdPattern)] string refundId,
        Request request,
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        DueSignal due,
        IOptions<SandboxOptions> options,
        CancellationToken ct
    )
    {
        var (_, refund) = await Refunding.PutAsync(
            source,
            "card_charges",
            which: "id = $1::uuid",
            paid: "status = 'Settled'",
            id.ToString(),
            refundId,
            request.Amount,
            options.Value.RefundSeconds,
            nature: null,
            WebhookMessage.Insert(
                "made",
                $"CASE WHEN e.status = 'Completed' THEN '{WebhookTypes.RefundCompleted}' END",
                Refund.Told
            ),
            ct
        );
        ((Signal)(refund.Status == RefundStatus.Completed ? webhooks : due)).Pulse();
        return TypedResults.Ok(refund);
    }
}
