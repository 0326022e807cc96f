using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
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
        var charge = await PixCharge.Table.GetAsync(source, txid, ct);
        if (charge.Received is not [var first, ..])
            throw ProblemException.Conflict("not-settled", "The charge was not paid.");
        var (moved, pix) = await PixReceived.Table.MoveAsync(
            source,
            first.EndToEndId,
            "disputed = true",
            from: "NOT disputed AND refunded < amount",
            $"""
                INSERT INTO refunds (charge, id, amount, currency, status, completes_at, nature)
                SELECT p.end_to_end_id, 'MED' || substr(md5(p.end_to_end_id), 1, 29), p.amount - p.refunded, 'BRL',
                    'Completed', now(), '{PixReceived.Fraud}'
                FROM moved JOIN pix_received p USING (end_to_end_id)
                RETURNING *),
            told AS ({PixReceived.Tell(
                "(SELECT p.* FROM pix_received p WHERE p.end_to_end_id IN (SELECT charge FROM ended))",
                changed: "ended"
            )}
            """,
            ct
        );
        if (!pix.Disputed)
            throw ProblemException.Conflict("charge-refunded", "The money was given back.");
        if (moved)
            webhooks.Pulse();
        return TypedResults.Ok(charge.Describe() with { Disputed = true });
    }
}
