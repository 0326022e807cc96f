using Ticketing.Contracts;

namespace Ticketing.Payments.Ledger;

public enum LedgerAccount
{
    /// <summary>Money that lies with the provider, less what organizers were paid.</summary>
    Provider,

    /// <summary>What buyers owe for an order; negative: what is owed to them. Ends at zero.</summary>
    Receivable,

    /// <summary>What was sold.</summary>
    Sales,

    /// <summary>What was given back of it.</summary>
    Refunds,

    /// <summary>What the platform takes of what was sold.</summary>
    PlatformFees,

    /// <summary>What the provider withholds because the payer's bank asked for it, until that is decided.</summary>
    Disputes,

    /// <summary>What the payer's bank took for good, of what was sold.</summary>
    Chargebacks,

    /// <summary>Money that is no payment's: a person decides. Ends at zero.</summary>
    Suspense,

    /// <summary>What organizers were given of what was sold.</summary>
    Payouts,

    /// <summary>Of it, what is not known to have left; negative.</summary>
    PayoutsDue,
}

/// <summary>
/// Each at most once a payment; of disputes, once a dispute; of partial refunds, once each; of money that nobody asked for, each time
/// that it came. A payout's name it as payment and as order.
/// </summary>
public enum LedgerKind
{
    /// <summary>The buyer owes.</summary>
    Charged,

    /// <summary>Failed or cancelled: the buyer owes no more.</summary>
    Reversed,

    /// <summary>The buyer paid.</summary>
    Settled,

    /// <summary>Paid after it was reversed: sold and paid at once.</summary>
    SettledLate,

    /// <summary>Another amount came than was asked for.</summary>
    AmountRefused,

    /// <summary>It went back, by hand.</summary>
    AmountReturned,

    /// <summary>We owe the buyer.</summary>
    RefundStarted,

    /// <summary>The buyer has the money back.</summary>
    RefundCompleted,

    /// <summary>The buyer has it back by a dispute that overtook the refund: what was lost is what was owed.</summary>
    RefundedByDispute,

    /// <summary>The payer's bank asked for the money; what was given back before is noted, and does not move.</summary>
    Disputed,

    /// <summary>The money is ours again.</summary>
    DisputeWon,

    /// <summary>The payer has the money.</summary>
    DisputeLost,

    /// <summary>The platform's part of what was paid; it keeps it when a bank takes the money.</summary>
    FeeCharged,

    /// <summary>The platform's part of what is given back.</summary>
    FeeReturned,

    /// <summary>We are about to pay an organizer.</summary>
    PayoutCreated,

    /// <summary>The organizer has the money.</summary>
    PayoutPaid,

    /// <summary>The bank did not pay it.</summary>
    PayoutFailed,

    /// <summary>It was paid, and came back.</summary>
    PayoutReturned,
}

/// <summary>
/// Double entry: a posting debits one account and credits another with the same amount, so that the books cannot but
/// balance; nothing is ever changed or deleted, which the database refuses. Kept for ever: books are kept for years by law,
/// and what is pruned cannot be audited.
/// </summary>
/// <param name="Reference">Of what a payment may have more than one of: its dispute, a refund of a part, or money that nobody asked for.</param>
/// <param name="Moves">False: it is noted, from <see cref="LedgerAccount.Disputes"/> to itself.</param>
internal sealed record LedgerPosting(LedgerKind Kind, Money Amount, Guid Reference = default, bool Moves = true)
{
    public const string Columns = "kind, payment_id, order_id, debit, credit, amount, currency";

    public LedgerAccount Debit => Moves ? Accounts(Kind).Debit : LedgerAccount.Disputes;
    public LedgerAccount Credit => Moves ? Accounts(Kind).Credit : LedgerAccount.Disputes;

    public static (LedgerAccount Debit, LedgerAccount Credit) Accounts(LedgerKind kind) =>
        kind switch
        {
            LedgerKind.Charged => (LedgerAccount.Receivable, LedgerAccount.Sales),
            LedgerKind.Reversed => (LedgerAccount.Sales, LedgerAccount.Receivable),
            LedgerKind.Settled => (LedgerAccount.Provider, LedgerAccount.Receivable),
            LedgerKind.SettledLate => (LedgerAccount.Provider, LedgerAccount.Sales),
            LedgerKind.AmountRefused => (LedgerAccount.Provider, LedgerAccount.Suspense),
            LedgerKind.AmountReturned => (LedgerAccount.Suspense, LedgerAccount.Provider),
            LedgerKind.RefundStarted => (LedgerAccount.Refunds, LedgerAccount.Receivable),
            LedgerKind.RefundCompleted => (LedgerAccount.Receivable, LedgerAccount.Provider),
            LedgerKind.RefundedByDispute => (LedgerAccount.Receivable, LedgerAccount.Chargebacks),
            LedgerKind.Disputed => (LedgerAccount.Disputes, LedgerAccount.Provider),
            LedgerKind.DisputeWon => (LedgerAccount.Provider, LedgerAccount.Disputes),
            LedgerKind.DisputeLost => (LedgerAccount.Chargebacks, LedgerAccount.Disputes),
            LedgerKind.FeeCharged => (LedgerAccount.Sales, LedgerAccount.PlatformFees),
            LedgerKind.FeeReturned => (LedgerAccount.PlatformFees, LedgerAccount.Sales),
            LedgerKind.PayoutCreated => (LedgerAccount.Payouts, LedgerAccount.PayoutsDue),
            LedgerKind.PayoutPaid => (LedgerAccount.PayoutsDue, LedgerAccount.Provider),
            LedgerKind.PayoutFailed => (LedgerAccount.PayoutsDue, LedgerAccount.Payouts),
            LedgerKind.PayoutReturned => (LedgerAccount.Provider, LedgerAccount.Payouts),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
}
