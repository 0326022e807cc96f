using System.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Payments.Charges;
using Ticketing.Payments.Providers;
using Ticketing.Payments.Providers.PixApi;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Webhooks;

internal static class ReceiveWebhook
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>What a webhook needs to have its effect.</summary>
    public sealed record Effect(
        NpgsqlDataSource Source,
        ProviderDirectory Providers,
        ChargeOutcome Outcome,
        IOptions<PaymentsOptions> Options,
        ILogger<ReceivedWebhook> Logger
    );

    /// <summary>A payment provider's signed notification.</summary>
    /// <remarks>
    /// The signature is over the raw body and is accepted for five minutes. Duplicates and events out of order are
    /// harmless, because the provider is asked what is true now. What cannot take effect yet (a payment that is not
    /// known, a provider that does not answer) is kept, answered with 202, and tried again.
    /// Problems: invalid-signature (400), not-found (404: no such provider).
    /// </remarks>
    /// <param name="provider">stripe.</param>
    /// <response code="200">It has taken effect, now or before.</response>
    /// <response code="202">It is kept and will take effect later.</response>
    public static async Task<Results<Ok, Accepted>> Handle(
        string provider,
        HttpRequest request,
        [AsParameters] Effect effect,
        CancellationToken ct
    )
    {
        var sender = effect.Providers.Find(provider) ?? throw ProblemException.NotFound("provider");
        var body = await ReadAsync(request, ct);
        var notices =
            await sender.ReadWebhookAsync(null, request.Headers, body, ct)
            ?? throw new ProblemException(400, "invalid-signature", "The signature is missing, wrong or too old.");
        return await TakeAsync(sender, notices, effect, ct);
    }

    /// <summary>A Pix bank's notification: one Pix or several.</summary>
    /// <remarks>
    /// The standard (API Pix) signs nothing: the path is a secret between the bank and us. Duplicates and forgeries are
    /// harmless, because the bank is asked what is true now. What cannot take effect yet is kept, answered with 202, and
    /// tried again. Problems: invalid (400), not-found (404: not that path).
    /// </remarks>
    /// <param name="path">As the bank was told at its registration.</param>
    /// <response code="200">All of it has taken effect, now or before.</response>
    /// <response code="202">Some of it is kept and will take effect later.</response>
    public static async Task<Results<Ok, Accepted>> HandlePix(
        string path,
        HttpRequest request,
        [AsParameters] Effect effect,
        CancellationToken ct
    )
    {
        // The server's span has the path, which is a secret.
        Activity.Current?.SetTag("url.path", WebhookRoutes.PixPath);
        var sender = effect.Providers.Find(PixApiProvider.ProviderName) ?? throw ProblemException.NotFound("provider");
        var body = await ReadAsync(request, ct);
        var notices =
            await sender.ReadWebhookAsync(path, request.Headers, body, ct)
            ?? throw ProblemException.NotFound("provider");
        return await TakeAsync(sender, notices, effect, ct);
    }

    private static async Task<Results<Ok, Accepted>> TakeAsync(
        IPaymentProvider sender,
        IReadOnlyList<WebhookNotice> notices,
        Effect effect,
        CancellationToken ct
    )
    {
        if (!notices.All(IsUsable))
            throw new ProblemException(400, "invalid", "The event has no usable id or type.");
        var done = true;
        foreach (var notice in notices)
            done &= await TakeAsync(new Webhook(Guid.CreateVersion7(), sender.Name, notice), effect, ct);
        return done ? TypedResults.Ok() : TypedResults.Accepted((string?)null);
    }

    /// <returns>False: it is kept for later.</returns>
    private static async Task<bool> TakeAsync(Webhook webhook, Effect effect, CancellationToken ct)
    {
        var (processed, payment) = await FindAsync(effect.Source, webhook, ct);
        if (processed)
            return true;
        if (payment is not null)
            try
            {
                // Notes the event with its effect. If this ends before, the provider has no answer and repeats it.
                await effect.Outcome.RefreshAsync(payment, webhook, ct);
                return true;
            }
            catch (ProviderUnavailableException e)
            {
                effect.Logger.LogWarning("Webhook {Event} waits: {Reason}", webhook.Notice.EventId, e.Reason());
            }
        await KeepAsync(effect.Source, webhook, effect.Options.Value, ct);
        return false;
    }

    private static bool IsUsable(WebhookNotice notice) =>
        notice.EventId.Length is > 0 and <= ReceivedWebhook.MaxEventId
        && notice.Type.Length is > 0 and <= ReceivedWebhook.MaxType
        && notice.ChargeId?.Length is null or <= Payment.MaxChargeId
        && !$"{notice.EventId}{notice.Type}{notice.ChargeId}".Any(char.IsControl);

    /// <summary>The body as it came: any other bytes would not match the signature.</summary>
    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentLength > MaxBytes)
            throw TooLarge();
        var buffer = new byte[MaxBytes + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        return length <= MaxBytes ? buffer.AsMemory(0, length) : throw TooLarge();
    }

    private static ProblemException TooLarge() => new(413, "too-large", $"At most {MaxBytes} bytes.");

    /// <summary>Whether the event has had its effect, and the payment that it names.</summary>
    private static async Task<(bool Processed, Payment? Payment)> FindAsync(
        NpgsqlDataSource source,
        Webhook webhook,
        CancellationToken ct
    )
    {
        await using var command = source.CreateCommand(Find);
        command.Add(webhook);
        return (await command.ReadAsync(row => (row.GetBoolean(0), Payment.Read(row, first: 1)), ct)).Single();
    }

    private static readonly string Find = $"""
        SELECT EXISTS (
                SELECT FROM received_webhooks r
                WHERE r.provider = w.provider AND r.event_id = w.event_id AND r.processed_at IS NOT NULL),
            {Payment.Columns("p")}
        FROM (VALUES ($1, $2, $3, $4, $5, $6, $7, $8)) w ({Webhook.Columns})
        LEFT JOIN payments p ON {Webhook.NamesPayment}
        """;

    private static async Task KeepAsync(
        NpgsqlDataSource source,
        Webhook webhook,
        PaymentsOptions options,
        CancellationToken ct
    )
    {
        await using var command = source.CreateCommand(Keep);
        command.Add(webhook).Add(options.CheckSeconds);
        await command.ExecuteNonQueryAsync(ct);
    }

    private const string Keep = $"""
        INSERT INTO received_webhooks ({Webhook.Columns}, next_check_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9))
        ON CONFLICT (provider, event_id) DO NOTHING
        """;
}
