using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Sandbox.Faults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Webhooks;

/// <summary>
/// Delivers events until the merchant answers 2xx. Each delivery about a card is signed anew:
/// <c>Stripe-Signature: t=&lt;unix seconds&gt;,v1=&lt;hex HMAC-SHA256(secret, "t.body")&gt;</c>. Of a Pix the address is all.
/// </summary>
internal sealed class WebhookSender(
    NpgsqlDataSource source,
    WebhookSignal signal,
    IHttpClientFactory http,
    SecretReader secrets,
    FaultSwitch faults,
    IOptions<SandboxOptions> options,
    IOptions<PublicOptions> site,
    TimeProvider clock,
    ILogger<WebhookSender> logger
) : BackgroundLoop(clock, logger)
{
    public const string HttpClientName = "webhooks";
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private const string SignatureHeader = "Stripe-Signature";
    private const int BatchSize = 100;
    private const int Parallelism = 16;
    private const int ClaimSeconds = 60;
    private const int MaxBackoffSeconds = 3600;

    /// <param name="PixUrl">Where the owner of the Pix key wants it, if he said so.</param>
    private sealed record Delivery(string Id, string Payload, bool IsPix, string? PixUrl);

    private readonly TimeProvider clock = clock;
    private readonly ILogger logger = logger;
    private readonly string url =
        options.Value.WebhookUrl ?? $"{site.Value.BaseUrl.TrimEnd('/')}/api/v1/payments/webhooks/stripe";
    private TimeSpan wait;

    protected override TimeSpan Pause { get; } = TimeSpan.FromSeconds(5);

    protected override Task WaitAsync(CancellationToken ct) => signal.WaitAsync(wait, ct);

    protected override async Task<bool> PassAsync(CancellationToken ct)
    {
        var fault = faults.Now;
        if (fault.Webhooks == WebhookFault.Late)
        {
            var left = fault.Until - clock.GetUtcNow();
            wait = left < Pause ? left : Pause;
            return false;
        }
        var batch = await ClaimAsync(ct);
        if (batch.Count == 0)
            return false;
        if (fault.Webhooks == WebhookFault.Lost)
        {
            await MarkAsync(batch, [], ct);
            return batch.Count == BatchSize;
        }
        var twice = options.Value.DuplicateWebhooks || fault.Webhooks == WebhookFault.Twice;
        var secret = Encoding.UTF8.GetBytes(await secrets.GetAsync(SecretNames.StripeWebhookSecret, ct));
        var delivered = new bool[batch.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, batch.Count),
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = ct },
            async (i, token) =>
                delivered[i] =
                    await SendAsync(batch[i], secret, token) && (!twice || await SendAsync(batch[i], secret, token))
        );
        await MarkAsync(batch.Where((_, i) => delivered[i]), batch.Where((_, i) => !delivered[i]), ct);
        // What failed has a time of its own now, which the next pass learns.
        return batch.Count == BatchSize || delivered.Contains(false);
    }

    private async Task<List<Delivery>> ClaimAsync(CancellationToken ct)
    {
        var order = options.Value.DuplicateWebhooks || faults.NewestFirst ? "created_at DESC" : "created_at";
        await using var command = source.CreateCommand(
            $"""
            WITH claimed AS (
                UPDATE webhooks
                SET attempts = attempts + 1, next_attempt_at = now() + interval '{ClaimSeconds} seconds'
                WHERE id = ANY(ARRAY(
                    SELECT id FROM webhooks WHERE next_attempt_at <= now()
                    ORDER BY next_attempt_at LIMIT {BatchSize} FOR UPDATE SKIP LOCKED))
                RETURNING id, payload, created_at, pix_key)
            SELECT next.due, claimed.id, claimed.payload, claimed.pix_key IS NOT NULL,
                (SELECT url FROM pix_webhooks WHERE key = claimed.pix_key)
            FROM (SELECT extract(epoch FROM min(next_attempt_at) - now())::float8 AS due
                FROM webhooks WHERE next_attempt_at > now()) next
            LEFT JOIN claimed ON true
            ORDER BY {order}
            """
        );
        var rows = await command.ReadAsync(
            row =>
                (
                    Due: row.IsDBNull(0) ? Pause.TotalSeconds : row.GetDouble(0),
                    Delivery: row.IsDBNull(1)
                        ? null
                        : new Delivery(
                            row.GetString(1),
                            row.GetString(2),
                            row.GetBoolean(3),
                            row.IsDBNull(4) ? null : row.GetString(4)
                        )
                ),
            ct
        );
        wait = TimeSpan.FromSeconds(Math.Min(rows[0].Due, Pause.TotalSeconds));
        return [.. rows.Select(r => r.Delivery).OfType<Delivery>()];
    }

    private async Task<bool> SendAsync(Delivery delivery, byte[] secret, CancellationToken ct)
    {
        if (delivery is { IsPix: true, PixUrl: null })
            return false;
        // By the standard /pix is appended to the address.
        using var request = new HttpRequestMessage(HttpMethod.Post, delivery.IsPix ? $"{delivery.PixUrl}/pix" : url)
        {
            Content = new StringContent(delivery.Payload, Encoding.UTF8, "application/json"),
        };
        if (!delivery.IsPix)
        {
            var time = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            var mac = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{time}.{delivery.Payload}"));
            request.Headers.Add(SignatureHeader, $"t={time},v1={Convert.ToHexStringLower(mac)}");
        }
        try
        {
            using var client = http.CreateClient(HttpClientName);
            using var response = await client.SendAsync(request, ct);
            if (response.IsSuccessStatusCode)
                return true;
            logger.LogWarning("Webhook {Id} was answered {Status}", delivery.Id, (int)response.StatusCode);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            logger.LogWarning("Webhook {Id} was not delivered: {Reason}", delivery.Id, e.Message);
        }
        return false;
    }

    private async Task MarkAsync(IEnumerable<Delivery> done, IEnumerable<Delivery> failed, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            WITH delivered AS (DELETE FROM webhooks WHERE id = ANY($1))
            UPDATE webhooks
            SET next_attempt_at = now() + make_interval(secs => least($3 * 2 ^ (least(attempts, 30) - 1), $4))
            WHERE id = ANY($2)
            """
        );
        command.Add(
            done.Select(d => d.Id).ToArray(),
            failed.Select(d => d.Id).ToArray(),
            options.Value.WebhookRetrySeconds,
            (double)MaxBackoffSeconds
        );
        await command.ExecuteNonQueryAsync(ct);
    }
}
