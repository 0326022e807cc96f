using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Pix;

internal static class CancelPixCharge
{
    /// <summary>Withdraws the charge: it can no longer be paid.</summary>
    /// <remarks>Repeats answer the same. 409 <c>charge-paid</c>: it was paid before.</remarks>
    public static async Task<Ok<PixChargeResponse>> Handle(string txid, SandboxDb db, CancellationToken ct) =>
        TypedResults.Ok(
            await db.InTransactionAsync(
                async token =>
                {
                    var charge = await PixCharge.LockAsync(db, txid, token);
                    if (charge.Status == PixStatus.Paid)
                        throw ProblemException.Conflict("charge-paid", "The charge was paid.");
                    charge.Cancel();
                    return charge.Describe();
                },
                ct
            )
        );
}
