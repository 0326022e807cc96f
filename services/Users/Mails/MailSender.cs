using Dapr.Client;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Users.OpenId;

namespace Ticketing.Users.Mails;

/// <summary>A mail was noted.</summary>
internal sealed class MailSignal : Signal;

/// <summary>
/// Sends the mails about accounts, one at a time: Dapr's SMTP binding mixes up the recipients of concurrent requests. A
/// claim puts the next try off, so that no two replicas send the same mail at once.
/// </summary>
internal sealed class MailSender(
    IServiceScopeFactory scopes,
    DaprClient dapr,
    MailSignal signal,
    ProviderStartup startup,
    PublicOrigin origin,
    IOptions<UsersOptions> options,
    TimeProvider clock,
    ILogger<MailSender> logger
) : BackgroundLoop(clock, logger)
{
    private const int MaxAttempts = 12;
    private const int ClaimSeconds = 60;
    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(30);

    protected override TimeSpan Pause { get; } = TimeSpan.FromSeconds(15);

    protected override Task WaitAsync(CancellationToken ct) => signal.WaitAsync(Pause, ct);

    protected override async Task<bool> PassAsync(CancellationToken ct)
    {
        await startup.Ready.WaitAsync(ct);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<UsersDb>();
        var due = await db
            .AccountMails.FromSql(
                $"""
                UPDATE account_mails SET attempts = attempts + 1, next_attempt_at = now() + least({MaxWait},
                    make_interval(secs => {ClaimSeconds} * power(2, attempts)))
                WHERE id = (
                    SELECT id FROM account_mails
                    WHERE sent_at IS NULL AND next_attempt_at <= now() AND attempts < {MaxAttempts} AND expires_at > now()
                    ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)
                RETURNING *
                """
            )
            .AsNoTracking()
            .ToListAsync(ct);
        if (due is not [var mail])
            return false;
        using var span = Traces.Continue($"mail {mail.Kind}", mail.TraceParent);
        try
        {
            await SendAsync(scope.ServiceProvider, db, mail, ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            logger.LogWarning(
                "Mail {Mail} ({Kind}) was not sent at try {Attempt}: {Reason}",
                mail.Id,
                mail.Kind,
                mail.Attempts,
                e.Reason()
            );
            return true;
        }
        // It is out: noted also when the service is stopping.
        await db.Database.ExecuteSqlAsync(
            $"UPDATE account_mails SET sent_at = now() WHERE id = {mail.Id}",
            CancellationToken.None
        );
        return true;
    }

    private async Task SendAsync(IServiceProvider services, UsersDb db, AccountMail mail, CancellationToken ct)
    {
        var locale = await db.Users.Where(u => u.Id == mail.UserId).Select(u => u.Locale).SingleAsync(ct);
        var proofs = services.GetRequiredService<Proofs>();
        var text = MailText.Of(mail.Kind, locale, mail.Device);
        var link = text.Path is { } path ? $"{origin.BaseUrl}{path}?t={proofs.TokenOf(mail.Id)}" : null;
        var code = text.HasCode ? proofs.CodeOf(mail.Id) : null;
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (
                await renderer.RenderComponentAsync<MailPage>(
                    ParameterView.FromDictionary(
                        new Dictionary<string, object?>
                        {
                            [nameof(MailPage.Text)] = text,
                            [nameof(MailPage.Link)] = link,
                            [nameof(MailPage.Code)] = code,
                        }
                    )
                )
            ).ToHtmlString()
        );
        var metadata = new Dictionary<string, string>
        {
            ["emailTo"] = mail.Recipient,
            ["emailCC"] = "",
            ["emailBCC"] = "",
            ["subject"] = text.Subject,
            ["text"] = text.Plain(link, code),
        };
        // The component names the sender, unless this service is told another.
        if (options.Value.MailFrom is { } from)
            metadata["emailFrom"] = from;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(SendTimeout);
        await dapr.InvokeBindingAsync(Components.Email, "create", html, metadata, timeout.Token);
    }
}
