using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Ticketing.Products.Holds;

/// <summary>The order is refunded, or will never be: gives everything back for good, sold or held.</summary>
internal static class VoidHold
{
    public static async Task<NoContent> Handle(Guid orderId, NpgsqlDataSource source, CancellationToken ct)
    {
        await source.MoveAsync("void_hold", orderId, ct);
        return TypedResults.NoContent();
    }
}
