using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.Payments.Ledger;
using Ticketing.Payments.Providers;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Refunds;

/// <summary>Asks the provider to give back (again: it does so once), and completes the refund when it has.</summary>
internal sealed class RefundOutcome(
    PaymentsDb db,
    ProviderDirectory providers,
    PaymentMetrics metrics,
    TimeProvider clock
)
{
    public async Task RefreshAsync(Refund refund, CancellationToken ct)
    {
        using var span = Traces.Continue("refund.refresh", refund.TraceParent);
        span?.SetTag(Traces.OrderId, refund.OrderId.ToString());
        var payment = await db.Payments.AsNoTracking().SingleAsync(p => p.Id == refund.PaymentId, ct);
        if (await providers.Of(payment).RefundAsync(payment, refund, ct))
            await CompleteAsync(refund, ct);
    }

    private async Task CompleteAsync(Refund refund, CancellationToken ct) =>
        await db.InTransactionAsync(
            async token =>
            {
                var payment = await db.LockPaymentAsync(refund.PaymentId, token);
                var current = await db.Refunds.SingleAsync(r => r.Id == refund.Id, token);
                if (current.CompletedAt is not null)
                    return 0;
                var now = clock.GetUtcNow();
                current.CompletedAt = now;
                current.NextCheckAt = null;
                payment.Refund();
                db.Add(LedgerTransaction.Of(payment, LedgerKind.RefundCompleted, now));
                db.Publish(new PaymentRefunded(refund.Id, payment.Id, payment.OrderId, payment.Total, now));
                metrics.Refunded(payment.Method);
                return 0;
            },
            ct
        );
}
