using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
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
        NpgsqlDataSource source,
        WebhookSignal webhooks,
        CancellationToken ct
    )
    {
        var (paid, charge) = await PixCharge.Table.MoveAsync(
            source,
            txid,
            $"status = 'Paid', paid_at = now(), end_to_end_id = {EndToEndId}",
            from: request is { Late: true } ? "status <> 'Paid'" : "status = 'Active'",
            WebhookTypes.PixPaid,
            ct
        );
        if (charge.Status != PixStatus.Paid)
            throw ProblemException.Conflict("charge-cancelled", "The merchant cancelled this charge.");
        if (paid)
            webhooks.Pulse();
        return TypedResults.Ok(charge.Describe());
    }

    /// <summary>SQL. E + ISPB of the payer's bank + minute + 11 characters, 32 in all.</summary>
    private const string EndToEndId =
        "'E00000000' || to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDDHH24MI') || right(replace(gen_random_uuid()::text, '-', ''), 11)";
}
