using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Coupons;

/// <summary>The order is paid.</summary>
internal static class CommitRedemption
{
    public static async Task<NoContent> Handle(Guid orderId, NpgsqlDataSource source, CancellationToken ct)
    {
        await using var command = source.CreateCommand("SELECT commit_redemption($1)");
        command.Add(orderId);
        return (string)(await command.ExecuteScalarAsync(ct))! switch
        {
            "redemption-not-found" => throw new ProblemException(
                404,
                "redemption-not-found",
                "No coupon was redeemed for this order."
            ),
            "redemption-voided" => throw ProblemException.Conflict(
                "redemption-voided",
                "The coupon of this order was given back for good."
            ),
            _ => TypedResults.NoContent(),
        };
    }
}
