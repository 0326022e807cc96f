using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Ledger;

/// <summary>
/// Adds new postings to the balances, so that nobody ever sums the whole ledger, and looks whether their orders come out even
/// (I7). Each posting is looked at once; an order that is in doubt is looked at until it is even.
/// </summary>
internal sealed class LedgerClosing(
    NpgsqlDataSource source,
    IOptions<PaymentsOptions> options,
    TimeProvider clock,
    ILogger<LedgerClosing> logger
) : BackgroundLoop(clock, logger)
{
    private const int BatchSize = 2_000;

    /// <summary>What is open longer than this is wrong.</summary>
    private const int GraceMinutes = 5;

    protected override TimeSpan Pause { get; } = TimeSpan.FromSeconds(options.Value.LedgerClosingSeconds);

    private static readonly string Close = $"""
        WITH closed AS (
            SELECT xid, id FROM ledger_closed FOR UPDATE SKIP LOCKED),
        slice AS (
            SELECT * FROM ledger_postings
            WHERE (xid, id) > ((SELECT xid FROM closed), (SELECT id FROM closed)) AND {LedgerSchema.Complete}
            ORDER BY xid, id LIMIT {BatchSize}),
        added AS (
            INSERT INTO ledger_balances (account, currency, amount)
            SELECT account, currency, sum(amount) FROM (
                SELECT debit AS account, currency, amount FROM slice
                UNION ALL SELECT credit, currency, -amount FROM slice) entries
            GROUP BY account, currency
            ON CONFLICT (account, currency) DO UPDATE SET amount = ledger_balances.amount + excluded.amount),
        owned AS (
            INSERT INTO organizer_totals (organizer_id, event_id, currency, kind, postings, amount)
            SELECT p.organizer_id, p.event_id, s.currency, s.kind, count(*), sum(s.amount)
            FROM slice s JOIN payments p ON p.id = s.payment_id
            -- What is only noted did not move.
            WHERE s.debit <> s.credit
            GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
            ON CONFLICT (organizer_id, event_id, currency, kind) DO UPDATE SET
                postings = organizer_totals.postings + excluded.postings,
                amount = organizer_totals.amount + excluded.amount),
        looked_at AS (
            SELECT o.order_id, d.order_id IS NOT NULL AS in_doubt,
                EXISTS (
                    SELECT FROM ledger_entries e WHERE e.order_id = o.order_id AND e.account = 'Receivable'
                    GROUP BY e.currency HAVING sum(e.amount) <> 0)
                AND NOT EXISTS (
                    SELECT FROM payments p
                    WHERE p.order_id = o.order_id
                        AND (p.status = 'Pending' AND p.expires_at > now() - interval '{GraceMinutes} minutes'
                            OR p.refunded_at IS NULL AND (p.refund_started_at > now() - interval '{GraceMinutes} minutes'
                                -- The bank takes its time.
                                OR p.refund_started_at IS NOT NULL AND p.disputed_at IS NOT NULL)
                            OR EXISTS (SELECT FROM jsonb_array_elements(p.partial_refunds) r WHERE r->>'completedAt' IS NULL
                                AND (p.disputed_at IS NOT NULL
                                    OR (r->>'startedAt')::timestamptz > now() - interval '{GraceMinutes} minutes')))
                    OFFSET 0) -- By its orders' index, whatever the planner thinks of the number of postings.
                AS uneven
            FROM (SELECT order_id FROM slice UNION SELECT order_id FROM ledger_doubts) o
            LEFT JOIN ledger_doubts d USING (order_id)),
        doubted AS (
            INSERT INTO ledger_doubts SELECT order_id FROM looked_at WHERE uneven AND NOT in_doubt
            ON CONFLICT DO NOTHING),
        cleared AS (
            DELETE FROM ledger_doubts
            WHERE order_id IN (SELECT order_id FROM looked_at WHERE in_doubt AND NOT uneven)),
        moved AS (
            UPDATE ledger_closed SET (xid, id) = (SELECT xid, id FROM slice ORDER BY xid DESC, id DESC LIMIT 1)
            WHERE EXISTS (SELECT FROM slice))
        SELECT count(*) FROM slice
        """;

    protected override async Task<bool> PassAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand(Close);
        return (long)(await command.ExecuteScalarAsync(ct))! == BatchSize;
    }
}
