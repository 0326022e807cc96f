using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Payments.Charges;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Disputes;

internal static class ListDisputes
{
    /// <summary>What payers' banks asked back, newest first. For platform administrators.</summary>
    /// <remarks>
    /// Amounts in minor units. The state is the provider's: <c>needsEvidence</c> until <c>evidenceDueBy</c>, <c>opened</c> while the
    /// bank decides, then <c>won</c> or <c>lost</c>. What is said against a dispute is attached at its order.
    /// </remarks>
    /// <param name="open">Only those that are not decided.</param>
    public static async Task<Ok<Page<DisputeSnapshot>>> Handle(
        bool? open,
        [AsParameters] PageQuery page,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        var rows = await source.AllAsync(
            $"""
            SELECT d.id, {Payment.Columns("p")} FROM disputes d JOIN payments p ON p.id = d.payment_id
            WHERE ($1 IS NULL OR d.id < $1) AND (NOT $2 OR d.closed_at IS NULL)
            ORDER BY d.id DESC LIMIT $3
            """,
            row => Read(row.GetGuid(0), Payment.Read(row, first: 1)!),
            ct,
            page.AfterId(),
            open ?? false,
            page.Take() + 1
        );
        return TypedResults.Ok(Page.Of(rows, page.Take(), d => d.Id.ToString()));
    }

    private static DisputeSnapshot Read(Guid id, Payment payment) =>
        payment.Disputes.First(d => d.Id == id).Snapshot(payment);

    /// <summary>All of the order's payments, oldest first.</summary>
    public static async Task<DisputeList> OfOrder(Guid orderId, PaymentMoves moves, CancellationToken ct)
    {
        var payments = await moves.OfOrderAsync(orderId, ct);
        return new([
            .. payments
                .SelectMany(p => p.Disputes.Select(d => d.Snapshot(p)))
                .OrderBy(d => d.OpenedAt)
                .ThenBy(d => d.Id),
        ]);
    }
}
