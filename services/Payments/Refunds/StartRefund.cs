using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.Payments.Ledger;
using Ticketing.Payments.Providers;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Refunds;

internal static class StartRefund
{
    private const string NoCurrency = "BRL";

    /// <summary>Decides once what is given back; then tries to, and reconciliation goes on if that fails.</summary>
    public static async Task<Accepted<RefundAccepted>> Handle(
        Guid orderId,
        RefundOrder request,
        PaymentsDb db,
        RefundOutcome outcome,
        IOptions<PaymentsOptions> options,
        TimeProvider clock,
        ILogger<Refund> logger,
        CancellationToken ct
    )
    {
        Validate(request);
        await DecideAsync(orderId, request, db, options.Value, clock, ct);
        var refunds = await ReadAsync(db, orderId, request.OperationId, ct);
        foreach (var refund in refunds.Where(r => r.CompletedAt is null))
        {
            try
            {
                await outcome.RefreshAsync(refund, ct);
            }
            catch (ProviderUnavailableException e)
            {
                logger.LogWarning("Refund {Refund} waits: {Reason}", refund.Id, e.Message);
            }
        }
        refunds = await ReadAsync(db, orderId, request.OperationId, ct);
        return TypedResults.Accepted(
            (string?)null,
            new RefundAccepted(
                new(refunds.Sum(r => r.Amount), refunds.Select(r => r.Currency).FirstOrDefault(NoCurrency)),
                refunds.TrueForAll(r => r.CompletedAt is not null)
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

    private static async Task DecideAsync(
        Guid orderId,
        RefundOrder request,
        PaymentsDb db,
        PaymentsOptions options,
        TimeProvider clock,
        CancellationToken ct
    ) =>
        await db.InTransactionAsync(
            async token =>
            {
                var now = clock.GetUtcNow();
                var first = await db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO refund_operations (order_id, id, reason, created_at)
                    VALUES ({orderId}, {request.OperationId}, {request.Reason}, {now})
                    ON CONFLICT DO NOTHING
                    """,
                    token
                );
                if (first == 0)
                    return 0;
                // The locks make refunds of one order, under whatever operation ids, wait for each other.
                var payments = await db
                    .Payments.FromSql($"SELECT * FROM payments WHERE order_id = {orderId} ORDER BY id FOR UPDATE")
                    .ToListAsync(token);
                var refunded = await db
                    .Refunds.Where(r => r.OrderId == orderId)
                    .Select(r => r.PaymentId)
                    .ToListAsync(token);
                foreach (
                    var payment in payments.Where(p =>
                        p.Status == PaymentStatus.Settled
                        && !refunded.Contains(p.Id)
                        && (request.PaymentId is null || request.PaymentId == p.Id)
                    )
                )
                {
                    db.Add(
                        new Refund
                        {
                            PaymentId = payment.Id,
                            OrderId = orderId,
                            OperationId = request.OperationId,
                            Amount = payment.Amount,
                            Currency = payment.Currency,
                            CreatedAt = now,
                            TraceParent = Traces.Current,
                            NextCheckAt = now.AddSeconds(options.ReconcileSeconds),
                        }
                    );
                    db.Add(LedgerTransaction.Of(payment, LedgerKind.RefundStarted, now));
                }
                return 0;
            },
            ct
        );

    private static Task<List<Refund>> ReadAsync(
        PaymentsDb db,
        Guid orderId,
        string operationId,
        CancellationToken ct
    ) => db.Refunds.AsNoTracking().Where(r => r.OrderId == orderId && r.OperationId == operationId).ToListAsync(ct);
}
