using System.Globalization;
using Ticketing.Notifications.Mails;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.MailFolder;

/// <summary>The pages for people; they work without script.</summary>
internal static class MailPages
{
    private static readonly Html Style = Html.Of(
        $$"""
        <style>
        :root { color-scheme: light dark; --ink: #1a1a2e; --soft: #5c5c70; --page: #f1f1f6; --card: #fff; --rule: #e3e3ec; --accent: #4f46e5; }
        @media (prefers-color-scheme: dark) { :root { --ink: #f2f2f7; --soft: #b3b3c2; --page: #14141c; --card: #20202b; --rule: #3d3d50; --accent: #a5aaff; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 24px 16px; max-width: 960px; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
        h1 { font-size: 22px; line-height: 1.3; margin: 0 0 16px; overflow-wrap: anywhere; }
        a { color: var(--accent); } p { margin: 16px 0; }
        .card { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; overflow: hidden; }
        .mail { display: grid; grid-template-columns: 1fr auto; gap: 0 16px; padding: 12px 16px; color: inherit; text-decoration: none; border-top: 1px solid var(--rule); }
        .mail:first-child { border-top: 0; } .mail:hover, .mail:focus { background: var(--page); }
        .subject { font-weight: 600; overflow-wrap: anywhere; } .soft { color: var(--soft); font-size: 14px; overflow-wrap: anywhere; }
        .empty { padding: 32px 16px; text-align: center; color: var(--soft); }
        form { display: flex; gap: 8px; margin: 0 0 16px; } input { flex: 1; min-width: 0; max-width: 360px; }
        input, button { font: inherit; padding: 6px 12px; border: 1px solid var(--rule); border-radius: 6px; background: var(--card); color: inherit; }
        dl { display: grid; grid-template-columns: auto 1fr; gap: 4px 16px; margin: 0; padding: 16px; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
        iframe { display: block; width: 100%; height: 75vh; min-height: 480px; border: 0; border-top: 1px solid var(--rule); background: #f1f1f6; }
        details { margin: 16px 0 0; } summary { cursor: pointer; padding: 12px 16px; font-weight: 600; }
        pre { margin: 0; padding: 16px; border-top: 1px solid var(--rule); white-space: pre-wrap; overflow-wrap: anywhere; font: 14px/1.5 ui-monospace, Menlo, Consolas, monospace; }
        </style>
        """
    );

    public static string List(Page<MailSummary> page, string? to) =>
        Layout(
            "Mails",
            Html.Of(
                $"""
                <h1>Mails that were sent</h1>
                <form method="get" action="/dev/mail"><input name="to" value="{to}" placeholder="Recipient" aria-label="Recipient"><button>Search</button></form>
                <main class="card">
                {(
                    page.Items.Count == 0
                        ? Html.Of($"""<div class="empty">No mail yet.</div>""")
                        : Html.Join(page.Items.Select(Row))
                )}
                </main>
                {Older(page.Next, to)}
                """
            )
        );

    private static Html Row(MailSummary mail) =>
        Html.Of(
            $"""
            <a class="mail" href="/dev/mail/{mail.Id}"><span class="subject">{mail.Subject}</span><time class="soft">{Time(
                mail.Date
            )}</time><span class="soft">{mail.To}</span></a>

            """
        );

    private static Html Older(string? next, string? to)
    {
        if (next is null)
            return Html.Empty;
        var query =
            "/dev/mail?cursor="
            + Uri.EscapeDataString(next)
            + (string.IsNullOrEmpty(to) ? "" : "&to=" + Uri.EscapeDataString(to));
        return Html.Of($"""<p><a href="{query}">Older mails</a></p>""");
    }

    public static string Show(StoredMail mail)
    {
        var html = mail.Html is null
            ? Html.Empty
            : Html.Of(
                $"""<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" src="/dev/mail/{mail.Id}/html" title="HTML"></iframe>"""
            );
        var text = mail.Text is null
            ? Html.Empty
            : Html.Of($"""<details class="card"><summary>Plain text</summary><pre>{mail.Text}</pre></details>""");
        return Layout(
            mail.Subject,
            Html.Of(
                $"""
                <p style="margin-top:0"><a href="/dev/mail">All mails</a></p>
                <h1>{mail.Subject}</h1>
                <main>
                <div class="card">
                <dl><dt>From</dt><dd>{mail.From}</dd><dt>To</dt><dd>{mail.To}</dd><dt>Date</dt><dd>{Time(
                    mail.Date
                )}</dd></dl>
                {html}
                </div>
                {text}
                </main>
                """
            )
        );
    }

    private static string Time(DateTimeOffset date) =>
        date.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Layout(string title, Html body) =>
        Html.Of(
                $"""
                <!DOCTYPE html>
                <html lang="en">
                <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
                {Style}
                </head>
                <body>
                {body}
                </body>
                </html>

                """
            )
            .ToString();
}
