using Npgsql;
using Ticketing.Sandbox.Refunds;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Stripe;

internal static class ListRefunds
{
    private const int MaxFound = 100;

    /// <summary>A charge's refunds as they now are, newest first.</summary>
    public static async Task<IResult> Handle(
        [Microsoft.AspNetCore.Mvc.FromQuery(Name = "payment_intent")] string? intent,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        var charge = await GetPaymentIntent.FindAsync(intent ?? "", source, ct);
        await using var command = source.CreateCommand(
            $"""
            SELECT id, amount, currency, status, reference FROM refunds WHERE charge = $1
            ORDER BY created_at DESC, id LIMIT {MaxFound}
            """
        );
        command.Add(PaymentIntent.IdOf(charge));
        var refunds = await command.ReadAsync(
            row =>
                CreateRefund.Describe(
                    charge,
                    row.GetString(0),
                    row.GetInt64(1),
                    row.GetString(2),
                    Enum.Parse<RefundStatus>(row.GetString(3)),
                    row.IsDBNull(4) ? null : row.GetString(4)
                ),
            ct
        );
        return StripeList.Of("/v1/refunds", hasMore: false, refunds);
    }
}
