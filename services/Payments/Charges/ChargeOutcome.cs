using Ticketing.Contracts;
using Ticketing.Payments.Providers;
using Ticketing.Payments.Refunds;
using Ticketing.Payments.Webhooks;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Charges;

/// <summary>
/// Brings a payment to what the provider says of it. The only place where payments change state by what a provider says,
/// whoever asked: the creation, a webhook, a check, closing.
/// </summary>
internal sealed class ChargeOutcome(PaymentMoves moves, RefundOutcome refunds, ProviderDirectory providers)
{
    /// <summary>Asks the provider, and applies what it says.</summary>
    /// <param name="webhook">What made us ask; it has had its effect then.</param>
    public async Task<Payment> RefreshAsync(Payment payment, Webhook? webhook, CancellationToken ct)
    {
        var now = payment.NextRefund is not null
            ? await refunds.RefreshAsync(payment, webhook, ct)
            : await AskAsync(payment, webhook, ct);
        return await AnswerAsync(now, ct);
    }

    /// <summary>Tells the provider what is said against disputes, once each; what fails now is told at the next check.</summary>
    public async Task<Payment> AnswerAsync(Payment payment, CancellationToken ct)
    {
        var provider = providers.Of(payment);
        foreach (var dispute in payment.Disputes.Where(d => d.IsToBeAnswered && provider.TakesEvidence))
        {
            await provider.AnswerAsync(payment, dispute, ct);
            payment = await moves.RunAsync(payment, move => move.Sent(dispute.Id), null, ct);
        }
        return payment;
    }

    private async Task<Payment> AskAsync(Payment payment, Webhook? webhook, CancellationToken ct)
    {
        using var span = Traces.Continue("payment.refresh", payment.TraceParent);
        span?.SetTag(Traces.OrderId, payment.OrderId.ToString());
        var provider = providers.Of(payment);
        // By the name that the provider has just told: it may not know it by ours yet.
        var asked = payment.ChargeId is null ? payment with { ChargeId = webhook?.Notice.ChargeId } : payment;
        var charge = await provider.FindAsync(asked, ct);
        var open = charge is null or { State: ChargeState.Open };
        if (open && payment is { Status: PaymentStatus.Pending, IsOverdue: true })
        {
            charge = await provider.CancelAsync(asked, ct);
            if (charge is null or { State: ChargeState.Cancelled })
                return await moves.RunAsync(payment, move => move.Withdraw("expired"), webhook, ct);
        }
        return charge is null
            ? await moves.RunAsync(payment, _ => { }, webhook, ct)
            : await ApplyAsync(payment, charge, webhook, ct);
    }

    /// <summary>Applies what the provider said. A charge that nobody wants any more is cancelled there.</summary>
    public async Task<Payment> ApplyAsync(Payment payment, Charge charge, Webhook? webhook, CancellationToken ct)
    {
        var now = await moves.RunAsync(payment, move => move.Apply(charge), webhook, ct);
        if (
            charge.State == ChargeState.Open
            && now.Status is PaymentStatus.Cancelled or PaymentStatus.Failed
            && await providers.Of(now).CancelAsync(now, ct) is { State: not ChargeState.Open } ended
        )
            now = await moves.RunAsync(now, move => move.Apply(ended), null, ct);
        return now;
    }
}
