using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Pix;

internal static class PayPix
{
    /// <param name="Late">Pay even though the merchant cancelled the charge: money that was already on its way.</param>
    /// <param name="Amount">Centavos: another amount than asked for. By default what was asked for.</param>
    /// <param name="Again">Pay once more what was paid.</param>
    public sealed record Request(
        bool Late = false,
        [property: Range(1, Limits.MaxAmount)] long? Amount = null,
        bool Again = false
    );

    /// <summary>Pays the charge, as the buyer's bank would. No key is needed and no money moves.</summary>
    /// <remarks>
    /// Works after the charge expired too: that is how late payments come about. Paying twice pays once, unless it is
    /// asked for. 409 <c>charge-cancelled</c>: the merchant cancelled it; <c>{ "late": true }</c> pays it all the same.
    /// </remarks>
    /// <param name="txid">The <c>txId</c> of the order's Pix instructions.</param>
    /// <response code="200">Paid; the merchant is told by webhook.</response>
    public static async Task<Ok<PixChargeResponse>> Handle(
        string txid,
        Request? request,
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var now = clock.GetUtcNow();
        var id = EndToEndId(now);
        var (paid, charge) = await PixCharge.Table.MoveAsync(
            source,
            txid,
            "status = 'Paid'",
            from: request switch
            {
                { Again: true } => "status = 'Paid'",
                { Late: true } => "status <> 'Paid'",
                _ => "status = 'Active'",
            },
            $"""
                INSERT INTO pix_received (end_to_end_id, tx_id, key, amount)
                SELECT $2, tx_id, key, coalesce($3, amount) FROM moved
                RETURNING *),
            told AS ({PixReceived.Tell("ended")}
            """,
            ct,
            id,
            request?.Amount
        );
        if (charge.Status != PixStatus.Paid)
            throw ProblemException.Conflict("charge-cancelled", "The merchant cancelled this charge.");
        if (paid)
            webhooks.Pulse();
        return TypedResults.Ok(charge.Describe(new(id, txid, charge.Key, "", now)));
    }

    /// <summary>E + ISPB of the payer's bank + minute + 11 characters, 32 in all.</summary>
    private static string EndToEndId(DateTimeOffset now) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"E00000000{now:yyyyMMddHHmm}{RandomNumberGenerator.GetHexString(11, lowercase: true)}"
        );
}
