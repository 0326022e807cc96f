using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Products.Holds;

/// <summary>The order is refunded in part: some of what was sold is on sale again, once for each refund.</summary>
internal static class ReturnSome
{
    public static async Task<NoContent> Handle(
        Guid orderId,
        ReturnProducts request,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        if (
            request.Items.Any(i => i.Quantity < 1)
            || request.Items.DistinctBy(i => i.ProductId).Count() < request.Items.Count
        )
            throw ProblemException.Invalid("items", "At least one of each, each once.");
        await using var command = source.CreateCommand("SELECT return_products($1, $2, $3, $4)");
        command.Add(
            orderId,
            request.RefundId,
            request.Items.Select(i => i.ProductId).ToArray(),
            request.Items.Select(i => i.Quantity).ToArray()
        );
        return (string)(await command.ExecuteScalarAsync(ct))! == "already-refunded"
            ? throw ProblemException.Conflict("already-refunded", "More would be given back than was sold.")
            : TypedResults.NoContent();
    }
}
