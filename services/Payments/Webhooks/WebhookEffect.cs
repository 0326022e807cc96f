using Microsoft.EntityFrameworkCore;
using Ticketing.Payments.Charges;
using Ticketing.Payments.Refunds;

namespace Ticketing.Payments.Webhooks;

/// <summary>What a webhook does: the provider is asked about the payment or refund that it names.</summary>
internal sealed class WebhookEffect(PaymentsDb db, ChargeOutcome charges, RefundOutcome refunds, TimeProvider clock)
{
    /// <summary>False when what it names is not known (yet).</summary>
    public async Task<bool> RunAsync(ReceivedWebhook webhook, CancellationToken ct)
    {
        if (await FindRefundAsync(webhook, ct) is { } refund)
        {
            if (refund.CompletedAt is null)
                await refunds.RefreshAsync(refund, ct);
        }
        else if (await FindPaymentAsync(webhook, ct) is { } payment)
            await charges.RefreshAsync(payment, ct);
        else
            return false;
        var now = clock.GetUtcNow();
        await db
            .Webhooks.Where(w => w.Id == webhook.Id)
            .ExecuteUpdateAsync(
                set => set.SetProperty(w => w.ProcessedAt, now).SetProperty(w => w.NextCheckAt, (DateTimeOffset?)null),
                ct
            );
        return true;
    }

    private async Task<Refund?> FindRefundAsync(ReceivedWebhook webhook, CancellationToken ct) =>
        webhook.RefundId is { } id ? await db.Refunds.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, ct) : null;

    private async Task<Payment?> FindPaymentAsync(ReceivedWebhook webhook, CancellationToken ct)
    {
        var payments = db.Payments.AsNoTracking().Where(p => p.Provider == webhook.Provider);
        if (webhook.PaymentId is { } id)
            return await payments.SingleOrDefaultAsync(p => p.Id == id, ct);
        if (webhook.TxId is { } txid && Payment.ParseTxId(txid) is var (order, attempt))
            return await payments.SingleOrDefaultAsync(p => p.OrderId == order && p.Attempt == attempt, ct);
        return null;
    }
}
