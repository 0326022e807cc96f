using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Ticketing.Contracts;
using Ticketing.Payments.Charges;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Providers;

/// <summary>The sandbox provider's API.</summary>
internal sealed class SandboxProvider(IHttpClientFactory http, SecretReader secrets, TimeProvider clock)
    : IPaymentProvider
{
    public const string ProviderName = "sandbox";

    public string Name => ProviderName;

    public bool Takes(PaymentMethod method, string currency) => method == PaymentMethod.Card;

    private sealed record CardCharge(
        Guid Id,
        string Status,
        Money Amount,
        string Brand,
        string Last4,
        string? ChallengeUrl,
        string? FailureReason,
        DateTimeOffset? SettledAt,
        bool Disputed
    );

    private sealed record CardCharges(IReadOnlyList<CardCharge> Items);

    private sealed record RefundAnswer(string Status);

    public async Task<Charge> CreateAsync(Payment payment, Payer payer, CancellationToken ct)
    {
        var body = new
        {
            token = payer.CardToken,
            amount = payment.Total,
            reference = payment.Id.ToString(),
        };
        using var answer = await SendAsync(HttpMethod.Post, "/sandbox/cards/charges", body, payment.Id.ToString(), ct);
        // Refused may also be a repeat with another token: what the first one did counts.
        return answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity
            ? await FindAsync(payment, ct) ?? await RefusedAsync(payment, answer, ct)
            : Map(await ReadAsync<CardCharge>(answer, ct));
    }

    public async Task<Charge?> FindAsync(Payment payment, CancellationToken ct)
    {
        if (payment.ChargeId is { } id)
        {
            using var answer = await SendAsync(HttpMethod.Get, CardPath(id), null, null, ct);
            return Map(await ReadAsync<CardCharge>(answer, ct));
        }
        using var list = await SendAsync(
            HttpMethod.Get,
            $"/sandbox/cards/charges?reference={payment.Id}",
            null,
            null,
            ct
        );
        var found = (await ReadAsync<CardCharges>(list, ct)).Items;
        return found.Count == 0 ? null : Map(found[0]);
    }

    public async Task<Charge?> CancelAsync(Payment payment, CancellationToken ct)
    {
        var id = payment.ChargeId ?? (await FindAsync(payment, ct))?.Id;
        if (id is null)
            return null;
        using var answer = await SendAsync(HttpMethod.Post, CardPath(id) + "/cancel", null, null, ct);
        if (answer.StatusCode != HttpStatusCode.Conflict)
            return Map(await ReadAsync<CardCharge>(answer, ct));
        using var settled = await SendAsync(HttpMethod.Get, CardPath(id), null, null, ct);
        return Map(await ReadAsync<CardCharge>(settled, ct));
    }

    public async Task<RefundState> RefundAsync(Payment payment, CancellationToken ct)
    {
        // One refund a payment: the payment's id names it.
        var path = $"{CardPath(payment.SettlementId!)}/refunds/{payment.Id:N}";
        using var answer = await SendAsync(HttpMethod.Put, path, new { amount = payment.Total }, null, ct);
        if (answer.StatusCode == HttpStatusCode.Conflict && await SaysAsync(answer, "charge-disputed", ct))
            return RefundState.Disputed;
        return (await ReadAsync<RefundAnswer>(answer, ct)).Status == "completed"
            ? RefundState.Completed
            : RefundState.Pending;
    }

    public async Task<IReadOnlyList<WebhookNotice>?> ReadWebhookAsync(
        string? path,
        IHeaderDictionary headers,
        ReadOnlyMemory<byte> body,
        CancellationToken ct
    )
    {
        var secret = await secrets.GetAsync(SecretNames.StripeWebhookSecret, ct);
        return SandboxSignature.IsValid(headers, body.Span, secret, clock.GetUtcNow())
            ? [SandboxSignature.Read(body)]
            : null;
    }

    private static string CardPath(string chargeId) => $"/sandbox/cards/charges/{chargeId}";

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        object? body,
        string? idempotencyKey,
        CancellationToken ct
    )
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            await secrets.GetAsync(SecretNames.StripeApiKey, ct)
        );
        if (idempotencyKey is not null)
            request.Headers.Add(Idempotency.Header, idempotencyKey);
        if (body is not null)
            request.Content = JsonContent.Create(body, body.GetType(), options: ServiceDefaultsExtensions.Json);
        using var client = http.CreateClient(ProviderName);
        try
        {
            return await client.SendAsync(request, ct);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            throw new ProviderUnavailableException("The sandbox provider does not answer.", e);
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, CancellationToken ct)
    {
        if (!answer.IsSuccessStatusCode)
            throw new ProviderUnavailableException($"The sandbox provider answered {(int)answer.StatusCode}.");
        try
        {
            return await answer.Content.ReadFromJsonAsync<T>(ServiceDefaultsExtensions.Json, ct)
                ?? throw new ProviderUnavailableException("The sandbox provider answered null.");
        }
        catch (Exception e) when (e is JsonException or HttpRequestException)
        {
            throw new ProviderUnavailableException("The sandbox provider's answer is broken.", e);
        }
    }

    private static async Task<Charge> RefusedAsync(Payment payment, HttpResponseMessage answer, CancellationToken ct) =>
        Charge.Refused(payment, await SaysAsync(answer, "invalid-token", ct) ? "invalid-token" : "refused");

    private static async Task<bool> SaysAsync(HttpResponseMessage answer, string problem, CancellationToken ct) =>
        (await answer.Content.ReadAsStringAsync(ct)).Contains(problem, StringComparison.Ordinal);

    private static Charge Map(CardCharge charge) =>
        new(
            charge.Id.ToString(),
            charge.Status switch
            {
                "processing" or "requiresAction" => ChargeState.Open,
                "settled" => ChargeState.Settled,
                "failed" => ChargeState.Failed,
                "cancelled" => ChargeState.Cancelled,
                _ => throw Unknown(charge.Status),
            },
            charge.Amount,
            SettlementId: charge.Status == "settled" ? charge.Id.ToString() : null,
            SettledAt: charge.SettledAt,
            Brand: charge.Brand,
            Last4: charge.Last4,
            ChallengeUrl: charge.ChallengeUrl,
            FailureReason: charge.FailureReason,
            Disputed: charge.Disputed
        );

    private static ProviderUnavailableException Unknown(string status) =>
        new($"The sandbox provider's status {status} is not known here.");
}
