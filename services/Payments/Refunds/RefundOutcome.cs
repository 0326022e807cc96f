using Ticketing.Payments.Charges;
using Ticketing.Payments.Providers;
using Ticketing.Payments.Webhooks;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Refunds;

/// <summary>Asks the provider to give back (again: it does so once), one refund after the other, and completes each when it has.</summary>
internal sealed class RefundOutcome(PaymentMoves moves, ProviderDirectory providers)
{
    /// <summary>A payment that a bank decides about waits for that: then it is refunded by it, or at last.</summary>
    public async Task<Payment> RefreshAsync(Payment payment, Webhook? webhook, CancellationToken ct)
    {
        using var span = Traces.Continue(
            "refund.refresh",
            payment.RefundTraceParent ?? payment.PartialRefunds.FirstOrDefault(p => !p.IsCompleted)?.TraceParent
        );
        span?.SetTag(Traces.OrderId, payment.OrderId.ToString());
        // A webhook may tell of a dispute.
        if (payment.DisputedAt is not null || webhook is not null)
            payment = await HearAsync(payment, ct);
        while (payment is { DisputedAt: null, NextRefund: { } refund })
        {
            // A bank may have taken all that it owed.
            var state =
                refund.Amount == 0
                    ? RefundState.Completed
                    : await providers.Of(payment).RefundAsync(payment, refund, ct);
            if (state == RefundState.Disputed)
                payment = await HearAsync(payment, ct);
            if (state != RefundState.Completed)
                break;
            payment = await moves.RunAsync(payment, move => move.Complete(refund), null, ct);
        }
        return webhook is null ? payment : await moves.RunAsync(payment, _ => { }, webhook, ct);
    }

    private async Task<Payment> HearAsync(Payment payment, CancellationToken ct)
    {
        var charge =
            await providers.Of(payment).FindAsync(payment, ct)
            ?? throw new ProviderUnavailableException("The provider forgot a charge that it has money of.");
        return await moves.RunAsync(payment, move => move.Apply(charge), null, ct);
    }
}
