using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Payments.Payouts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Ledger;

/// <summary>What came in and went back of an organizer's events, from sums that are kept: however much was sold, a row a kind.</summary>
internal static class ListTotals
{
    private static readonly string Read = $"""
        SELECT t.event_id, t.currency, t.payments, t.gross, t.fees, t.refunds, t.chargebacks, t.disputed,
            (SELECT coalesce(sum(i.amount), 0)::bigint FROM payout_items i JOIN payouts p ON p.id = i.payout_id
                WHERE i.event_id = t.event_id AND p.currency = t.currency AND p.status <> 'Failed'),
            {SessionEnd.PayableFrom("t.event_id", "$3")}
        FROM (
            SELECT event_id, currency,
                coalesce(sum(postings) FILTER (WHERE kind IN ('Settled', 'SettledLate')), 0)::bigint AS payments,
                coalesce(sum(amount) FILTER (WHERE kind IN ('Settled', 'SettledLate')), 0)::bigint AS gross,
                coalesce(sum({EventMoney.Fees}), 0)::bigint AS fees,
                coalesce(sum(amount) FILTER (WHERE kind = 'RefundStarted'), 0)::bigint AS refunds,
                coalesce(sum({EventMoney.Chargebacks}), 0)::bigint AS chargebacks,
                coalesce(sum({EventMoney.Disputed}), 0)::bigint AS disputed
            FROM organizer_totals
            WHERE organizer_id = $1 AND ($2::uuid IS NULL OR event_id = $2)
            GROUP BY event_id, currency) t
        ORDER BY t.event_id DESC, t.currency
        """;

    public static async Task<Ok<IReadOnlyList<EventTotals>>> Handle(
        Guid organizerId,
        Guid? eventId,
        NpgsqlDataSource source,
        IOptions<PaymentsOptions> options,
        CancellationToken ct
    )
    {
        await using var command = source.CreateCommand(Read);
        command.Add(organizerId, eventId, options.Value.Payouts.DaysAfterEvent);
        IReadOnlyList<EventTotals> totals = await command.ReadAsync(
            row => new EventTotals(
                row.GetGuid(0),
                row.GetString(1),
                row.GetInt64(2),
                row.GetInt64(3),
                row.GetInt64(4),
                row.GetInt64(5),
                row.GetInt64(6),
                row.GetInt64(7),
                row.GetInt64(8),
                row.Nullable<DateTimeOffset>(9)
            ),
            ct
        );
        return TypedResults.Ok(totals);
    }
}
