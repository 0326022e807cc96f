using Ticketing.Contracts;
using Ticketing.Payments.Charges;
using Ticketing.Payments.Disputes;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Providers;

/// <summary>
/// A company that moves money for us. Every call may be repeated: what it does is keyed by our own ids. Called outside
/// any transaction. Silence is a <see cref="ProviderUnavailableException"/>.
/// </summary>
internal interface IPaymentProvider
{
    /// <summary>Kept with each payment, and in the path of the provider's webhooks.</summary>
    string Name { get; }

    /// <summary>Whether this installation takes such payments by this provider.</summary>
    bool Takes(PaymentMethod method, string currency);

    /// <summary>Creates the charge of this payment, once; a repeat answers it as it now is.</summary>
    Task<Charge> CreateAsync(Payment payment, Payer payer, CancellationToken ct);

    /// <summary>The charge as it now is; null when the provider does not know it.</summary>
    Task<Charge?> FindAsync(Payment payment, CancellationToken ct);

    /// <summary>
    /// Takes the charge back unless it was paid, and answers how it ended; null when the provider does not know it and
    /// cannot be told in advance.
    /// </summary>
    Task<Charge?> CancelAsync(Payment payment, CancellationToken ct);

    /// <summary>
    /// Gives back of the payment, once, however often it is asked. Of refund and dispute the provider lets one happen.
    /// </summary>
    Task<RefundState> RefundAsync(Payment payment, Refund refund, CancellationToken ct);

    /// <summary>
    /// All money that came from <paramref name="from"/> on and before <paramref name="until"/>, by the provider's clock, whosever
    /// it is.
    /// </summary>
    IAsyncEnumerable<Receipt> ListReceiptsAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken ct);

    /// <summary>The disputes that may have been opened of late, for who missed a webhook.</summary>
    IAsyncEnumerable<NamedDispute> ListDisputesAsync(CancellationToken ct);

    /// <summary>Whether the provider takes by its API what is said against a dispute; else it is said at the bank.</summary>
    bool TakesEvidence { get; }

    /// <summary>Tells it what is said against the dispute. What it does not take any more is not told.</summary>
    Task AnswerAsync(Payment payment, Dispute dispute, CancellationToken ct);

    /// <summary>What a webhook says, of one payment or several; null when it is not the provider's or too old.</summary>
    /// <param name="path">What the webhook's path says beside the provider's name.</param>
    /// <exception cref="ProblemException">400: the provider's, yet not what it documents.</exception>
    Task<IReadOnlyList<WebhookNotice>?> ReadWebhookAsync(
        string? path,
        IHeaderDictionary headers,
        ReadOnlyMemory<byte> body,
        CancellationToken ct
    );
}

/// <summary>Passed on to the provider, not kept.</summary>
internal sealed record Payer(string? Name, string? Cpf, string? CardToken);

/// <param name="Id">The payment's, of all that is left of it; else the part's.</param>
/// <param name="Amount">Minor units.</param>
internal sealed record Refund(Guid Id, long Amount);

internal enum ChargeState
{
    Open,
    Settled,
    Failed,
    Cancelled,
}

internal enum RefundState
{
    Pending,

    /// <summary>The money is on its way.</summary>
    Completed,

    /// <summary>Refused: the payer's bank asked for the money before, and decides.</summary>
    Disputed,
}

/// <summary>A charge as the provider sees it.</summary>
/// <param name="Id">The provider's id.</param>
/// <param name="SettlementId">What refunds refer to; null until settled.</param>
/// <param name="SettledAt">By the provider's clock; null until settled, or when it does not say.</param>
/// <param name="CopyPaste">Pix: the BR Code, while the charge may be paid.</param>
/// <param name="Surplus">What came beside the amount, in minor units: paid twice.</param>
internal sealed record Charge(
    string Id,
    ChargeState State,
    Money Amount,
    string? SettlementId = null,
    DateTimeOffset? SettledAt = null,
    string? CopyPaste = null,
    string? Brand = null,
    string? Last4 = null,
    string? ChallengeUrl = null,
    string? FailureReason = null,
    long Surplus = 0
)
{
    public IReadOnlyList<ChargeDispute> Disputes { get; init; } = [];

    /// <summary>Nobody will have this charge: it failed, and there is nothing to cancel.</summary>
    public static Charge Refused(Payment payment, string reason = "refused") =>
        new("", ChargeState.Failed, payment.Total, FailureReason: reason);
}

/// <summary>A dispute as the provider sees it.</summary>
/// <param name="Id">The provider's, one each.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="Reason">The provider's code.</param>
internal sealed record ChargeDispute(
    string Id,
    DisputeState State,
    long Amount,
    string Reason,
    DateTimeOffset? EvidenceDueBy = null
);

/// <summary>Money that came, as the provider lists it, and whose it is: by the payment, or the order and the attempt.</summary>
/// <param name="Id">What a payment has as its settlement.</param>
/// <param name="Refunded">Minor units that we gave back of it, or are giving back.</param>
internal sealed record Receipt(
    string Id,
    Money Amount,
    long Refunded,
    DateTimeOffset At,
    Guid PaymentId = default,
    Guid OrderId = default,
    int Attempt = 0
);

/// <summary>A dispute and whose it is: by the order and the attempt, or the charge.</summary>
internal sealed record NamedDispute(
    string Id,
    DisputeState State,
    Guid OrderId = default,
    int Attempt = 0,
    string? ChargeId = null
);

/// <summary>
/// A webhook only says whom to ask the provider about: it is never believed about states or amounts.
/// </summary>
/// <param name="EventId">The same in every delivery of the event.</param>
/// <param name="PaymentId">Or, when the provider does not tell it, the order and the attempt, or the charge.</param>
/// <param name="ChargeId">The provider's id.</param>
internal sealed record WebhookNotice(
    string EventId,
    string Type,
    Guid? PaymentId = null,
    Guid? OrderId = null,
    int? Attempt = null,
    string? ChargeId = null
);

/// <summary>The provider did not answer, or not as agreed: nothing is known.</summary>
/// <param name="retryAfter">When the provider wants to be asked again.</param>
internal sealed class ProviderUnavailableException(string message, Exception? inner = null, TimeSpan? retryAfter = null)
    : Exception(message, inner)
{
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>The providers by name, and by what they take; payments remember theirs.</summary>
internal sealed class ProviderDirectory(IEnumerable<IPaymentProvider> providers)
{
    private readonly IPaymentProvider[] all = [.. providers, new NoProvider()];

    /// <summary>Takes a new payment.</summary>
    public IPaymentProvider For(PaymentMethod method, string currency) => all.First(p => p.Takes(method, currency));

    public IReadOnlyList<IPaymentProvider> All => all;

    public IPaymentProvider Of(Payment payment) => all.First(p => p.Name == payment.Provider);

    public IPaymentProvider? Find(string name) => Array.Find(all, p => p.Name == name);
}

/// <summary>Refuses what no provider of this installation takes: the payment fails, as a declined one.</summary>
internal sealed class NoProvider : IPaymentProvider
{
    public string Name => "none";

    public bool Takes(PaymentMethod method, string currency) => true;

    public Task<Charge> CreateAsync(Payment payment, Payer payer, CancellationToken ct) =>
        Task.FromResult(Charge.Refused(payment));

    public Task<Charge?> FindAsync(Payment payment, CancellationToken ct) => Task.FromResult<Charge?>(null);

    public Task<Charge?> CancelAsync(Payment payment, CancellationToken ct) => Task.FromResult<Charge?>(null);

    public Task<RefundState> RefundAsync(Payment payment, Refund refund, CancellationToken ct) =>
        throw new InvalidOperationException("Nothing was paid.");

    public IAsyncEnumerable<Receipt> ListReceiptsAsync(
        DateTimeOffset from,
        DateTimeOffset until,
        CancellationToken ct
    ) => AsyncEnumerable.Empty<Receipt>();

    public IAsyncEnumerable<NamedDispute> ListDisputesAsync(CancellationToken ct) =>
        AsyncEnumerable.Empty<NamedDispute>();

    public bool TakesEvidence => false;

    public Task AnswerAsync(Payment payment, Dispute dispute, CancellationToken ct) =>
        throw new InvalidOperationException("Nothing was paid.");

    public Task<IReadOnlyList<WebhookNotice>?> ReadWebhookAsync(
        string? path,
        IHeaderDictionary headers,
        ReadOnlyMemory<byte> body,
        CancellationToken ct
    ) => Task.FromResult<IReadOnlyList<WebhookNotice>?>(null);
}
