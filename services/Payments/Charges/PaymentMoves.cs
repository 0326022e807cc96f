using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Payments.Disputes;
using Ticketing.Payments.Ledger;
using Ticketing.Payments.Refunds;
using Ticketing.Payments.Webhooks;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Charges;

/// <summary>
/// Brings a move into the database: one statement that takes the payment's row first, and does all or, when the row has
/// changed since it was read, nothing. Then the rule is asked again about what the row is now.
/// </summary>
internal sealed class PaymentMoves(
    NpgsqlDataSource source,
    OutboxSignal outbox,
    PaymentMetrics metrics,
    IOptions<PaymentsOptions> options,
    TimeProvider clock,
    ILogger<PaymentMoves> logger
)
{
    /// <param name="webhook">Has had its effect with this move.</param>
    public async Task<Payment> RunAsync(
        Payment payment,
        Action<PaymentMove> rule,
        Webhook? webhook,
        CancellationToken ct
    )
    {
        while (true)
        {
            var move = new PaymentMove(payment, clock.GetUtcNow());
            rule(move);
            if (move.IsEmpty)
            {
                if (webhook is not null)
                    await ProcessedAsync(webhook, ct);
                return move.After;
            }
            if (await WriteAsync(move, webhook, ct) is { } version)
            {
                Tell(move);
                return move.After with { Version = version };
            }
            payment = await ReadAsync(payment.Id, ct);
        }
    }

    private void Tell(PaymentMove move)
    {
        move.Count(metrics);
        if (move.Messages.Count > 0)
            outbox.Pulse();
        if (move.After.RefusedAmount is { } actual && move.Before.RefusedAmount != actual)
            logger.LogCritical(
                "For payment {Payment} of {Expected} came {Actual} that was not asked for",
                move.After.Id,
                move.After.Total,
                actual
            );
    }

    private static readonly string Write = $"""
        WITH moved AS (
            UPDATE payments SET status = $3, charge_id = $4, settlement_id = $5, card_brand = $6,
                card_last4 = $7, challenge_url = $8, failure_reason = $9, refused_amount = $10, settled_at = $11,
                disputed_at = $12, lost_amount = $36, partial_refunds = $37::jsonb, refunded_at = $13, checks = CASE WHEN $14 THEN 0 ELSE checks END,
                next_check_at = CASE WHEN $14 THEN now() + make_interval(secs => $15) ELSE $16 END
            WHERE id = $1 AND xmin = $2
            RETURNING id, order_id, xmin AS version),
        posted AS (
            INSERT INTO ledger_postings ({LedgerPosting.Columns}, reference)
            SELECT p.kind, m.id, m.order_id, p.debit, p.credit, p.amount, p.currency, p.reference
            FROM moved m, unnest($17, $18, $19, $20, $21, $34) AS p (kind, debit, credit, amount, currency, reference)),
        disputed AS (
            {Dispute.Write("moved", "$35")}),
        {OutboxExtensions.Told("moved", first: 22)},
        processed AS (
            INSERT INTO received_webhooks ({Webhook.Columns}, processed_at)
            SELECT $26, $27, $28, $29, $30, $31, $32, $33, now() FROM moved WHERE $27 IS NOT NULL
            {Webhook.Processed})
        SELECT version FROM moved
        """;

    /// <returns>Null when the row is no longer what was read.</returns>
    private async Task<uint?> WriteAsync(PaymentMove move, Webhook? webhook, CancellationToken ct)
    {
        var after = move.After;
        await using var command = source.CreateCommand(Write);
        command.Add(
            after.Id,
            move.Before.Version,
            after.Status.ToString(),
            after.ChargeId,
            after.SettlementId,
            after.CardBrand,
            after.CardLast4,
            after.ChallengeUrl,
            after.FailureReason,
            after.RefusedAmount,
            after.SettledAt,
            after.DisputedAt,
            after.RefundedAt,
            move.ChecksAnew,
            options.Value.CheckSeconds,
            after.NextCheckAt,
            move.Postings.Select(p => p.Kind.ToString()).ToArray(),
            move.Postings.Select(p => p.Debit.ToString()).ToArray(),
            move.Postings.Select(p => p.Credit.ToString()).ToArray(),
            move.Postings.Select(p => p.Amount.Amount).ToArray(),
            move.Postings.Select(p => p.Amount.Currency).ToArray()
        );
        command
            .Add(OutboxExtensions.Values(move.Messages))
            .Add(webhook)
            .Add(
                move.Postings.Select(p => p.Reference).ToArray(),
                // Nothing, as long as nobody disputes anything.
                after.Disputes == move.Before.Disputes
                    ? null
                    : Dispute.ToJson(after.Disputes),
                after.LostAmount,
                PartialRefund.ToJson(after.PartialRefunds)
            );
        return (uint?)await command.ExecuteScalarAsync(ct);
    }

    private async Task ProcessedAsync(Webhook webhook, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            $"""
            INSERT INTO received_webhooks ({Webhook.Columns}, processed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now())
            {Webhook.Processed}
            """
        );
        command.Add(webhook);
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task<Payment> ReadAsync(Guid id, CancellationToken ct)
    {
        await using var command = source.CreateCommand($"SELECT {Payment.Columns()} FROM payments WHERE id = $1");
        command.Add(id);
        return (await command.ReadAsync(row => Payment.Read(row)!, ct)).Single();
    }

    /// <summary>All attempts of the order.</summary>
    public async Task<List<Payment>> OfOrderAsync(Guid orderId, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            $"SELECT {Payment.Columns()} FROM payments WHERE order_id = $1 ORDER BY attempt"
        );
        command.Add(orderId);
        return await command.ReadAsync(row => Payment.Read(row)!, ct);
    }
}
