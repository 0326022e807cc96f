using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.Payments.Providers;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Webhooks;

internal static class ReceiveWebhook
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>A payment provider's signed notification.</summary>
    /// <remarks>
    /// The signature is over the raw body and is accepted for five minutes. Each event is stored once; duplicates and
    /// events out of order are harmless, because the provider is asked what is true now. What cannot take effect yet
    /// (a payment that is not known, a provider that does not answer) is kept, answered with 202, and tried again.
    /// Problems: invalid-signature (400), not-found (404: no such provider).
    /// </remarks>
    /// <param name="provider">sandbox.</param>
    /// <response code="200">It has taken effect, now or before.</response>
    /// <response code="202">It is kept and will take effect later.</response>
    public static async Task<Results<Ok, Accepted>> Handle(
        string provider,
        HttpRequest request,
        PaymentsDb db,
        ProviderDirectory providers,
        WebhookEffect effect,
        IOptions<PaymentsOptions> options,
        ILogger<ReceivedWebhook> logger,
        CancellationToken ct
    )
    {
        var sender = providers.Find(provider) ?? throw ProblemException.NotFound("provider");
        var body = await ReadAsync(request, ct);
        var notice =
            await sender.ReadWebhookAsync(request.Headers, body, ct)
            ?? throw new ProblemException(400, "invalid-signature", "The signature is missing, wrong or too old.");
        if (!IsUsable(notice))
            throw new ProblemException(400, "invalid", "The event has no usable id or type.");
        var webhook = await StoreAsync(db, sender.Name, notice, options.Value, ct);
        try
        {
            if (webhook.ProcessedAt is not null || await effect.RunAsync(webhook, ct))
                return TypedResults.Ok();
        }
        catch (ProviderUnavailableException e)
        {
            logger.LogWarning("Webhook {Event} waits: {Reason}", webhook.EventId, e.Message);
        }
        return TypedResults.Accepted((string?)null);
    }

    private static bool IsUsable(WebhookNotice notice) =>
        notice.EventId.Length is > 0 and <= ReceivedWebhook.MaxEventId
        && notice.Type.Length is > 0 and <= ReceivedWebhook.MaxType
        && !notice.EventId.Concat(notice.Type).Any(char.IsControl);

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

    private static async Task<ReceivedWebhook> StoreAsync(
        PaymentsDb db,
        string provider,
        WebhookNotice notice,
        PaymentsOptions options,
        CancellationToken ct
    )
    {
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO received_webhooks
                (id, provider, event_id, type, payment_id, tx_id, refund_id, checks, next_check_at)
            VALUES ({Guid.CreateVersion7()}, {provider}, {notice.EventId}, {notice.Type}, {notice.PaymentId},
                {notice.TxId}, {notice.RefundId}, 0, now() + make_interval(secs => {options.ReconcileSeconds}))
            ON CONFLICT (provider, event_id) DO NOTHING
            """,
            ct
        );
        return await db
            .Webhooks.AsNoTracking()
            .SingleAsync(w => w.Provider == provider && w.EventId == notice.EventId, ct);
    }
}
