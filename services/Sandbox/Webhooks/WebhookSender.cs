using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox.Webhooks;

/// <summary>Wakes the sender after a commit.</summary>
internal sealed class WebhookSignal : IDisposable
{
    private readonly SemaphoreSlim signal = new(0, 1);

    public void Pulse()
    {
        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already awake.
        }
    }

    public Task WaitAsync(TimeSpan atMost, CancellationToken ct) => signal.WaitAsync(atMost, ct);

    public void Dispose() => signal.Dispose();
}

/// <summary>
/// Delivers events until the merchant answers 2xx. Each delivery is signed anew:
/// <c>Sandbox-Signature: t=&lt;unix seconds&gt;,v1=&lt;hex HMAC-SHA256(secret, "t.body")&gt;</c>.
/// </summary>
internal sealed class WebhookSender(
    NpgsqlDataSource source,
    WebhookSignal signal,
    IHttpClientFactory http,
    SecretReader secrets,
    IOptions<SandboxOptions> options,
    IOptions<PublicOptions> site,
    TimeProvider clock,
    ILogger<WebhookSender> logger
) : BackgroundService
{
    public const string HttpClientName = "webhooks";
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private const string SignatureHeader = "Sandbox-Signature";
    private const int BatchSize = 100;
    private const int Parallelism = 8;
    private const int ClaimSeconds = 60;
    private const int MaxBackoffSeconds = 3600;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    private sealed record Delivery(string Id, string Payload);

    private readonly string url =
        options.Value.WebhookUrl ?? $"{site.Value.BaseUrl.TrimEnd('/')}/api/v1/payments/webhooks/sandbox";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await SendBatchAsync(stoppingToken) == BatchSize) { }
                await signal.WaitAsync(MaxWait, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
            catch (Exception e)
            {
                logger.LogWarning("Webhooks wait: {Reason}", e.Message);
                await Task.Delay(MaxWait, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<int> SendBatchAsync(CancellationToken ct)
    {
        var batch = await ClaimAsync(ct);
        if (batch.Count == 0)
            return 0;
        var secret = Encoding.UTF8.GetBytes(await secrets.GetAsync(SecretNames.SandboxWebhookSecret, ct));
        await Parallel.ForEachAsync(
            batch,
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = ct },
            async (delivery, token) =>
            {
                var done = await SendAsync(delivery, secret, token);
                if (done && options.Value.DuplicateWebhooks)
                    done = await SendAsync(delivery, secret, token);
                await SettleAsync(delivery, done, token);
            }
        );
        return batch.Count;
    }

    private async Task<List<Delivery>> ClaimAsync(CancellationToken ct)
    {
        var order = options.Value.DuplicateWebhooks ? "id DESC" : "id";
        await using var command = source.CreateCommand(
            $"""
            WITH due AS (
                SELECT id FROM webhooks WHERE next_attempt_at <= now()
                ORDER BY {order} LIMIT {BatchSize} FOR UPDATE SKIP LOCKED),
            claimed AS (
                UPDATE webhooks w
                SET attempts = attempts + 1, next_attempt_at = now() + interval '{ClaimSeconds} seconds'
                FROM due WHERE w.id = due.id
                RETURNING w.id, w.payload)
            SELECT id, payload FROM claimed ORDER BY {order}
            """
        );
        await using var reader = await command.ExecuteReaderAsync(ct);
        var batch = new List<Delivery>();
        while (await reader.ReadAsync(ct))
            batch.Add(new(reader.GetString(0), reader.GetString(1)));
        return batch;
    }

    private async Task<bool> SendAsync(Delivery delivery, byte[] secret, CancellationToken ct)
    {
        var time = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var mac = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{time}.{delivery.Payload}"));
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new StringContent(delivery.Payload, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add(SignatureHeader, $"t={time},v1={Convert.ToHexStringLower(mac)}");
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

    private async Task SettleAsync(Delivery delivery, bool done, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            done
                ? "DELETE FROM webhooks WHERE id = $1"
                : """
                UPDATE webhooks
                SET next_attempt_at = now() + make_interval(secs => least($2 * 2 ^ (least(attempts, 30) - 1), $3))
                WHERE id = $1
                """
        );
        command.Parameters.AddWithValue(delivery.Id);
        if (!done)
        {
            command.Parameters.AddWithValue(options.Value.WebhookRetrySeconds);
            command.Parameters.AddWithValue((double)MaxBackoffSeconds);
        }
        await command.ExecuteNonQueryAsync(ct);
    }
}
