using System.Text.Json;
using Dapr.Client;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.Notifications.Mails;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Deliveries;

/// <summary>
/// Sends what is due. Each sender claims one delivery, sends it outside any transaction and notes the end; a claim
/// outlives a send, so no two replicas have the same delivery at once.
/// </summary>
internal sealed class DeliveryWorker(
    IServiceScopeFactory scopes,
    DaprClient dapr,
    IOptions<NotificationsOptions> options,
    IOptions<PublicOptions> publicOptions,
    MailMetrics metrics,
    ILogger<DeliveryWorker> logger
) : BackgroundService
{
    private const int ClaimSeconds = 60;
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromMinutes(30);

    private sealed record Claim(
        Guid Id,
        Guid OrderId,
        string Kind,
        string Recipient,
        string Content,
        int Attempts,
        string? TraceParent
    );

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Value.Senders).Select(_ => SendAllAsync(stoppingToken)));

    private async Task SendAllAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                while (await SendNextAsync(stopping)) { }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested) { }
            catch (Exception e)
            {
                logger.LogWarning("The mails wait: {Reason}", e.Message);
            }
            await Task.Delay(TimeSpan.FromSeconds(options.Value.PollSeconds), stopping)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> SendNextAsync(CancellationToken stopping)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<NotificationsDb>();
        if (await ClaimAsync(db, stopping) is not { } claim)
            return false;
        using var span = Traces.Continue(
            $"mail {JsonNamingPolicy.KebabCaseLower.ConvertName(claim.Kind)}",
            claim.TraceParent
        );
        span?.SetTag(Traces.OrderId, claim.OrderId.ToString());
        try
        {
            await SendAsync(claim, stopping);
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            await NoteFailureAsync(db, claim, e, stopping);
            return true;
        }
        metrics.Tried(claim.Kind, "sent");
        // Past this point the mail is out: note it also when the service is stopping.
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE deliveries SET state = 'Sent', sent_at = now(), content = NULL, last_error = NULL, claimed_until = NULL
            WHERE id = {claim.Id} AND state = 'Pending'
            """,
            CancellationToken.None
        );
        return true;
    }

    private static async Task<Claim?> ClaimAsync(NotificationsDb db, CancellationToken ct) =>
        (
            await db
                .Database.SqlQuery<Claim>(
                    $"""
                    UPDATE deliveries SET attempts = attempts + 1, claimed_until = now() + make_interval(secs => {ClaimSeconds})
                    WHERE id = (
                        SELECT id FROM deliveries
                        WHERE state = 'Pending' AND next_attempt_at <= now() AND (claimed_until IS NULL OR claimed_until < now())
                        ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)
                    RETURNING id, order_id, kind, recipient, content::text AS content, attempts, trace_parent
                    """
                )
                .ToListAsync(ct)
        ).SingleOrDefault();

    private async Task SendAsync(Claim claim, CancellationToken stopping)
    {
        var content = JsonSerializer.Deserialize<MailContent>(claim.Content, ServiceDefaultsExtensions.Json)!;
        var mail = Templates.Render(Enum.Parse<MailKind>(claim.Kind), content, publicOptions.Value.BaseUrl);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        timeout.CancelAfter(SendTimeout);
        await dapr.InvokeBindingAsync(
            Components.Email,
            "create",
            mail.Html,
            new Dictionary<string, string>
            {
                ["emailFrom"] = options.Value.From,
                ["emailTo"] = MailGuard.Address(claim.Recipient),
                ["emailCC"] = "",
                ["emailBCC"] = "",
                ["subject"] = MailGuard.Subject(mail.Subject),
                ["text"] = mail.Text,
            },
            timeout.Token
        );
    }

    private async Task NoteFailureAsync(NotificationsDb db, Claim claim, Exception exception, CancellationToken ct)
    {
        var gaveUp = exception is UnsendableMailException || claim.Attempts >= options.Value.MaxAttempts;
        metrics.Tried(claim.Kind, gaveUp ? "failed" : "retried");
        // The provider's words may hold the address: they go to the row, which forgets them with the person.
        logger.LogWarning(
            "Mail {Delivery} ({Kind}) was not sent at try {Attempt}{End}: {Error}",
            claim.Id,
            claim.Kind,
            claim.Attempts,
            gaveUp ? ", the last" : "",
            exception.GetType().Name
        );
        var error = exception.Message[..Math.Min(exception.Message.Length, Delivery.MaxErrorLength)];
        var state = (gaveUp ? DeliveryState.Failed : DeliveryState.Pending).ToString();
        var wait = RetryDelay(claim.Attempts).TotalSeconds;
        await db.InTransactionAsync(
            async token =>
            {
                var changed = await db.Database.ExecuteSqlAsync(
                    $"""
                    UPDATE deliveries SET state = {state}, last_error = {error}, claimed_until = NULL,
                        next_attempt_at = now() + make_interval(secs => {wait})
                    WHERE id = {claim.Id} AND state = 'Pending' AND attempts = {claim.Attempts}
                    """,
                    token
                );
                if (changed == 1 && gaveUp)
                    db.Publish(
                        new NotificationFailed(
                            claim.Id,
                            claim.OrderId,
                            claim.Kind,
                            await db.Database.SqlQuery<DateTimeOffset>($"SELECT now() AS \"Value\"").SingleAsync(token)
                        )
                    );
                return changed;
            },
            ct
        );
    }

    private TimeSpan RetryDelay(int attempts)
    {
        var seconds = options.Value.RetrySeconds * Math.Pow(2, attempts - 1);
        return TimeSpan.FromSeconds(Math.Min(seconds, MaxRetryDelay.TotalSeconds));
    }
}
