using Ticketing.Payments.Charges;
using Ticketing.Payments.Providers;
using Ticketing.Payments.Webhooks;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Refunds;

/// <summary>Asks the provider to give back (again: it does so once), and completes the refund when it has.</summary>
internal sealed class RefundOutcome(PaymentMoves moves, ProviderDirectory providers)
{
    public async Task<Payment> RefreshAsync(Payment payment, Webhook? webhook, CancellationToken ct)
    {
        using var span = Traces.Continue("refund.refresh", payment.RefundTraceParent);
        span?.SetTag(Traces.OrderId, payment.OrderId.ToString());
        var state = await providers.Of(payment).RefundAsync(payment, ct);
        return await moves.RunAsync(payment, move => Apply(move, state), webhook, ct);
    }

    private static void Apply(PaymentMove move, RefundState state)
    {
        if (state == RefundState.Disputed)
            move.Dispute();
        if (state != RefundState.Pending)
            move.CompleteRefund();
    }
}
