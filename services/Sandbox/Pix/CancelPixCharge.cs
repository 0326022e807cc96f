using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Pix;

internal static class CancelPixCharge
{
    /// <summary>Withdraws the charge: it can no longer be paid.</summary>
    /// <remarks>Repeats answer the same. 409 <c>charge-paid</c>: it was paid before.</remarks>
    public static async Task<Ok<PixChargeResponse>> Handle(string txid, NpgsqlDataSource source, CancellationToken ct)
    {
        var (_, charge) = await PixCharge.Table.MoveAsync(
            source,
            txid,
            "status = 'Cancelled'",
            from: "status = 'Active'",
            webhook: null,
            ct
        );
        return charge.Status == PixStatus.Paid
            ? throw ProblemException.Conflict("charge-paid", "The charge was paid.")
            : TypedResults.Ok(charge.Describe());
    }
}
