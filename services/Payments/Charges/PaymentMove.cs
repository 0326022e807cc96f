using Ticketing.Contracts;
using Ticketing.Payments.Disputes;
using Ticketing.Payments.Ledger;
using Ticketing.Payments.Providers;
using Ticketing.Payments.Refunds;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Charges;

/// <summary>
/// What is about to become of a payment: its row, what the ledger books, who is told, what is counted. Every rule asks the
/// state first, so that it may be run again on what another one made of the payment meanwhile.
/// </summary>
internal sealed class PaymentMove(Payment before, DateTimeOffset now)
{
    private readonly List<LedgerPosting> postings = [];
    private readonly List<OutboxMessage> messages = [];
    private readonly List<Action<PaymentMetrics>> counts = [];

    public Payment Before { get; } = before;
    public Payment After { get; private set; } = before;
    public IReadOnlyList<LedgerPosting> Postings => postings;
    public IReadOnlyList<OutboxMessage> Messages => messages;

    /// <summary>The provider is asked after the first wait, counted by the database's clock.</summary>
    public bool ChecksAnew { get; private set; }

    /// <summary>Nothing of it is to be kept.</summary>
    public bool IsEmpty => After with { CopyPaste = Before.CopyPaste } == Before && !ChecksAnew;

    /// <summary>Once the move is in the database.</summary>
    public void Count(PaymentMetrics metrics)
    {
        foreach (var count in counts)
            count(metrics);
    }

    /// <summary>Takes over what the provider says of the charge.</summary>
    public void Apply(Charge charge)
    {
        switch (charge.State)
        {
            case ChargeState.Settled when charge.Amount != After.Total:
                RefuseAmount(new(charge.Amount.Amount + charge.Surplus, charge.Amount.Currency));
                break;
            case ChargeState.Settled:
                Settle(charge.SettledAt);
                break;
            case ChargeState.Failed:
                Fail(charge.FailureReason ?? "declined");
                break;
            case ChargeState.Cancelled:
                Withdraw("cancelled-by-provider");
                break;
            case ChargeState.Open:
                break;
        }
        Hear(charge.Disputes);
        if (charge.Surplus > 0)
            KeepApart(new(charge.Surplus, After.Currency));
        Describe(charge);
    }

    private void Describe(Charge charge)
    {
        var open = After.Status == PaymentStatus.Pending;
        After = After with
        {
            ChargeId = After.Method == PaymentMethod.Card && charge.Id.Length > 0 ? charge.Id : After.ChargeId,
            SettlementId = charge.SettlementId ?? After.SettlementId,
            CardBrand = charge.Brand,
            CardLast4 = charge.Last4,
            ChallengeUrl = open ? charge.ChallengeUrl : null,
            CopyPaste = open ? charge.CopyPaste : null,
        };
    }

    private void Settle(DateTimeOffset? atProvider)
    {
        if (After.Status is PaymentStatus.Settled or PaymentStatus.Refunded)
            return;
        var late = After.Status != PaymentStatus.Pending;
        After = After with
        {
            Status = PaymentStatus.Settled,
            FailureReason = null,
            SettledAt = now,
            NextCheckAt = null,
        };
        Post(late ? LedgerKind.SettledLate : LedgerKind.Settled);
        if (After.PlatformFee > 0)
            postings.Add(new(LedgerKind.FeeCharged, new(After.PlatformFee, After.Currency)));
        Tell(new PaymentSettled(After.Id, After.OrderId, After.Total, After.Method, now));
        counts.Add(m => m.Settled(After.Method, now - After.CreatedAt, now - atProvider));
    }

    private void Fail(string reason)
    {
        if (After.Status != PaymentStatus.Pending)
            return;
        End(PaymentStatus.Failed, reason);
        Tell(new PaymentFailed(After.Id, After.OrderId, After.Attempt, reason, now));
        counts.Add(m => m.Failed(After.Method));
    }

    /// <summary>The charge was taken back, at whose wish ever: money for it may be on its way.</summary>
    public void Withdraw(string reason)
    {
        if (After.Status != PaymentStatus.Pending)
            return;
        Fail(reason);
        ChecksAnew = true;
    }

    /// <summary>Closes a payment whose charge the provider has cancelled or never had; nobody needs to be told.</summary>
    public void Cancel()
    {
        if (After.Status != PaymentStatus.Pending)
            return;
        End(PaymentStatus.Cancelled, null);
        ChecksAnew = true;
        counts.Add(m => m.Cancelled(After.Method));
    }

    private void End(PaymentStatus status, string? reason)
    {
        After = After with
        {
            Status = status,
            FailureReason = reason,
            CopyPaste = null,
            ChallengeUrl = null,
            NextCheckAt = null,
        };
        Post(LedgerKind.Reversed);
    }

    /// <summary>Money came, but not this payment's: nothing is delivered for it and a person must look.</summary>
    private void RefuseAmount(Money actual)
    {
        if (After.Status is PaymentStatus.Settled or PaymentStatus.Refunded)
            return;
        KeepApart(actual);
        Fail("amount-mismatch");
    }

    /// <summary>It lies in suspense until a person has sent it back: a posting each time that more of it has come.</summary>
    /// <param name="actual">All that came so.</param>
    private void KeepApart(Money actual)
    {
        var more = actual.Amount - (After.RefusedAmount ?? 0);
        if (more <= 0)
            return;
        After = After with { RefusedAmount = actual.Amount };
        postings.Add(new(LedgerKind.AmountRefused, actual with { Amount = more }, Guid.CreateVersion7()));
        counts.Add(m => m.Alarm(PaymentMetrics.AmountMismatch));
    }

    /// <summary>What the payer's bank asks for, and what became of it. An outcome is final.</summary>
    private void Hear(IReadOnlyList<ChargeDispute> told)
    {
        if (After.Status is not (PaymentStatus.Settled or PaymentStatus.Refunded))
            return;
        foreach (var heard in told)
        {
            var known = After.Disputes.FirstOrDefault(d => d.ProviderId == heard.Id) ?? Open(heard);
            if (known.IsOpen)
                Continue(known, heard);
        }
        // Nothing is waited for any more.
        if (After.DisputedAt is null && After.NextRefund is null)
            ChecksAnew = false;
        // The bank may have taken what the refunds owed.
        while (After is { DisputedAt: null, Refundable.Amount: 0, NextRefund: { } overtaken })
            Complete(overtaken);
    }

    /// <summary>It is withheld from us, unless it went back before: then the bank is told so.</summary>
    private Dispute Open(ChargeDispute heard)
    {
        var refunded = After.Status == PaymentStatus.Refunded;
        var free = refunded ? 0 : After.Refundable.Amount - After.Disputes.Where(d => d.IsOpen).Sum(d => d.Withheld);
        var dispute = new Dispute
        {
            Id = Guid.CreateVersion7(),
            ProviderId = heard.Id,
            State = DisputeState.Opened,
            Amount = heard.Amount,
            Withheld = Math.Min(heard.Amount, free),
            Reason = heard.Reason,
            EvidenceDueBy = heard.EvidenceDueBy,
            OpenedAt = now,
            Evidence = refunded ? Dispute.RefundedBefore(After) : null,
        };
        Keep(dispute);
        Post(LedgerKind.Disputed, dispute);
        Tell(new PaymentDisputed(After.Id, After.OrderId, new(dispute.Amount, After.Currency), now, dispute.Id));
        ChecksAnew = true;
        counts.Add(m => m.Disputed(After.Method));
        return dispute;
    }

    private void Continue(Dispute known, ChargeDispute heard)
    {
        var dispute = known with { State = heard.State, EvidenceDueBy = heard.EvidenceDueBy };
        if (dispute == known)
            return;
        if (dispute.IsOpen)
        {
            Keep(dispute);
            return;
        }
        dispute = dispute with { ClosedAt = now };
        Keep(dispute);
        var amount = new Money(dispute.Amount, After.Currency);
        if (dispute.State == DisputeState.Won)
        {
            Post(LedgerKind.DisputeWon, dispute);
            Tell(new PaymentDisputeWon(After.Id, After.OrderId, amount, now, dispute.Id));
        }
        else
        {
            After = After with { LostAmount = After.LostAmount + dispute.Withheld };
            Post(LedgerKind.DisputeLost, dispute);
            Tell(new PaymentDisputeLost(After.Id, After.OrderId, amount, now, dispute.Id));
        }
        counts.Add(m => m.DisputeEnded(After.Method, dispute.State));
        // A refund may have waited for it.
        ChecksAnew |= After.NextRefund is not null;
    }

    private void Keep(Dispute dispute)
    {
        Dispute[] disputes = [.. After.Disputes.Where(d => d.Id != dispute.Id), dispute];
        DateTimeOffset? since = Array.Exists(disputes, d => d.IsOpen) ? After.DisputedAt ?? now : null;
        After = After with { Disputes = disputes, DisputedAt = since };
        if (since is null && After.NextRefund is null)
            After = After with { NextCheckAt = null };
    }

    /// <summary>What is said against an open dispute; the first word stays.</summary>
    public void Attach(Guid disputeId, string evidence)
    {
        if (After.Disputes.FirstOrDefault(d => d.Id == disputeId) is { IsOpen: true, Evidence: null } dispute)
            Keep(dispute with { Evidence = evidence });
    }

    /// <summary>What was said against a dispute is with the provider.</summary>
    public void Sent(Guid disputeId)
    {
        if (After.Disputes.FirstOrDefault(d => d.Id == disputeId) is { EvidenceSentAt: null } dispute)
            Keep(dispute with { EvidenceSentAt = now });
    }

    /// <summary>
    /// Promises to give a part back, once; never more than is left, nothing while a bank decides about the money.
    /// </summary>
    public void StartRefund(PartialRefund wanted)
    {
        if (After is not { Status: PaymentStatus.Settled, RefundStartedAt: null, DisputedAt: null })
            return;
        if (After.PartialRefunds.Any(p => p.Id == wanted.Id))
            return;
        var part = wanted with
        {
            Amount = Math.Min(wanted.Amount, After.Unpromised),
            Fee = Math.Min(wanted.Fee, After.PlatformFee - After.PartialRefunds.Sum(p => p.Fee)),
            StartedAt = now,
        };
        if (part.Amount <= 0)
            return;
        After = After with { PartialRefunds = [.. After.PartialRefunds, part] };
        postings.Add(new(LedgerKind.RefundStarted, new(part.Amount, After.Currency), part.Id));
        if (part.Fee > 0)
            postings.Add(new(LedgerKind.FeeReturned, new(part.Fee, After.Currency), part.Id));
        ChecksAnew = true;
    }

    /// <summary>The refund is done: by the provider, or by disputes that overtook it. Never by both.</summary>
    public void Complete(Refund refund)
    {
        if (After.DisputedAt is not null || After.NextRefund?.Id != refund.Id)
            return;
        var part = After.PartialRefunds.FirstOrDefault(p => p.Id == refund.Id);
        var back = new Money(After.NextRefund.Amount, After.Currency);
        var owed = part?.Amount ?? After.RefundAmount ?? 0;
        var reference = part?.Id ?? Guid.Empty;
        if (back.Amount > 0)
            postings.Add(new(LedgerKind.RefundCompleted, back, reference));
        if (owed > back.Amount)
            postings.Add(new(LedgerKind.RefundedByDispute, back with { Amount = owed - back.Amount }, reference));
        After = part is null
            ? After with
            {
                Status = PaymentStatus.Refunded,
                RefundedAt = now,
            }
            : After with
            {
                PartialRefunds =
                [
                    .. After.PartialRefunds.Select(p =>
                        p == part ? p with { Returned = back.Amount, CompletedAt = now } : p
                    ),
                ],
            };
        // The next one is due at once.
        After = After with
        {
            NextCheckAt = After.NextRefund is null ? null : now,
        };
        ChecksAnew = false;
        Tell(
            new PaymentRefunded(
                refund.Id,
                After.Id,
                After.OrderId,
                back with
                {
                    Amount = part?.Amount ?? After.Amount,
                },
                now
            )
        );
        counts.Add(m => m.Refunded(After.Method));
    }

    private void Post(LedgerKind kind) => postings.Add(new(kind, After.Total));

    private void Post(LedgerKind kind, Dispute dispute) =>
        postings.Add(
            dispute.Withheld > 0
                ? new(kind, new(dispute.Withheld, After.Currency), dispute.Id)
                : new(kind, new(dispute.Amount, After.Currency), dispute.Id, Moves: false)
        );

    private void Tell<TEvent>(TEvent message)
        where TEvent : IEvent => messages.Add(OutboxMessage.Of(message, Traces.Current));
}
