using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Ticketing.Payments.Charges;
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
        var (id, processed, payment) = await StoreAsync(source, sender.Name, notice, options.Value, ct);
        if (processed)
            return TypedResults.Ok();
        if (payment is null)
            return TypedResults.Accepted((string?)null);
        try
        {
            await outcome.RefreshAsync(payment, id, ct);
            return TypedResults.Ok();
        }
        catch (ProviderUnavailableException e)
        {
            logger.LogWarning("Webhook {Event} waits: {Reason}", notice.EventId, e.Message);
            return TypedResults.Accepted((string?)null);
        }
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

    /// <summary>Keeps the event, and tells whether it has had its effect and which payment it names; one statement.</summary>
    private static async Task<(Guid Id, bool Processed, Payment? Payment)> StoreAsync(
        NpgsqlDataSource source,
        string provider,
        WebhookNotice notice,
        PaymentsOptions options,
        CancellationToken ct
    )
    {
        while (true)
        {
            await using var command = source.CreateCommand(Store);
            command
                .Add(NpgsqlDbType.Uuid, Guid.CreateVersion7())
                .Add(NpgsqlDbType.Text, provider)
                .Add(NpgsqlDbType.Text, notice.EventId)
                .Add(NpgsqlDbType.Text, notice.Type)
                .Add(NpgsqlDbType.Uuid, notice.PaymentId)
                .Add(NpgsqlDbType.Uuid, notice.OrderId)
                .Add(NpgsqlDbType.Integer, notice.Attempt)
                .Add(NpgsqlDbType.Double, options.ReconcileSeconds);
            var rows = await command.ReadAsync(
                row => (row.GetGuid(0), row.GetBoolean(1), Payment.Read(row, first: 2)),
                ct
            );
            if (rows is [var row])
                return row;
            // The same event at the same time was not yet to be seen: it is now.
        }
    }

    private static readonly string Store = $"""
        WITH stored AS (
            INSERT INTO received_webhooks
                (id, provider, event_id, type, payment_id, order_id, attempt, checks, next_check_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, 0, now() + make_interval(secs => $8))
            ON CONFLICT (provider, event_id) DO NOTHING
            RETURNING *),
        w AS (
            SELECT * FROM stored
            UNION ALL
            SELECT * FROM received_webhooks
            WHERE provider = $2 AND event_id = $3 AND NOT EXISTS (SELECT FROM stored))
        SELECT w.id, w.processed_at IS NOT NULL, {Payment.Columns("p")}
        FROM w LEFT JOIN payments p ON {ReceivedWebhook.NamesPayment}
        """;
}
