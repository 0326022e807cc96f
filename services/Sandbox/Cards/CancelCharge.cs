using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;
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
        NpgsqlDataSource source,
        IOptions<PublicOptions> site,
        CancellationToken ct
    )
    {
        var (_, charge) = await CardCharge.Table.MoveAsync(
            source,
            id,
            "status = 'Cancelled', settles_at = NULL",
            from: "status IN ('Processing', 'RequiresAction')",
            then: null,
            ct
        );
        return charge.Status == CardStatus.Settled
            ? throw ProblemException.Conflict("charge-settled", "The charge settled.")
            : TypedResults.Ok(charge.Describe(site.Value));
    }
}
