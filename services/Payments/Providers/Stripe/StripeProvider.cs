using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Stripe;
using Ticketing.Contracts;
using Ticketing.Payments.Charges;
using Ticketing.ServiceDefaults;
using PaymentMethod = Ticketing.Contracts.PaymentMethod;

namespace Ticketing.Payments.Providers.Stripe;

/// <summary>
/// Cards by Stripe: one PaymentIntent a payment, confirmed as it is made. Our payment's id is its idempotency key, so that a
/// repeat charges nobody again and the next attempt is no replay, and stands in its metadata, by which it is found.
/// </summary>
internal sealed class StripeProvider(
    SecretReader secrets,
    IOptions<PaymentsOptions> options,
    IOptions<PublicOptions> site,
    TimeProvider clock
) : IPaymentProvider, IDisposable
{
    public const string ProviderName = "stripe";
    private const string PaymentIdKey = "payment_id";
    private const string RefundIdKey = "refund_id";

    /// <summary>Either way: what is older may be a replay, what is newer a wrong clock.</summary>
    private const long ToleranceSeconds = 300;

    /// <summary>Refunds that failed are asked for under a further key; then a person must look.</summary>
    private const int MaxRefunds = 10;

    /// <summary>What was opened before was seen by then, or its webhook: Stripe repeats it for three days.</summary>
    private static readonly TimeSpan DisputeWindow = TimeSpan.FromDays(30);

    /// <summary>Nobody waits longer for a processor that wants to be left alone.</summary>
    private const int MaxRetryAfterSeconds = 60;
    private const int MaxPage = 100;
    private const string CardError = "card_error";
    private static readonly List<string> Whole = ["latest_charge", "payment_method"];

    private readonly HashSet<string> currencies = [.. options.Value.Stripe.CurrencyList];
    private readonly HttpClient http = new(
        // Addresses change.
        new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), UseCookies = false }
    )
    {
        Timeout = TimeSpan.FromSeconds(options.Value.ProviderTimeoutSeconds),
    };
    private StripeClient? client;

    public string Name => ProviderName;

    public bool Takes(PaymentMethod method, string currency) =>
        method == PaymentMethod.Card && currencies.Contains(currency);

    public async Task<Charge> CreateAsync(Payment payment, Payer payer, CancellationToken ct)
    {
        var token = payer.CardToken ?? "";
        var create = new PaymentIntentCreateOptions
        {
            Amount = payment.Amount,
            Currency = payment.Currency.ToLowerInvariant(),
            AllowedPaymentMethodTypes = ["card"],
            Confirm = true,
            // Where the card's issuer sends the buyer back to.
            ReturnUrl = $"{site.Value.BaseUrl.TrimEnd('/')}/pedidos/{payment.OrderId}",
            Metadata = new() { [PaymentIdKey] = payment.Id.ToString() },
            Expand = Whole,
        };
        // Of Stripe's fields in the browser; of its older form, for which the library has no names; or a method by its id.
        if (token.StartsWith("ctoken_", StringComparison.Ordinal))
            create.ConfirmationToken = token;
        else if (token.StartsWith("tok_", StringComparison.Ordinal))
        {
            create.AddExtraParam("payment_method_data[type]", "card");
            create.AddExtraParam("payment_method_data[card][token]", token);
        }
        else
            create.PaymentMethod = token;
        try
        {
            var made = await AskAsync(
                (stripe, key) => new PaymentIntentService(stripe).CreateAsync(create, key, ct),
                payment.Id.ToString(),
                ct
            );
            // A repeat is answered as the first time, whatever became of it.
            return IsReplay(made.StripeResponse)
                ? await FindAsync(payment with { ChargeId = made.Id }, ct) ?? Map(made)
                : Map(made);
        }
        catch (StripeException e) when (e.StripeError is { Type: CardError, PaymentIntent: { } declined })
        {
            return IsReplay(e.StripeResponse)
                ? await FindAsync(payment with { ChargeId = declined.Id }, ct)
                    ?? Declined(payment, declined, e.StripeError)
                : Declined(payment, declined, e.StripeError);
        }
        // A repeat with another token: what the first one did counts.
        catch (StripeException e) when (e.StripeError?.Type == "idempotency_error")
        {
            return await FindAsync(payment, ct) ?? throw Unavailable(e);
        }
        catch (StripeException e) when (e.HttpStatusCode is HttpStatusCode.BadRequest or HttpStatusCode.PaymentRequired)
        {
            var ofToken =
                e.StripeError?.Param is { } param
                && (param == "confirmation_token" || param.StartsWith("payment_method", StringComparison.Ordinal));
            return Charge.Refused(
                payment,
                ofToken ? "invalid-token"
                    : e.StripeError is { Type: CardError } error ? ReasonOf(error)
                    : "refused"
            );
        }
        catch (StripeException e)
        {
            throw Unavailable(e);
        }
    }

    public async Task<Charge?> FindAsync(Payment payment, CancellationToken ct)
    {
        try
        {
            var found = payment.ChargeId is { } id
                ? await AskAsync(
                    (stripe, key) => new PaymentIntentService(stripe).GetAsync(id, new() { Expand = Whole }, key, ct),
                    null,
                    ct
                )
                : await SearchAsync(payment, ct);
            if (found is null || !IsOf(payment, found))
                return null;
            return found.LatestCharge?.Disputed == true
                ? Map(found) with
                {
                    Disputes = await DisputesAsync(found.Id, ct),
                }
                : Map(found);
        }
        catch (StripeException e) when (e.HttpStatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
        catch (StripeException e)
        {
            throw Unavailable(e);
        }
    }

    /// <summary>Stripe knows a new payment by its metadata within a minute; its webhooks and our repeats come sooner.</summary>
    private async Task<PaymentIntent?> SearchAsync(Payment payment, CancellationToken ct)
    {
        var search = new PaymentIntentSearchOptions
        {
            Query = $"metadata['{PaymentIdKey}']:'{payment.Id}'",
            Expand = [.. Whole.Select(e => $"data.{e}")],
        };
        var found = await AskAsync(
            (stripe, key) => new PaymentIntentService(stripe).SearchAsync(search, key, ct),
            null,
            ct
        );
        return found.Data.FirstOrDefault();
    }

    public async Task<Charge?> CancelAsync(Payment payment, CancellationToken ct)
    {
        var id = payment.ChargeId ?? (await FindAsync(payment, ct))?.Id;
        if (id is null)
            return null;
        try
        {
            return Map(
                await AskAsync(
                    (stripe, key) =>
                        new PaymentIntentService(stripe).CancelAsync(id, new() { Expand = Whole }, key, ct),
                    null,
                    ct
                )
            );
        }
        // It ended before.
        catch (StripeException e) when (e.HttpStatusCode == HttpStatusCode.BadRequest)
        {
            return await FindAsync(payment with { ChargeId = id }, ct);
        }
        catch (StripeException e)
        {
            throw Unavailable(e);
        }
    }

    private async Task<IReadOnlyList<ChargeDispute>> DisputesAsync(string intent, CancellationToken ct)
    {
        var list = new DisputeListOptions { PaymentIntent = intent, Limit = 100 };
        var found = await AskAsync((stripe, key) => new DisputeService(stripe).ListAsync(list, key, ct), null, ct);
        return
        [
            .. found.Data.Select(d => new ChargeDispute(
                d.Id,
                StateOf(d),
                d.Amount,
                d.Reason,
                d.EvidenceDetails?.DueBy is { } due ? new DateTimeOffset(due) : null
            )),
        ];
    }

    /// <summary>Charges that failed, or were not captured, brought nothing.</summary>
    public async IAsyncEnumerable<Receipt> ListReceiptsAsync(
        DateTimeOffset from,
        DateTimeOffset until,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var list = new ChargeListOptions
        {
            Limit = MaxPage,
            Created = new DateRangeOptions { GreaterThanOrEqual = from.UtcDateTime, LessThan = until.UtcDateTime },
        };
        var charges = AllAsync(list, (stripe, key) => new ChargeService(stripe).ListAsync(list, key, ct), ct);
        await foreach (var charge in charges)
            if (charge is { Status: "succeeded", AmountCaptured: > 0 })
                yield return new(
                    charge.PaymentIntentId ?? charge.Id,
                    new(charge.AmountCaptured, charge.Currency.ToUpperInvariant()),
                    charge.AmountRefunded,
                    new DateTimeOffset(charge.Created),
                    PaymentId: PaymentIdOf(charge.Metadata) ?? default
                );
    }

    public async IAsyncEnumerable<NamedDispute> ListDisputesAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var list = new DisputeListOptions
        {
            Limit = MaxPage,
            Created = new DateRangeOptions { GreaterThanOrEqual = (clock.GetUtcNow() - DisputeWindow).UtcDateTime },
        };
        var disputes = AllAsync(list, (stripe, key) => new DisputeService(stripe).ListAsync(list, key, ct), ct);
        await foreach (var dispute in disputes)
            if (dispute.PaymentIntentId is { } intent)
                yield return new(dispute.Id, StateOf(dispute), ChargeId: intent);
    }

    /// <summary>Page by page, newest first.</summary>
    private async IAsyncEnumerable<T> AllAsync<T>(
        ListOptions list,
        Func<StripeClient, RequestOptions, Task<StripeList<T>>> ask,
        [EnumeratorCancellation] CancellationToken ct
    )
        where T : IHasId
    {
        for (var more = true; more; )
        {
            StripeList<T> page;
            try
            {
                page = await AskAsync(ask, null, ct);
            }
            catch (StripeException e)
            {
                throw Unavailable(e);
            }
            foreach (var item in page.Data)
                yield return item;
            more = page.HasMore && page.Data.Count > 0;
            list.StartingAfter = more ? page.Data[^1].Id : null;
        }
    }

    /// <summary>An inquiry (<c>warning_</c>) is a dispute that has not taken the money yet: refunded too, it would.</summary>
    private static DisputeState StateOf(global::Stripe.Dispute dispute) =>
        dispute.Status switch
        {
            "needs_response" or "warning_needs_response" => DisputeState.NeedsEvidence,
            "under_review" or "warning_under_review" => DisputeState.Opened,
            "won" or "warning_closed" or "prevented" => DisputeState.Won,
            "lost" => DisputeState.Lost,
            _ => throw new ProviderUnavailableException(
                $"The card processor's dispute status {dispute.Status} tells nothing."
            ),
        };

    public bool TakesEvidence => true;

    public async Task AnswerAsync(Payment payment, Disputes.Dispute dispute, CancellationToken ct)
    {
        var update = new DisputeUpdateOptions
        {
            Evidence = new() { UncategorizedText = dispute.Evidence },
            Submit = true,
        };
        try
        {
            await AskAsync(
                (stripe, key) => new DisputeService(stripe).UpdateAsync(dispute.ProviderId, update, key, ct),
                $"evidence-{dispute.Id}",
                ct
            );
        }
        // It is closed, or was answered before.
        catch (StripeException e) when (e.HttpStatusCode == HttpStatusCode.BadRequest) { }
        catch (StripeException e)
        {
            throw Unavailable(e);
        }
    }

    public async Task<RefundState> RefundAsync(Payment payment, Refund refund, CancellationToken ct)
    {
        try
        {
            // Looked up first: a key is forgotten after a day, a refund is not.
            var made = await MadeAsync(payment, refund, ct);
            if (KnownOf(made) is { } known)
                return known;
            // Each failed: the money is with us again.
            return made.Count < MaxRefunds
                ? await CreateAsync(payment, refund, made.Count, ct)
                : throw new ProviderUnavailableException($"The card processor's refunds failed, {MaxRefunds} times.");
        }
        catch (StripeException e) when (e.StripeError?.Code == "charge_disputed")
        {
            return RefundState.Disputed;
        }
        catch (StripeException e)
        {
            throw Unavailable(e);
        }
    }

    private async Task<RefundState> CreateAsync(Payment payment, Refund refund, int number, CancellationToken ct)
    {
        var create = new RefundCreateOptions
        {
            PaymentIntent = payment.SettlementId,
            Amount = refund.Amount,
            Metadata = new() { [PaymentIdKey] = payment.Id.ToString(), [RefundIdKey] = refund.Id.ToString() },
        };
        // Another amount is another request.
        var key = $"refund-{refund.Id}-of-{refund.Amount}-{number}";
        try
        {
            var made = await AskAsync((stripe, k) => new RefundService(stripe).CreateAsync(create, k, ct), key, ct);
            // What failed is looked up at the next check.
            return
                // Answered as the first time: somebody else asked at the same moment.
                (
                    IsReplay(made.StripeResponse) ? KnownOf(await MadeAsync(payment, refund, ct)) : StateOf(made.Status)
                ) ?? RefundState.Pending;
        }
        // By a person, at the processor's own pages.
        catch (StripeException e) when (e.StripeError?.Code == "charge_already_refunded")
        {
            return KnownOf((await ListAsync(payment, ct)).Where(r => NameOf(r) is null)) ?? throw Unavailable(e);
        }
    }

    private async Task<List<global::Stripe.Refund>> MadeAsync(Payment payment, Refund refund, CancellationToken ct) =>
        (await ListAsync(payment, ct)).FindAll(r => NameOf(r) == refund.Id.ToString());

    private static RefundState? KnownOf(IEnumerable<global::Stripe.Refund> made) =>
        made.Select(r => StateOf(r.Status)).FirstOrDefault(s => s is not null);

    private static string? NameOf(global::Stripe.Refund refund) =>
        refund.Metadata?.GetValueOrDefault(RefundIdKey) is { Length: > 0 } name ? name : null;

    private async Task<List<global::Stripe.Refund>> ListAsync(Payment payment, CancellationToken ct) =>
        (
            await AskAsync(
                (stripe, key) =>
                    new RefundService(stripe).ListAsync(
                        new() { PaymentIntent = payment.SettlementId, Limit = 100 },
                        key,
                        ct
                    ),
                null,
                ct
            )
        ).Data;

    private static RefundState? StateOf(string status) =>
        status switch
        {
            "succeeded" => RefundState.Completed,
            "failed" or "canceled" => null,
            _ => RefundState.Pending,
        };

    public async Task<IReadOnlyList<WebhookNotice>?> ReadWebhookAsync(
        string? path,
        IHeaderDictionary headers,
        ReadOnlyMemory<byte> body,
        CancellationToken ct
    )
    {
        var json = Encoding.UTF8.GetString(body.Span);
        var secret = await secrets.GetAsync(SecretNames.StripeWebhookSecret, ct);
        if (!IsSigned(json, headers["Stripe-Signature"].ToString(), secret))
            return null;
        try
        {
            return EventUtility.ParseEvent(json, throwOnApiVersionMismatch: false) is { Data.Object: { } about } told
                ? Read(told, about) is { } notice
                    ? [notice]
                    : []
                : throw Invalid();
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or ArgumentException or NullReferenceException)
        {
            throw Invalid();
        }
    }

    private static ProblemException Invalid() => new(400, "invalid", "The body is not an event of Stripe.");

    private bool IsSigned(string json, string signature, string secret)
    {
        try
        {
            EventUtility.ValidateSignature(
                json,
                signature,
                secret,
                ToleranceSeconds,
                clock.GetUtcNow().ToUnixTimeSeconds()
            );
            return true;
        }
        // The library reads the time as it comes.
        catch (Exception e) when (e is StripeException or FormatException or OverflowException or ArgumentException)
        {
            return false;
        }
    }

    /// <returns>Null of what is no payment's.</returns>
    private static WebhookNotice? Read(Event told, IHasObject about) =>
        about switch
        {
            PaymentIntent intent => Notice(told, intent.Id, intent.Metadata),
            global::Stripe.Charge charge => Notice(told, charge.PaymentIntentId, charge.Metadata),
            global::Stripe.Refund refund => Notice(told, refund.PaymentIntentId, refund.Metadata),
            global::Stripe.Dispute dispute => Notice(told, dispute.PaymentIntentId, null),
            _ => null,
        };

    private static WebhookNotice Notice(Event told, string? intent, Dictionary<string, string>? metadata) =>
        new(told.Id ?? "", told.Type ?? "", PaymentIdOf(metadata), ChargeId: intent);

    private static Guid? PaymentIdOf(Dictionary<string, string>? metadata) =>
        Guid.TryParse(metadata?.GetValueOrDefault(PaymentIdKey), out var payment) ? payment : null;

    /// <summary>A foreign payment's money is not this one's.</summary>
    private static bool IsOf(Payment payment, PaymentIntent intent) =>
        intent.Metadata?.GetValueOrDefault(PaymentIdKey) == payment.Id.ToString();

    private static Charge Map(PaymentIntent intent)
    {
        var card = intent.PaymentMethod?.Card;
        var paid = intent.LatestCharge?.PaymentMethodDetails?.Card;
        var failed = intent.LastPaymentError?.PaymentMethod?.Card;
        var settled = intent.Status == "succeeded";
        return new(
            intent.Id,
            intent.Status switch
            {
                "succeeded" => ChargeState.Settled,
                "canceled" => ChargeState.Cancelled,
                "requires_payment_method" => ChargeState.Failed,
                "processing" or "requires_action" or "requires_confirmation" or "requires_capture" => ChargeState.Open,
                _ => throw new ProviderUnavailableException(
                    $"The card processor's status {intent.Status} tells nothing."
                ),
            },
            new(settled ? intent.AmountReceived : intent.Amount, intent.Currency.ToUpperInvariant()),
            SettlementId: settled ? intent.Id : null,
            SettledAt: settled && intent.LatestCharge is { } charge ? new DateTimeOffset(charge.Created) : null,
            Brand: card?.Brand ?? paid?.Brand ?? failed?.Brand,
            Last4: card?.Last4 ?? paid?.Last4 ?? failed?.Last4,
            ChallengeUrl: intent.NextAction?.RedirectToUrl?.Url,
            FailureReason: intent.LastPaymentError is { } error ? ReasonOf(error) : null
        );
    }

    private static Charge Declined(Payment payment, PaymentIntent intent, StripeError error) =>
        IsOf(payment, intent)
            ? Map(intent) with
            {
                FailureReason = ReasonOf(error),
            }
            : throw new ProviderUnavailableException("The card processor answered about another payment.");

    private static string ReasonOf(StripeError error) =>
        (error.Code, error.DeclineCode) switch
        {
            ("payment_intent_authentication_failure", _) or (_, "authentication_required") => "authentication-failed",
            (_, "insufficient_funds") => "insufficient-funds",
            ("resource_missing", _) => "invalid-token",
            _ => "declined",
        };

    private static bool IsReplay(StripeResponse? response) =>
        response?.Headers?.TryGetValues("Idempotent-Replayed", out var values) == true && values.Contains("true");

    /// <param name="idempotencyKey">Of what changes something.</param>
    /// <exception cref="StripeException">It said no.</exception>
    private async Task<T> AskAsync<T>(
        Func<StripeClient, RequestOptions, Task<T>> ask,
        string? idempotencyKey,
        CancellationToken ct
    )
    {
        // Our own repeats are enough: the library would hold the request meanwhile.
        client ??= new(
            new StripeClientOptions
            {
                ApiKey = await secrets.GetAsync(SecretNames.StripeApiKey, ct),
                ApiBase = options.Value.Stripe.BaseUrl.TrimEnd('/'),
                HttpClient = new SystemNetHttpClient(http, maxNetworkRetries: 0, enableTelemetry: false),
            }
        );
        try
        {
            return await ask(client, new() { IdempotencyKey = idempotencyKey });
        }
        // The library falls over an answer of null.
        catch (Exception e)
            when (e is HttpRequestException or IOException or ObjectDisposedException or NullReferenceException
                || e is OperationCanceledException && !ct.IsCancellationRequested
            )
        {
            throw new ProviderUnavailableException("The card processor does not answer.", e);
        }
    }

    private static ProviderUnavailableException Unavailable(StripeException e)
    {
        var wait =
            e.StripeResponse?.Headers?.TryGetValues("Retry-After", out var values) == true
            && int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds > 0
                ? TimeSpan.FromSeconds(Math.Min(seconds, MaxRetryAfterSeconds))
                : (TimeSpan?)null;
        // The message may name people; the kind of error does not.
        return new(
            $"The card processor answered {(int)e.HttpStatusCode} {e.StripeError?.Code ?? e.StripeError?.Type}".TrimEnd()
                + ".",
            e,
            wait
        );
    }

    public void Dispose() => http.Dispose();
}
