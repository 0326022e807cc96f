using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Dapr.Client;
using Microsoft.Extensions.Options;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Notifications.Mails;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Deliveries;

/// <summary>
/// Sends what is due, batch after batch: claims some deliveries in one statement, sends them side by side outside any
/// transaction, notes the ends in one statement. A claim outlives its batch, so no two replicas have the same delivery.
/// </summary>
internal sealed class DeliveryWorker(
    NpgsqlDataSource source,
    DeliverySignal signal,
    MailRenderer renderer,
    DaprClient dapr,
    Peers peers,
    IOptions<NotificationsOptions> options,
    MailMetrics metrics,
    TimeProvider clock,
    ILogger<DeliveryWorker> logger
) : BackgroundLoop(clock, logger)
{
    /// <summary>Each sender has so many of a batch, one after the other.</summary>
    private const int MailsPerSender = 16;
    private const int SendSeconds = 10;

    /// <summary>Longer than the slowest batch.</summary>
    private const int ClaimSeconds = MailsPerSender * SendSeconds + 20;
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromMinutes(30);

    private sealed record Claim(
        Guid Id,
        Guid OrderId,
        MailKind Kind,
        Guid? PersonId,
        string Recipient,
        string Content,
        int Attempts,
        string? TraceParent
    );

    private sealed record Failure(Claim Claim, string Reason, bool GaveUp, TimeSpan Wait);

    /// <summary>For what other replicas left and for retries; what is noted here wakes the loop at once.</summary>
    protected override TimeSpan Pause { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Until the first of the mails that failed here may be tried again.</summary>
    private TimeSpan retry = TimeSpan.MaxValue;

    /// <summary>Nobody waits for a mail so closely; those that come together cost one claim.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(250);

    protected override async Task WaitAsync(CancellationToken ct)
    {
        await signal.WaitAsync(retry < Pause ? retry : Pause, ct);
        await Task.Delay(Gathering, Clock, ct);
    }

    protected override async Task<bool> PassAsync(CancellationToken ct)
    {
        var senders = options.Value.Senders;
        retry = TimeSpan.MaxValue;
        var claims = await ClaimAsync(senders * MailsPerSender, ct);
        if (claims.Count == 0)
            return false;
        var (sent, failed) = (new ConcurrentBag<Guid>(), new ConcurrentBag<Failure>());
        var withheld = new List<Guid>();
        try
        {
            var proven = await ProvenAsync(claims, ct);
            withheld.AddRange(claims.Where(c => !proven.Contains(c.Id) && IsOfNoPurchase(c.Kind)).Select(c => c.Id));
            await Parallel.ForEachAsync(
                claims.ExceptBy(withheld, c => c.Id),
                new ParallelOptions { MaxDegreeOfParallelism = senders, CancellationToken = ct },
                async (claim, _) =>
                {
                    if (await SendAsync(claim, proven.Contains(claim.Id)) is { } failure)
                        failed.Add(failure);
                    else
                        sent.Add(claim.Id);
                }
            );
        }
        finally
        {
            // Also when the service is stopping: what was begun is out by now, the rest is for another replica.
            await NoteEndedAsync(sent, DeliveryState.Sent);
            await NoteEndedAsync(withheld, DeliveryState.Withheld);
            await NoteFailuresAsync([.. failed]);
            await ReleaseAsync([
                .. claims.Select(c => c.Id).Except(sent).Except(withheld).Except(failed.Select(f => f.Claim.Id)),
            ]);
        }
        retry = failed.Where(f => !f.GaveUp).Select(f => f.Wait).DefaultIfEmpty(TimeSpan.MaxValue).Min();
        return claims.Count == senders * MailsPerSender || retry == TimeSpan.Zero;
    }

    /// <summary>An order that came to nothing cost whoever placed it nothing: it must not write to strangers.</summary>
    private static bool IsOfNoPurchase(MailKind kind) => kind is MailKind.OrderExpired or MailKind.OrderCancelled;

    /// <summary>
    /// Whose account has proven the very address that the mail goes to. Who is asked does not answer: all wait, nothing is
    /// withheld.
    /// </summary>
    private async Task<HashSet<Guid>> ProvenAsync(List<Claim> claims, CancellationToken ct)
    {
        var proven = new HashSet<(Guid, string)>();
        foreach (var ids in claims.Select(c => c.PersonId).OfType<Guid>().Distinct().Chunk(FindUsers.Most))
        {
            var path = $"internal/users/several?ids={string.Join(',', ids)}";
            foreach (var user in await peers.GetAsync<List<UserRef>>(AppIds.Users, path, ct))
                if (user.EmailVerified)
                    proven.Add((user.Id, user.Email));
        }
        return [.. claims.Where(c => c.PersonId is { } id && proven.Contains((id, c.Recipient))).Select(c => c.Id)];
    }

    private async Task<List<Claim>> ClaimAsync(int limit, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            $"""
            UPDATE deliveries SET attempts = attempts + 1, claimed_until = now() + interval '{ClaimSeconds} seconds'
            WHERE id IN (
                SELECT id FROM deliveries
                WHERE state = 'Pending' AND next_attempt_at <= now() AND (claimed_until IS NULL OR claimed_until < now())
                ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED)
            RETURNING id, order_id, kind, person_id, recipient, content, attempts, trace_parent
            """
        );
        command.Add(limit);
        return await command.ReadAsync(
            row => new Claim(
                row.GetGuid(0),
                row.GetGuid(1),
                Enum.Parse<MailKind>(row.GetString(2)),
                row.Nullable<Guid>(3),
                row.GetString(4),
                row.GetString(5),
                row.GetInt32(6),
                row.IsDBNull(7) ? null : row.GetString(7)
            ),
            ct
        );
    }

    /// <param name="proven">Else the mail leads nowhere but here.</param>
    /// <returns>Null when it was sent.</returns>
    private async Task<Failure?> SendAsync(Claim claim, bool proven)
    {
        using var span = Traces.Continue(
            $"mail {JsonNamingPolicy.KebabCaseLower.ConvertName($"{claim.Kind}")}",
            claim.TraceParent
        );
        span?.SetTag(Traces.OrderId, claim.OrderId.ToString());
        try
        {
            var content = JsonSerializer.Deserialize<MailContent>(claim.Content, ServiceDefaultsExtensions.Json)!;
            var mail = await renderer.RenderAsync(claim.Kind, proven ? content : content.WithoutLinksOfOthers());
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(SendSeconds));
            await dapr.InvokeBindingAsync(RequestFor(mail, claim.Recipient), timeout.Token);
            metrics.Tried($"{claim.Kind}", "sent");
            return null;
        }
        catch (Exception e)
        {
            var gaveUp = e is UnsendableMailException || claim.Attempts >= options.Value.MaxAttempts;
            metrics.Tried($"{claim.Kind}", gaveUp ? "failed" : "retried");
            logger.LogWarning(
                "Mail {Delivery} ({Kind}) was not sent at try {Attempt}{End}: {Reason}",
                claim.Id,
                claim.Kind,
                claim.Attempts,
                gaveUp ? ", the last" : "",
                e.Reason()
            );
            return new(claim, e.Reason(), gaveUp, RetryDelay(claim.Attempts));
        }
    }

    private BindingRequest RequestFor(Mail mail, string recipient) =>
        new(Components.Email, "create")
        {
            Data = Encoding.UTF8.GetBytes(MailBody.Quote(mail.Html)),
            Metadata =
            {
                ["emailFrom"] = options.Value.From,
                ["emailTo"] = MailHeaders.Address(recipient),
                ["emailCC"] = "",
                ["emailBCC"] = "",
                ["subject"] = MailHeaders.Subject(mail.Subject),
                ["text"] = mail.Text,
            },
        };

    /// <summary>They are at their end: nothing of them is said any more.</summary>
    private async Task NoteEndedAsync(IReadOnlyCollection<Guid> ended, DeliveryState state)
    {
        if (ended.Count == 0)
            return;
        await using var command = source.CreateCommand(
            """
            UPDATE deliveries SET state = $2, sent_at = CASE $2 WHEN 'Sent' THEN now() END, content = NULL,
                last_error = NULL, claimed_until = NULL
            WHERE id = ANY($1) AND state = 'Pending'
            """
        );
        command.Add(ended.ToArray(), $"{state}");
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private async Task NoteFailuresAsync(Failure[] failed)
    {
        if (failed.Length == 0)
            return;
        await using var command = source.CreateCommand(
            """
            UPDATE deliveries d SET state = CASE WHEN f.gave_up THEN 'Failed' ELSE 'Pending' END, last_error = f.reason,
                claimed_until = NULL, next_attempt_at = now() + make_interval(secs => f.wait)
            FROM unnest($1, $2, $3, $4, $5) AS f (id, attempts, reason, gave_up, wait)
            WHERE d.id = f.id AND d.attempts = f.attempts AND d.state = 'Pending'
            """
        );
        command.Add(
            failed.Select(f => f.Claim.Id).ToArray(),
            failed.Select(f => f.Claim.Attempts).ToArray(),
            failed.Select(f => f.Reason).ToArray(),
            failed.Select(f => f.GaveUp).ToArray(),
            failed.Select(f => f.Wait.TotalSeconds).ToArray()
        );
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private async Task ReleaseAsync(Guid[] untouched)
    {
        if (untouched.Length == 0)
            return;
        await using var command = source.CreateCommand(
            "UPDATE deliveries SET claimed_until = NULL, attempts = attempts - 1 WHERE id = ANY($1) AND state = 'Pending'"
        );
        command.Add(untouched);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private TimeSpan RetryDelay(int attempts)
    {
        var seconds = options.Value.RetrySeconds * Math.Pow(2, attempts - 1);
        return TimeSpan.FromSeconds(Math.Min(seconds, MaxRetryDelay.TotalSeconds));
    }
}
