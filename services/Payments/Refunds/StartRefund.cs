using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Payments.Charges;
using Ticketing.Payments.Ledger;
using Ticketing.Payments.Providers;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Refunds;

internal static class StartRefund
{
    private const string NoCurrency = "BRL";

    /// <summary>Decides once what is given back; then tries to, and the checks go on if that fails.</summary>
    public static async Task<Accepted<RefundAccepted>> Handle(
        Guid orderId,
        RefundOrder request,
        NpgsqlDataSource source,
        RefundOutcome outcome,
        IOptions<PaymentsOptions> options,
        ILogger<RefundOutcome> logger,
        CancellationToken ct
    )
    {
        Validate(request);
        var refunds = await DecideAsync(orderId, request, source, options.Value, ct);
        for (var i = 0; i < refunds.Count; i++)
        {
            if (!refunds[i].IsRefunding)
                continue;
            try
            {
                refunds[i] = await outcome.RefreshAsync(refunds[i], null, ct);
            }
            catch (ProviderUnavailableException e)
            {
                logger.LogWarning("The refund of {Payment} waits: {Reason}", refunds[i].Id, e.Reason());
            }
        }
        return TypedResults.Accepted(
            (string?)null,
            new RefundAccepted(
                new(refunds.Sum(r => r.RefundAmount ?? 0), refunds.Select(r => r.Currency).FirstOrDefault(NoCurrency)),
                refunds.TrueForAll(r => !r.IsRefunding)
            )
        );
    }

    private static void Validate(RefundOrder request)
    {
        if (request.OperationId.Length is < 1 or > RefundOperation.MaxIdLength)
            throw ProblemException.Invalid("operationId", $"1 to {RefundOperation.MaxIdLength} characters.");
        if (request.Reason.Length > RefundOperation.MaxReasonLength)
            throw ProblemException.Invalid("reason", $"At most {RefundOperation.MaxReasonLength} characters.");
    }

    /// <summary>
    /// The refunds of this request, made now or before; one statement, which takes the order's payments first. A disputed
    /// payment is left alone until its bank has decided; what a dispute took is not given back.
    /// </summary>
    private static async Task<List<Payment>> DecideAsync(
        Guid orderId,
        RefundOrder request,
        NpgsqlDataSource source,
        PaymentsOptions options,
        CancellationToken ct
    )
    {
        for (var again = false; ; again = true)
        {
            await using var command = source.CreateCommand(Decide);
            command.Add(
                orderId,
                request.OperationId,
                request.Reason,
                request.PaymentId,
                Traces.Current,
                options.CheckSeconds
            );
            var rows = await command.ReadAsync(
                row => (Decided: row.GetBoolean(0), Disputed: row.GetBoolean(1), Refund: Payment.Read(row, 2)),
                ct
            );
            if (rows[0].Decided)
                return [.. rows.Select(r => r.Refund).OfType<Payment>()];
            if (rows[0].Disputed && again)
                throw ProblemException.Conflict("payment-disputed", "The payer's bank has asked for the money back.");
            // The same request, decided at the same time, was not yet to be seen: it is now.
        }
    }

    private static readonly string Decide = $"""
        WITH held AS (
            SELECT id, status = 'Settled' AND refund_started_at IS NULL AND lost_amount + {PartialRefund.SumOfPromised} < amount
                    AND ($4 IS NULL OR id = $4) AS wanted,
                disputed_at IS NOT NULL AS disputed
            FROM payments WHERE order_id = $1 ORDER BY id FOR UPDATE),
        known AS (
            SELECT FROM refund_operations WHERE order_id = $1 AND id = $2),
        decided AS (
            INSERT INTO refund_operations (order_id, id, reason)
            SELECT $1, $2, $3
            WHERE EXISTS (SELECT FROM held WHERE wanted AND NOT disputed)
                OR NOT EXISTS (SELECT FROM held WHERE wanted)
            ON CONFLICT DO NOTHING
            RETURNING id),
        started AS (
            UPDATE payments SET refund_operation = $2, refund_started_at = now(), refund_trace_parent = $5,
                refund_amount = amount - lost_amount - {PartialRefund.SumOfPromised},
                next_check_at = now() + make_interval(secs => $6), checks = 0
            FROM held
            WHERE payments.id = held.id AND held.wanted AND NOT held.disputed AND EXISTS (SELECT FROM decided)
            RETURNING {Payment.Columns()}, {PartialRefund.SumOfPromised} AS promised, {PartialRefund.SumOfFees} AS fees_returned),
        posted AS (
            INSERT INTO ledger_postings ({LedgerPosting.Columns})
            SELECT 'RefundStarted', id, order_id, 'Refunds', 'Receivable', refund_amount, currency FROM started
            UNION ALL
            SELECT 'FeeReturned', id, order_id, 'PlatformFees', 'Sales', f.part, currency
            FROM started, LATERAL (
                SELECT round((platform_fee - fees_returned)::numeric * refund_amount / (amount - promised))::bigint AS part) f
            WHERE f.part > 0)
        SELECT EXISTS (SELECT FROM decided) OR EXISTS (SELECT FROM known),
            EXISTS (SELECT FROM held WHERE wanted AND disputed), refund.*
        FROM (SELECT) always
        LEFT JOIN (
            SELECT * FROM started
            UNION ALL
            SELECT {Payment.Columns()}, 0, 0 FROM payments
            WHERE order_id = $1 AND refund_operation = $2 AND NOT EXISTS (SELECT FROM decided)) refund ON true
        """;
}
