using Npgsql;
using Ticketing.Sandbox.Cards;
using Ticketing.Sandbox.Pix;
using Ticketing.Sandbox.Refunds;
using Ticketing.Sandbox.Stripe;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox;

/// <summary>Does what is due at its time: cards that settle late, refunds that complete late.</summary>
internal sealed class DelayedOutcomes(
    NpgsqlDataSource source,
    DueSignal signal,
    WebhookSignal webhooks,
    TimeProvider clock,
    ILogger<DelayedOutcomes> logger
) : BackgroundLoop(clock, logger)
{
    private const int BatchSize = 100;
    private TimeSpan wait;

    protected override TimeSpan Pause { get; } = TimeSpan.FromSeconds(5);

    protected override Task WaitAsync(CancellationToken ct) => signal.WaitAsync(wait, ct);

    private static readonly string Run = $"""
        WITH settled AS (
            UPDATE card_charges SET {CardCharge.Settle}
            WHERE id = ANY(ARRAY(
                SELECT id FROM card_charges WHERE settles_at <= now()
                ORDER BY settles_at LIMIT {BatchSize} FOR UPDATE SKIP LOCKED))
            RETURNING {CardCharge.Columns}),
        completed AS (
            UPDATE refunds SET status = '{nameof(RefundStatus.Completed)}'
            WHERE (charge, id) IN (
                SELECT charge, id FROM refunds WHERE status = '{nameof(RefundStatus.Pending)}' AND completes_at <= now()
                ORDER BY completes_at LIMIT {BatchSize} FOR UPDATE SKIP LOCKED)
            RETURNING {Refund.Columns}),
        settled_told AS ({StripeEvents.OfCharges("settled", StripeEvents.Succeeded)}),
        cards_told AS ({StripeEvents.OfRefunds("completed")}),
        pix_told AS ({PixReceived.Tell(
            "(SELECT p.* FROM pix_received p WHERE p.end_to_end_id IN (SELECT charge FROM completed))",
            changed: "completed"
        )})
        SELECT (SELECT count(*) FROM settled) + (SELECT count(*) FROM completed),
            extract(epoch FROM least(
                (SELECT min(settles_at) FROM card_charges WHERE settles_at > now()),
                (SELECT min(completes_at) FROM refunds WHERE status = '{nameof(
            RefundStatus.Pending
        )}' AND completes_at > now()))
            - now())::float8
        """;

    protected override async Task<bool> PassAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand(Run);
        var (done, next) = (
            await command.ReadAsync(row => (row.GetInt64(0), row.IsDBNull(1) ? double.MaxValue : row.GetDouble(1)), ct)
        )[0];
        wait = TimeSpan.FromSeconds(Math.Min(next, Pause.TotalSeconds));
        if (done > 0)
            webhooks.Pulse();
        return done >= BatchSize;
    }
}
