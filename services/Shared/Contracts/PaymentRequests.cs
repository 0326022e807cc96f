namespace Ticketing.Contracts;

/// <summary>
/// Payments: <c>POST internal/payments</c>; idempotent by (order, attempt). At most one payment of an order is open;
/// a new attempt is refused while one is (payment-open, 409) or when the order is already paid (payment-settled, 409).
/// A declined card is an answer (status failed), not a problem. Problem: payment-provider-unavailable (503).
/// </summary>
/// <param name="CardToken">From the provider's own form or tokenization endpoint; card numbers never pass through us.</param>
/// <param name="ExpiresAt">The buyer must have paid by then; Pix charges carry it.</param>
/// <param name="OrganizerId">Whose money it is, but for the platform's fee.</param>
/// <param name="PlatformFee">Of the amount, in minor units: what the platform takes.</param>
public sealed record CreatePayment(
    Guid OrderId,
    int Attempt,
    string OrderNumber,
    Money Amount,
    PaymentMethod Method,
    string? CardToken,
    string PayerName,
    string? PayerCpf,
    DateTimeOffset ExpiresAt,
    Guid OrganizerId,
    Guid EventId,
    long PlatformFee
)
{
    /// <summary>Minor units: one million of the currency's major unit.</summary>
    public const long MaxAmount = 100_000_000;
}

/// <summary>
/// Payments: <c>GET internal/organizers/{organizerId}/totals</c>, <c>?eventId=</c> for one event: what came in and went back, by
/// event and currency, in minor units; as of the last closing, some minutes ago.
/// </summary>
/// <param name="Payments">How many were paid.</param>
/// <param name="Gross">What buyers paid.</param>
/// <param name="Fees">What the platform keeps of it.</param>
/// <param name="Refunds">What was given back, or is on its way.</param>
/// <param name="Chargebacks">What banks took for good.</param>
/// <param name="Disputed">What is withheld until a bank has decided; still part of the rest.</param>
/// <param name="PaidOut">What the organizer was paid of it, or is being paid.</param>
/// <param name="PayableFrom">When the rest may be paid out; null: not known yet.</param>
public sealed record EventTotals(
    Guid EventId,
    string Currency,
    long Payments,
    long Gross,
    long Fees,
    long Refunds,
    long Chargebacks,
    long Disputed,
    long PaidOut = 0,
    DateTimeOffset? PayableFrom = null
);

/// <summary>Payments: <c>GET internal/organizers/{organizerId}/balance</c>: what is an organizer's and was not paid out yet, as of now.</summary>
/// <param name="Items">By currency; none: nothing was ever sold.</param>
/// <param name="Account">Where it goes; null: nowhere yet.</param>
public sealed record OrganizerBalance(IReadOnlyList<CurrencyBalance> Items, PayoutAccountView? Account);

/// <summary>All of an organizer's net of one currency, in minor units: it is one of these.</summary>
/// <param name="Available">The next payout: of events that are over for long enough, less what others are short of. May be negative.</param>
/// <param name="Pending">Of events that are not.</param>
/// <param name="Disputed">What is withheld until a bank has decided.</param>
/// <param name="OnItsWay">Payouts that are not confirmed yet.</param>
/// <param name="PaidOut">Payouts that are.</param>
public sealed record CurrencyBalance(
    string Currency,
    long Available,
    long Pending,
    long Disputed,
    long OnItsWay,
    long PaidOut
);

/// <summary>
/// Payments: <c>PUT internal/organizers/{organizerId}/payout-account</c>: where an organizer's money goes from some days on; answers
/// 200 with <see cref="PayoutAccountView"/>. The same again changes nothing. Problem: invalid (422).
/// </summary>
/// <param name="Holder">Whose account it is, as the bank has it.</param>
/// <param name="TaxId">Of the holder: CPF or CNPJ, as digits and letters.</param>
/// <param name="PixKey">For reais.</param>
/// <param name="Iban">For other currencies (ISO 13616).</param>
/// <param name="ChangedBy">The person.</param>
public sealed record PayoutAccount(string Holder, string TaxId, string? PixKey, string? Iban, Guid ChangedBy)
{
    public const int MaxHolder = 140;

    /// <summary>Of a Pix key (Central Bank of Brazil, DICT).</summary>
    public const int MaxPixKey = 77;

    /// <summary>With the spaces that people write.</summary>
    public const int MaxWrittenIban = 50;
    public const int MaxTaxId = 18;
}

/// <summary>An account as others than its bank may see it: enough to recognize it.</summary>
/// <param name="TaxId">Its last characters; also of the two below.</param>
/// <param name="UsableFrom">No payout goes there before: time to notice a change that nobody wanted.</param>
public sealed record PayoutAccountView(
    string Holder,
    string TaxId,
    string? PixKey,
    string? Iban,
    DateTimeOffset ChangedAt,
    DateTimeOffset UsableFrom
);

/// <summary>Payments: <c>GET internal/organizers/{organizerId}/payouts?cursor=&amp;limit=</c>: newest first, a page of them.</summary>
/// <param name="Destination">Enough to recognize it.</param>
/// <param name="Items">Which events it is of; negative: what an event was short of.</param>
/// <param name="EndedAt">When it was paid, or found to have failed.</param>
/// <param name="FailureReason">What the bank said.</param>
public sealed record PayoutSnapshot(
    Guid Id,
    Guid BatchId,
    Guid OrganizerId,
    Money Amount,
    PayoutStatus Status,
    string Destination,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EndedAt,
    string? FailureReason,
    IReadOnlyList<PayoutItem> Items
);

/// <param name="Amount">Minor units of the payout's currency.</param>
/// <param name="EventTitle">Null where it is not known: Orders knows it, Payments does not.</param>
public sealed record PayoutItem(Guid EventId, long Amount, string? EventTitle = null);

public enum PayoutStatus
{
    /// <summary>In a batch that the bank is to be given, or has.</summary>
    Created,
    Paid,

    /// <summary>The money did not leave, or came back: it is part of the balance again.</summary>
    Failed,
}

/// <summary>An attempt as it now is.</summary>
public sealed record PaymentSnapshot(
    Guid Id,
    Guid OrderId,
    int Attempt,
    PaymentMethod Method,
    PaymentStatus Status,
    Money Amount,
    PixInstructions? Pix,
    CardInstructions? Card,
    string? FailureReason
);

/// <summary>Pending is open; every other state is final but Settled, which a refund follows.</summary>
public enum PaymentStatus
{
    Pending,
    Settled,
    Failed,
    Cancelled,
    Refunded,
}

/// <param name="CopyPaste">BR Code (EMV MPM, Central Bank of Brazil).</param>
public sealed record PixInstructions(string TxId, string CopyPaste, DateTimeOffset ExpiresAt);

/// <param name="ChallengeUrl">Where the buyer authenticates (3-D Secure); null when no challenge is asked.</param>
public sealed record CardInstructions(string? Brand, string? Last4, string? ChallengeUrl);

/// <summary>
/// Payments: <c>POST internal/orders/{orderId}/close</c>. Money first looks back: asks the provider about the open
/// payment; paid → settles it and says so, else cancels it there and here. Idempotent. 503 when the provider is silent
/// (nothing may be released then).
/// </summary>
/// <param name="Settled">The order's money is here: keep the stock.</param>
public sealed record PaymentClosed(bool Settled);

/// <summary>
/// Payments: <c>POST internal/orders/{orderId}/refunds</c>: gives back all that the order's payments settled and that
/// was not given back yet; idempotent by operation id. The end is told by payment.refunded, one for each payment.
/// Answers 202 with <see cref="RefundAccepted"/>; nothing to refund: amount 0. A disputed payment is left alone until its bank has
/// decided; when there is no other: payment-disputed (409). What a dispute took is not given back again.
/// </summary>
/// <param name="PaymentId">Only this payment (an order paid twice keeps the other one); null: all of them.</param>
public sealed record RefundOrder(string OperationId, string Reason, Guid? PaymentId = null);

public sealed record RefundAccepted(Money Amount, bool Completed);

/// <summary>
/// Payments: <c>POST internal/orders/{orderId}/refunds/parts</c>: gives a part of a settled payment back; idempotent by
/// <paramref name="Id"/>. The end is told by payment.refunded, whose refund is this id. Answers 202 with <see cref="RefundAccepted"/>:
/// never more than is left; amount 0 when nothing is, or all that was left is being given back. payment-disputed (409): a bank
/// decides about this money first.
/// </summary>
/// <param name="Amount">Minor units of the payment's currency.</param>
/// <param name="Fee">Of the platform's fee, in minor units, what goes back to the seller with it.</param>
public sealed record RefundPart(Guid Id, Guid PaymentId, long Amount, long Fee);

/// <summary>
/// Payments: <c>GET internal/settlements?after=&amp;limit=</c>: what happened to money, in the order in which it became
/// true; what the events payment.settled, payment.refunded, payment.disputed and its outcomes told, for whoever missed one.
/// Nothing is ever skipped; a page without items is the end for now.
/// </summary>
/// <param name="Next">Give it as <c>after</c> of the next page, also after an empty one; without it one begins at the first.</param>
public sealed record SettlementPage(IReadOnlyList<SettlementFact> Items, string Next);

/// <param name="DisputeId">Of a dispute and its outcome.</param>
/// <param name="RefundId">Of a partial refund.</param>
public sealed record SettlementFact(
    SettlementKind Kind,
    Guid PaymentId,
    Guid OrderId,
    Money Amount,
    DateTimeOffset At,
    Guid? DisputeId = null,
    Guid? RefundId = null
);

public enum SettlementKind
{
    Settled,
    Refunded,
    PartRefunded,
    Disputed,
    DisputeWon,
    DisputeLost,
}

/// <summary>Payments: <c>GET internal/orders/{orderId}/disputes</c>: all disputes of the order's payments, oldest first.</summary>
public sealed record DisputeList(IReadOnlyList<DisputeSnapshot> Items);

/// <param name="Amount">What the payer's bank asks for.</param>
/// <param name="Reason">The provider's code.</param>
/// <param name="EvidenceDueBy">Evidence that comes later is of no use; null: none is asked for.</param>
/// <param name="Evidence">What was said against it.</param>
/// <param name="EvidenceSentAt">When the provider had it.</param>
public sealed record DisputeSnapshot(
    Guid Id,
    Guid OrderId,
    Guid PaymentId,
    PaymentMethod Method,
    DisputeState State,
    Money Amount,
    string Reason,
    DateTimeOffset OpenedAt,
    DateTimeOffset? EvidenceDueBy,
    string? Evidence,
    DateTimeOffset? EvidenceSentAt,
    DateTimeOffset? ClosedAt
);

/// <summary>Won and lost are final.</summary>
public enum DisputeState
{
    /// <summary>The bank looks at it.</summary>
    Opened,

    /// <summary>The bank waits for what is to be said against it.</summary>
    NeedsEvidence,
    Won,
    Lost,
}

/// <summary>
/// Payments: <c>POST internal/orders/{orderId}/disputes/{disputeId}/evidence</c>: what is said against a dispute, once, and sent to
/// the provider now or later; answers 202 with <see cref="DisputeSnapshot"/>. The same again changes nothing. Problems: not-found
/// (404); dispute-closed, evidence-sent (other words were sent before), evidence-not-taken (this provider takes none through its
/// API: it is to be answered at the bank) (409).
/// </summary>
public sealed record AttachEvidence(string Text)
{
    /// <summary>Characters that Stripe takes.</summary>
    public const int MaxLength = 20_000;
}
