using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Pix;

internal static class PutPixCharge
{
    /// <param name="Amount">BRL, minor units.</param>
    /// <param name="ExpiresAt">When banks stop to take the payment.</param>
    /// <param name="Payer">Who is asked to pay; anybody may.</param>
    public sealed record Request(Money Amount, DateTimeOffset ExpiresAt, Payer? Payer);

    public sealed record Payer(
        [property: MaxLength(Limits.MaxName)] string? Name,
        [property: RegularExpression(@"^\d{11}$")] string? Cpf
    );

    /// <summary>Creates the charge with this txid, once.</summary>
    /// <remarks>
    /// Repeats answer the charge as it now is, also when it was paid or cancelled meanwhile. 409
    /// <c>charge-mismatch</c>: the txid was used with another amount.
    /// </remarks>
    /// <param name="txid">The merchant's id: 26 to 35 letters and digits.</param>
    /// <response code="201">The charge.</response>
    [ProducesResponseType<ProblemDetails>(409, "application/problem+json")]
    public static async Task<Created<PixChargeResponse>> Handle(
        [RegularExpression(PixCharge.TxIdPattern)] string txid,
        Request request,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        Limits.Check(request.Amount);
        var charge = await PixCharge.Table.MakeAsync(
            source,
            "INSERT INTO pix_charges (tx_id, amount, currency, expires_at, status) VALUES ($1, $2, $3, $4, 'Active')",
            known: "tx_id = $1",
            webhook: null,
            ct,
            txid,
            request.Amount.Amount,
            request.Amount.Currency,
            request.ExpiresAt
        );
        if (charge.Total != request.Amount)
            throw ProblemException.Conflict("charge-mismatch", "This txid was used with another amount.");
        return TypedResults.Created($"/sandbox/pix/charges/{txid}", charge.Describe());
    }
}
