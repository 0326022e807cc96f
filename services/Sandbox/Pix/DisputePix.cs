using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Sandbox.Webhooks;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Pix;

internal static class DisputePix
{
    /// <summary>Asks for the money back as the victim of a fraud, through the payer's bank (MED).</summary>
    /// <remarks>409 <c>not-settled</c>: it was not paid; <c>charge-refunded</c>: it was given back before.</remarks>
    public static async Task<Ok<PixChargeResponse>> Handle(
        string txid,
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        CancellationToken ct
    )
    {
        var (disputed, charge) = await PixCharge.Table.MoveAsync(
            source,
            txid,
            "disputed = true",
            from: "status = 'Paid' AND NOT disputed AND refunded < amount",
            WebhookTypes.PixDisputed,
            ct
        );
        if (charge.Status != PixStatus.Paid)
            throw ProblemException.Conflict("not-settled", "The charge was not paid.");
        if (!charge.Disputed)
            throw ProblemException.Conflict("charge-refunded", "The money was given back.");
        if (disputed)
            webhooks.Pulse();
        return TypedResults.Ok(charge.Describe());
    }
}
