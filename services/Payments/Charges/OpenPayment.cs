using Microsoft.Extensions.Options;
using Npgsql;
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
        NpgsqlDataSource source,
        ProviderDirectory providers,
        ChargeOutcome outcome,
        IOptions<PaymentsOptions> options,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        Validate(request);
        var payment = await RegisterAsync(request, source, providers, options.Value, clock, ct);
        if (payment.Status != PaymentStatus.Pending || payment.ChargeId is not null)
            return payment.Snapshot();
        var payer = new Payer(request.PayerName, request.PayerCpf, request.CardToken);
        try
        {
            var charge = await providers.Of(payment).CreateAsync(payment, payer, ct);
            return (await outcome.ApplyAsync(payment, charge, null, ct)).Snapshot();
        }
        catch (ProviderUnavailableException e)
        {
            throw Unavailable(e);
        }
    }

    /// <summary>Nothing is lost: the same request may be repeated.</summary>
    public static ProblemException Unavailable(ProviderUnavailableException e) =>
        new(503, "payment-provider-unavailable", e.Message, e.RetryAfter ?? TimeSpan.FromSeconds(2));

    private static void Validate(CreatePayment request)
    {
        if (request.Attempt is < 1 or > Payment.MaxAttempts)
            throw ProblemException.Invalid("attempt", $"From 1 to {Payment.MaxAttempts}.");
        if (request.Amount.Amount is < 1 or > CreatePayment.MaxAmount)
            throw ProblemException.Invalid("amount.amount", $"From 1 to {CreatePayment.MaxAmount} minor units.");
        if (request.Amount.Currency is not { Length: 3 })
            throw ProblemException.Invalid("amount.currency", "An ISO 4217 code.");
        if (request.PlatformFee < 0 || request.PlatformFee > request.Amount.Amount)
            throw ProblemException.Invalid("platformFee", "From 0 to the amount.");
        if (request.PayerName.Length > MaxNameLength)
            throw ProblemException.Invalid("payerName", $"At most {MaxNameLength} characters.");
        if (request.Method == PaymentMethod.Card && string.IsNullOrEmpty(request.CardToken))
            throw ProblemException.Invalid("cardToken", "A card payment needs a token.");
        if (request.CardToken?.Length > MaxTokenLength)
            throw ProblemException.Invalid("cardToken", $"At most {MaxTokenLength} characters.");
    }

    /// <summary>
    /// Makes the attempt unless it is there or another one stands in its way; one statement. The indexes hold the rules, also
    /// between requests that do not see each other.
    /// </summary>
    private static async Task<Payment> RegisterAsync(
        CreatePayment request,
        NpgsqlDataSource source,
        ProviderDirectory providers,
        PaymentsOptions options,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var id = Guid.CreateVersion7();
        while (true)
        {
            await using var command = source.CreateCommand(Register);
            command.Add(
                id,
                request.OrderId,
                request.Attempt,
                providers.For(request.Method, request.Amount.Currency).Name,
                request.Method.ToString(),
                request.Amount.Amount,
                request.Amount.Currency,
                request.ExpiresAt,
                clock.GetUtcNow(),
                Traces.Current,
                options.CheckSeconds,
                request.OrganizerId,
                request.EventId,
                request.PlatformFee
            );
            var attempts = await command.ReadAsync(row => Payment.Read(row)!, ct);
            if (attempts.Find(p => p.Attempt == request.Attempt) is { } known)
                return Same(known, request);
            if (attempts.Exists(p => p.Status == PaymentStatus.Pending))
                throw ProblemException.Conflict("payment-open", "Another payment of the order is open.");
            if (attempts.Exists(p => p.Status == PaymentStatus.Settled))
                throw ProblemException.Conflict("payment-settled", "The order is paid.");
            // What stood in the way was not yet to be seen: it is now.
        }
    }

    /// <summary>The made attempt; else all that the order has.</summary>
    private static readonly string Register = $"""
        WITH made AS (
            INSERT INTO payments (id, order_id, attempt, provider, method, amount, currency, expires_at, created_at,
                trace_parent, next_check_at, organizer_id, event_id, platform_fee, status, checks)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now() + make_interval(secs => $11), $12, $13, $14, 'Pending', 0
            WHERE NOT EXISTS (SELECT FROM payments WHERE order_id = $2 AND status IN ('Pending', 'Settled'))
            ON CONFLICT DO NOTHING
            RETURNING {Payment.Columns()}),
        posted AS (
            INSERT INTO ledger_postings ({LedgerPosting.Columns})
            SELECT 'Charged', id, order_id, 'Receivable', 'Sales', amount, currency FROM made)
        SELECT * FROM made
        UNION ALL
        SELECT {Payment.Columns()} FROM payments WHERE order_id = $2 AND NOT EXISTS (SELECT FROM made)
        """;

    private static Payment Same(Payment known, CreatePayment request) =>
        (known.Method, known.Total) == (request.Method, request.Amount)
            ? known
            : throw ProblemException.Conflict(
                "payment-mismatch",
                "This attempt was made with another method or amount."
            );
}
