using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Ledger;

/// <summary>What came in and went back of an organizer's events, from sums that are kept: however much was sold, a row a kind.</summary>
internal static class ListTotals
{
    private const string Read = """
        SELECT event_id, currency,
            coalesce(sum(postings) FILTER (WHERE kind IN ('Settled', 'SettledLate')), 0)::bigint,
            coalesce(sum(amount) FILTER (WHERE kind IN ('Settled', 'SettledLate')), 0)::bigint,
            coalesce(sum(CASE kind WHEN 'FeeCharged' THEN amount WHEN 'FeeReturned' THEN -amount END), 0)::bigint,
            coalesce(sum(amount) FILTER (WHERE kind = 'RefundStarted'), 0)::bigint,
            coalesce(sum(CASE kind WHEN 'DisputeLost' THEN amount WHEN 'RefundedByDispute' THEN -amount END), 0)::bigint,
            coalesce(sum(CASE kind WHEN 'Disputed' THEN amount WHEN 'DisputeWon' THEN -amount WHEN 'DisputeLost' THEN -amount
                END), 0)::bigint
        FROM organizer_totals
        WHERE organizer_id = $1 AND ($2::uuid IS NULL OR event_id = $2)
        GROUP BY event_id, currency ORDER BY event_id DESC, currency
        """;

    public static async Task<Ok<IReadOnlyList<EventTotals>>> Handle(
        Guid organizerId,
        Guid? eventId,
        NpgsqlDataSource source,
        CancellationToken ct
    )
    {
        await using var command = source.CreateCommand(Read);
        command.Add(organizerId, eventId);
        IReadOnlyList<EventTotals> totals = await command.ReadAsync(
            row => new EventTotals(
                row.GetGuid(0),
                row.GetString(1),
                row.GetInt64(2),
                row.GetInt64(3),
                row.GetInt64(4),
                row.GetInt64(5),
                row.GetInt64(6),
                row.GetInt64(7)
            ),
            ct
        );
        return TypedResults.Ok(totals);
    }
}
