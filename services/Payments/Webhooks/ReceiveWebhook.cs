using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Payments.Charges;
using Ticketing.Payments.Providers;
using Ticketing.ServiceDefaults;

namespace Ticketing.Payments.Webhooks;

internal static class ReceiveWebhook
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>A payment provider's signed notification.</summary>
    /// <remarks>
    /// The signature is over the raw body and is accepted for five minutes. Duplicates and events out of order are
    /// harmless, because the provider is asked what is true now. What cannot take effect yet (a payment that is not
    /// known, a provider that does not answer) is kept, answered with 202, and tried again.
    /// Problems: invalid-signature (400), not-found (404: no such provider).
    /// </remarks>
    /// <param name="provider">sandbox.</param>
    /// <response code="200">It has taken effect, now or before.</response>
    /// <response code="202">It is kept and will take effect later.</response>
    public static async Task<Results<Ok, Accepted>> Handle(
        string provider,
        HttpRequest request,
        NpgsqlDataSource source,
        ProviderDirectory providers,
        ChargeOutcome outcome,
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
        var webhook = new Webhook(Guid.CreateVersion7(), sender.Name, notice);
        var (processed, payment) = await FindAsync(source, webhook, ct);
        if (processed)
            return TypedResults.Ok();
        if (payment is not null)
            try
            {
                // Notes the event with its effect. If this ends before, the provider has no answer and repeats it.
                await outcome.RefreshAsync(payment, webhook, ct);
                return TypedResults.Ok();
            }
            catch (ProviderUnavailableException e)
            {
                logger.LogWarning("Webhook {Event} waits: {Reason}", notice.EventId, e.Message);
            }
        await KeepAsync(source, webhook, options.Value, ct);
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
        FROM (VALUES ($1, $2, $3, $4, $5, $6, $7)) w ({Webhook.Columns})
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
        command.Add(webhook).Add(options.ReconcileSeconds);
        await command.ExecuteNonQueryAsync(ct);
    }

    private const string Keep = $"""
        INSERT INTO received_webhooks ({Webhook.Columns}, next_check_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, now() + make_interval(secs => $8))
        ON CONFLICT (provider, event_id) DO NOTHING
        """;
}
