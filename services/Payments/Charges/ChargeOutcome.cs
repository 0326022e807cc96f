using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.Payments.Ledger;
using Ticketing.Payments.Providers;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Charges;

/// <summary>
/// Brings a payment to what the provider says of its charge. The only place where payments change state by what a
/// provider says, whoever asked: the creation, a webhook, reconciliation, closing.
/// </summary>
internal sealed class ChargeOutcome(
    PaymentsDb db,
    ProviderDirectory providers,
    IOptions<PaymentsOptions> options,
    PaymentMetrics metrics,
    TimeProvider clock,
    ILogger<ChargeOutcome> logger
)
{
    /// <summary>After the deadline the order itself closes its payment; only later is it closed without the order.</summary>
    private static readonly TimeSpan ExpiryGrace = TimeSpan.FromMinutes(2);

    /// <summary>Asks the provider, and applies what it says.</summary>
    public async Task<Payment> RefreshAsync(Payment payment, CancellationToken ct)
    {
        using var span = Traces.Continue("payment.refresh", payment.TraceParent);
        span?.SetTag(Traces.OrderId, payment.OrderId.ToString());
        var provider = providers.Of(payment);
        var charge = await provider.FindAsync(payment, ct);
        var open = charge is null or { State: ChargeState.Open };
        if (open && payment.Status == PaymentStatus.Pending && IsOverdue(payment))
        {
            charge = await provider.CancelAsync(payment, ct);
            if (charge is null or { State: ChargeState.Cancelled })
                return await ExpireAsync(payment.Id, ct);
        }
        return charge is null ? payment : await ApplyAsync(payment, charge, ct);
    }

    private bool IsOverdue(Payment payment) => payment.ExpiresAt + ExpiryGrace < clock.GetUtcNow();

    /// <summary>Applies what the provider said. A charge that nobody wants any more is cancelled there.</summary>
    public async Task<Payment> ApplyAsync(Payment payment, Charge charge, CancellationToken ct)
    {
        var now = await ApplyHereAsync(payment.Id, charge, ct);
        if (
            charge.State == ChargeState.Open
            && now.Status is PaymentStatus.Cancelled or PaymentStatus.Failed
            && await providers.Of(now).CancelAsync(now, ct) is { State: not ChargeState.Open } ended
        )
            now = await ApplyHereAsync(now.Id, ended, ct);
        return now;
    }

    /// <summary>Cancels a pending payment whose charge the provider has cancelled or never had.</summary>
    public Task<Payment> CancelAsync(Guid id, CancellationToken ct) =>
        db.InTransactionAsync(
            async token =>
            {
                var payment = await db.LockPaymentAsync(id, token);
                if (payment.Status != PaymentStatus.Pending)
                    return payment;
                var now = clock.GetUtcNow();
                payment.Cancel();
                payment.CheckFrom(now.AddSeconds(options.Value.ReconcileSeconds));
                db.Add(LedgerTransaction.Of(payment, LedgerKind.Reversed, now));
                metrics.Cancelled(payment.Method);
                return payment;
            },
            ct
        );

    private Task<Payment> ExpireAsync(Guid id, CancellationToken ct) =>
        db.InTransactionAsync(
            async token =>
            {
                var payment = await db.LockPaymentAsync(id, token);
                FailWithdrawn(payment, "expired");
                return payment;
            },
            ct
        );

    private Task<Payment> ApplyHereAsync(Guid id, Charge charge, CancellationToken ct) =>
        db.InTransactionAsync(
            async token =>
            {
                var payment = await db.LockPaymentAsync(id, token);
                payment.Describe(charge, options.Value);
                switch (charge.State)
                {
                    case ChargeState.Settled when charge.Amount != payment.Total:
                        RefuseAmount(payment, charge);
                        break;
                    case ChargeState.Settled:
                        Settle(payment, charge.SettledAt);
                        break;
                    case ChargeState.Failed:
                        Fail(payment, charge.FailureReason ?? "declined");
                        break;
                    case ChargeState.Cancelled:
                        FailWithdrawn(payment, "cancelled-by-provider");
                        break;
                    case ChargeState.Open:
                        break;
                }
                if (charge.Disputed)
                    Dispute(payment);
                return payment;
            },
            ct
        );

    private void Settle(Payment payment, DateTimeOffset? atProvider)
    {
        if (payment.Status is PaymentStatus.Settled or PaymentStatus.Refunded)
            return;
        var late = payment.Status != PaymentStatus.Pending;
        var now = clock.GetUtcNow();
        payment.Settle(now);
        db.Add(LedgerTransaction.Of(payment, late ? LedgerKind.SettledLate : LedgerKind.Settled, now));
        db.Publish(new PaymentSettled(payment.Id, payment.OrderId, payment.Total, payment.Method, now));
        metrics.Settled(payment.Method, now - payment.CreatedAt, now - atProvider);
    }

    private void Fail(Payment payment, string reason)
    {
        if (payment.Status != PaymentStatus.Pending)
            return;
        var now = clock.GetUtcNow();
        payment.Fail(reason);
        db.Add(LedgerTransaction.Of(payment, LedgerKind.Reversed, now));
        db.Publish(new PaymentFailed(payment.Id, payment.OrderId, payment.Attempt, reason, now));
        metrics.Failed(payment.Method);
    }

    /// <summary>The charge was taken back, at whose wish ever: money for it may be on its way.</summary>
    private void FailWithdrawn(Payment payment, string reason)
    {
        if (payment.Status != PaymentStatus.Pending)
            return;
        Fail(payment, reason);
        payment.CheckFrom(clock.GetUtcNow().AddSeconds(options.Value.ReconcileSeconds));
    }

    /// <summary>Money came, but not this payment's: nothing is delivered for it and a person must look.</summary>
    private void RefuseAmount(Payment payment, Charge charge)
    {
        logger.LogCritical(
            "Payment {Payment} of {Expected} was settled with {Actual} at the provider",
            payment.Id,
            payment.Total,
            charge.Amount
        );
        metrics.Alarm(PaymentMetrics.AmountMismatch);
        Fail(payment, "amount-mismatch");
    }

    private void Dispute(Payment payment)
    {
        if (payment.DisputedAt is not null || payment.Status is not (PaymentStatus.Settled or PaymentStatus.Refunded))
            return;
        var now = clock.GetUtcNow();
        payment.Dispute(now);
        db.Publish(new PaymentDisputed(payment.Id, payment.OrderId, payment.Total, now));
    }
}
