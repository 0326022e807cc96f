using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Cards;

internal static class CancelCharge
{
    /// <summary>Voids a charge that has not settled.</summary>
    /// <remarks>
    /// Repeats answer the same; a failed charge stays failed. 409 <c>charge-settled</c>: refund it instead.
    /// </remarks>
    public static async Task<Ok<CardChargeResponse>> Handle(
        Guid id,
        SandboxDb db,
        IOptions<PublicOptions> site,
        CancellationToken ct
    ) =>
        TypedResults.Ok(
            await db.InTransactionAsync(
                async token =>
                {
                    var charge = await CardCharge.LockAsync(db, id, token);
                    if (charge.Status == CardStatus.Settled)
                        throw ProblemException.Conflict("charge-settled", "The charge settled.");
                    if (charge.Status != CardStatus.Failed)
                        charge.Cancel();
                    return charge.Describe(site.Value);
                },
                ct
            )
        );
}
