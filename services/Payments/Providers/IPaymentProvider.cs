using Ticketing.Contracts;
using Ticketing.Payments.Charges;

namespace Ticketing.Payments.Providers;

/// <summary>
/// A company that moves money for us. Every call may be repeated: what it does is keyed by our own ids. Called outside
/// any transaction. Silence is a <see cref="ProviderUnavailableException"/>.
/// </summary>
internal interface IPaymentProvider
{
    string Name { get; }

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
    /// Gives the payment back, once, however often it is asked. Of refund and dispute the provider lets one happen.
    /// </summary>
    Task<RefundState> RefundAsync(Payment payment, CancellationToken ct);

    /// <summary>What a webhook says; null when the signature is not the provider's or too old.</summary>
    Task<WebhookNotice?> ReadWebhookAsync(IHeaderDictionary headers, ReadOnlyMemory<byte> body, CancellationToken ct);
}

/// <summary>Passed on to the provider, not kept.</summary>
internal sealed record Payer(string? Name, string? Cpf, string? CardToken);

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

    /// <summary>Refused: the payer's bank asked for the money before, and it goes back that way.</summary>
    Disputed,
}

/// <summary>A charge as the provider sees it.</summary>
/// <param name="Id">The provider's id.</param>
/// <param name="SettlementId">What refunds refer to; null until settled.</param>
/// <param name="SettledAt">By the provider's clock; null until settled, or when it does not say.</param>
/// <param name="Location">Pix: where banks fetch the charge.</param>
internal sealed record Charge(
    string Id,
    ChargeState State,
    Money Amount,
    string? SettlementId = null,
    DateTimeOffset? SettledAt = null,
    string? Location = null,
    string? Brand = null,
    string? Last4 = null,
    string? ChallengeUrl = null,
    string? FailureReason = null,
    bool Disputed = false
);

/// <summary>
/// A webhook only says whom to ask the provider about: it is never believed about states or amounts.
/// </summary>
/// <param name="EventId">The same in every delivery of the event.</param>
/// <param name="PaymentId">Or, when the provider does not tell it, the order and the attempt.</param>
internal sealed record WebhookNotice(
    string EventId,
    string Type,
    Guid? PaymentId = null,
    Guid? OrderId = null,
    int? Attempt = null
);

/// <summary>The provider did not answer, or not as agreed: nothing is known.</summary>
internal sealed class ProviderUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The providers by name; payments remember theirs.</summary>
internal sealed class ProviderDirectory(IEnumerable<IPaymentProvider> providers)
{
    private readonly Dictionary<string, IPaymentProvider> byName = providers.ToDictionary(p => p.Name);

    /// <summary>Takes new payments.</summary>
    public IPaymentProvider Current { get; } = providers.First();

    public IPaymentProvider Of(Payment payment) => byName[payment.Provider];

    public IPaymentProvider? Find(string name) => byName.GetValueOrDefault(name);
}
