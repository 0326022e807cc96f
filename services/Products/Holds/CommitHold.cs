using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Holds;

/// <summary>The order is paid: what is held is sold; what lapsed or was given back is taken again if the stock allows.</summary>
internal static class CommitHold
{
    public static async Task<NoContent> Handle(Guid orderId, NpgsqlDataSource source, CancellationToken ct) =>
        await source.MoveAsync("commit_hold", orderId, ct) switch
        {
            "hold-not-found" => throw new ProblemException(
                404,
                "hold-not-found",
                "No products were held for this order."
            ),
            "hold-voided" => throw ProblemException.Conflict(
                "hold-voided",
                "The products of this order were given back for good."
            ),
            "sold-out" => throw ProblemException.Conflict("sold-out", "A product of this order is sold out."),
            _ => TypedResults.NoContent(),
        };
}
