using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Holds;

/// <summary>The order will not be paid: gives held stock back. What is sold stays sold (void gives it back).</summary>
internal static class ReleaseHold
{
    public static async Task<NoContent> Handle(Guid orderId, NpgsqlDataSource source, CancellationToken ct) =>
        await source.MoveAsync("release_hold", orderId, ct) == "hold-committed"
            ? throw ProblemException.Conflict(
                "hold-committed",
                "The products of this order are sold: void gives them back."
            )
            : TypedResults.NoContent();
}
