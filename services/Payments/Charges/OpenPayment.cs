using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.Payments.Ledger;
using Ticketing.Payments.Providers;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Charges;

/// <summary>
/// Creates the payment of an order's attempt: first here, then at the provider, then what the provider answered. A crash
/// in between is repaired by repeating, for the provider knows the payment by our ids.
/// </summary>
internal static class OpenPayment
{
    private const int MaxNameLength = 200;
    private const int MaxTokenLength = 100;

    public static async Task<PaymentSnapshot> Handle(
        CreatePayment request,
        PaymentsDb db,
        ProviderDirectory providers,
        ChargeOutcome outcome,
        IOptions<PaymentsOptions> options,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        Validate(request);
        var payment = await RegisterAsync(request, db, providers, options.Value, clock, ct);
        if (payment.Status != PaymentStatus.Pending || payment.ChargeId is not null)
            return payment.Snapshot();
        var payer = new Payer(request.PayerName, request.PayerCpf, request.CardToken);
        try
        {
            var charge = await providers.Of(payment).CreateAsync(payment, payer, ct);
            return (await outcome.ApplyAsync(payment, charge, ct)).Snapshot();
        }
        catch (ProviderUnavailableException e)
        {
            throw Unavailable(e);
        }
    }

    /// <summary>Nothing is lost: the same request may be repeated.</summary>
    public static ProblemException Unavailable(ProviderUnavailableException e) =>
        new(503, "payment-provider-unavailable", e.Message, TimeSpan.FromSeconds(2));

    private static void Validate(CreatePayment request)
    {
        if (request.Attempt is < 1 or > Payment.MaxAttempts)
            throw ProblemException.Invalid("attempt", $"From 1 to {Payment.MaxAttempts}.");
        if (request.Amount.Amount is < 1 or > CreatePayment.MaxAmount)
            throw ProblemException.Invalid("amount.amount", $"From 1 to {CreatePayment.MaxAmount} minor units.");
        if (request.Amount.Currency is not { Length: 3 })
            throw ProblemException.Invalid("amount.currency", "An ISO 4217 code.");
        if (request.PayerName.Length > MaxNameLength)
            throw ProblemException.Invalid("payerName", $"At most {MaxNameLength} characters.");
        if (request.Method == PaymentMethod.Card && string.IsNullOrEmpty(request.CardToken))
            throw ProblemException.Invalid("cardToken", "A card payment needs a token.");
        if (request.CardToken?.Length > MaxTokenLength)
            throw ProblemException.Invalid("cardToken", $"At most {MaxTokenLength} characters.");
    }

    private static async Task<Payment> RegisterAsync(
        CreatePayment request,
        PaymentsDb db,
        ProviderDirectory providers,
        PaymentsOptions options,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var now = clock.GetUtcNow();
        var payment = new Payment
        {
            OrderId = request.OrderId,
            Attempt = request.Attempt,
            Provider = providers.Current.Name,
            Method = request.Method,
            Amount = request.Amount.Amount,
            Currency = request.Amount.Currency,
            ExpiresAt = request.ExpiresAt.ToUniversalTime(),
            CreatedAt = now,
            TraceParent = Traces.Current,
        };
        payment.CheckFrom(now.AddSeconds(options.ReconcileSeconds));
        return await db.InTransactionAsync(
            async token =>
            {
                // Requests for one order come one after the other; the indexes hold the rule all the same.
                await db.Database.ExecuteSqlAsync(
                    $"SELECT pg_advisory_xact_lock(hashtextextended({request.OrderId.ToString()}, 0))",
                    token
                );
                var attempts = await db
                    .Payments.AsNoTracking()
                    .Where(p => p.OrderId == request.OrderId)
                    .ToListAsync(token);
                if (attempts.Find(p => p.Attempt == request.Attempt) is { } known)
                    return Same(known, request);
                if (attempts.Exists(p => p.Status == PaymentStatus.Pending))
                    throw ProblemException.Conflict("payment-open", "Another payment of the order is open.");
                if (attempts.Exists(p => p.Status == PaymentStatus.Settled))
                    throw ProblemException.Conflict("payment-settled", "The order is paid.");
                db.Add(payment);
                db.Add(LedgerTransaction.Of(payment, LedgerKind.Charged, now));
                return payment;
            },
            ct
        );
    }

    private static Payment Same(Payment known, CreatePayment request) =>
        (known.Method, known.Total) == (request.Method, request.Amount)
            ? known
            : throw ProblemException.Conflict(
                "payment-mismatch",
                "This attempt was made with another method or amount."
            );
}
