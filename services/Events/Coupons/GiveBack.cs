using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Coupons;

internal static class GiveBack
{
    public static async Task<NoContent> Handle(Guid orderId, NpgsqlDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand("SELECT give_back_redemption($1)");
        command.Add(orderId);
        await command.ExecuteNonQueryAsync(ct);
        return TypedResults.NoContent();
    }
}
