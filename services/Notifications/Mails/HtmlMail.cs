using Ticketing.Contracts;

namespace Ticketing.Notifications.Mails;

/// <summary>
/// The HTML body: one column of tables, styles inline because mail programs drop style sheets; what a style sheet adds
/// is dark colours and full width on phones. No images, nothing is loaded.
/// </summary>
internal static class HtmlMail
{
    private static readonly Html Head = Html.Of(
        $$"""
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="supported-color-schemes" content="light dark">
        <style>
        :root { color-scheme: light dark; supported-color-schemes: light dark; }
        @media (max-width: 480px) { .pad { padding-left: 20px !important; padding-right: 20px !important; }
          .cell { display: block !important; width: auto !important; text-align: left !important; }
          .cell + .cell { padding-top: 0 !important; } }
        @media (prefers-color-scheme: dark) {
          .page { background: #14141c !important; } .card { background: #20202b !important; }
          .ink { color: #f2f2f7 !important; } .soft { color: #b3b3c2 !important; }
          .panel { background: #2a2a38 !important; border-color: #3d3d50 !important; }
          .rule { border-color: #3d3d50 !important; } .button { background: #7c83ff !important; color: #11111a !important; } }
        </style>
        """
    );

    public static string Render(Templates.Parts mail)
    {
        var (words, order) = (mail.Words, mail.Content.Order);
        return Html.Of(
                $"""
                <!DOCTYPE html>
                <html lang="{mail.Formats.Language}">
                <head><title>{mail.Heading}</title>
                {Head}
                </head>
                <body class="page" style="margin:0;padding:0;background:#f1f1f6;-webkit-text-size-adjust:100%">
                <div style="display:none;max-height:0;overflow:hidden">{order.EventTitle} · {mail.When}</div>
                <table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#f1f1f6">
                <tr><td align="center" style="padding:24px 12px">
                <table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px;background:#ffffff;border-radius:12px;overflow:hidden;overflow-wrap:anywhere;font-family:-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5">
                <tr><td style="height:6px;line-height:6px;font-size:0;background:#4f46e5">&nbsp;</td></tr>
                <tr><td class="pad" style="padding:28px 36px 0">
                <h1 class="ink" style="margin:0 0 16px;font-size:26px;line-height:1.25;color:#1a1a2e">{mail.Heading}</h1>
                <p class="ink" style="margin:0 0 8px;color:#1a1a2e">{mail.Greeting}</p>
                <p class="ink" style="margin:0;color:#1a1a2e">{mail.Lead}</p>
                </td></tr>
                <tr><td class="pad" style="padding:24px 36px 0">
                <h2 class="ink" style="margin:0 0 8px;font-size:20px;line-height:1.3;color:#1a1a2e">{order.EventTitle}</h2>
                <table role="presentation" cellpadding="0" cellspacing="0">
                {Fact(words.When, mail.When)}
                {Fact(words.Where, mail.Where)}
                {Fact(words.Order, order.Number)}
                </table>
                </td></tr>
                {Tickets(mail)}
                {Purchase(mail)}
                <tr><td class="pad" style="padding:28px 36px 32px">
                <p class="soft rule" style="margin:0;padding-top:16px;border-top:1px solid #e3e3ec;font-size:13px;color:#5c5c70">{words.Footer}</p>
                </td></tr>
                </table>
                </td></tr>
                </table>
                </body>
                </html>

                """
            )
            .ToString();
    }

    private static Html Fact(string label, string value) =>
        Html.Of(
            $"""
            <tr><td class="soft" style="padding:2px 16px 2px 0;vertical-align:top;white-space:nowrap;color:#5c5c70">{label}</td>
            <td class="ink" style="padding:2px 0;vertical-align:top;color:#1a1a2e">{value}</td></tr>
            """
        );

    private static Html Tickets(Templates.Parts mail) =>
        mail.Tickets.Count == 0
            ? Html.Empty
            : Html.Of(
                $"""
                <tr><td class="pad" style="padding:28px 36px 0">
                <h2 class="ink" style="margin:0 0 4px;font-size:18px;line-height:1.3;color:#1a1a2e">{mail.Words.Tickets}</h2>
                {Html.Join(mail.Tickets.Select(t => Ticket(mail.Words, t.Ticket, t.Url)))}
                <p class="soft" style="margin:16px 0 0;font-size:14px;color:#5c5c70">{mail.Words.AtTheDoor}</p>
                </td></tr>
                """
            );

    private static Html Ticket(Words words, IssuedTicket ticket, string url) =>
        Html.Of(
            $"""
            <table role="presentation" class="panel" width="100%" cellpadding="0" cellspacing="0" style="margin-top:12px;background:#f7f7fb;border:1px solid #e3e3ec;border-radius:8px;border-collapse:separate">
            <tr><td class="cell" style="padding:16px;vertical-align:middle">
            <div class="ink" style="font-weight:600;color:#1a1a2e">{ticket.TicketTypeName}</div>
            {Detail(words.Seat, ticket.Seat)}
            {Detail(words.Holder, ticket.HolderName)}
            {Detail(words.Number, ticket.Number)}
            </td>
            <td class="cell" style="padding:16px;vertical-align:middle;text-align:right">
            <a class="button" href="{url}" target="_blank" rel="noopener" style="display:inline-block;padding:10px 16px;background:#4f46e5;border-radius:6px;color:#ffffff;font-weight:600;font-size:15px;text-decoration:none;white-space:nowrap">{words.OpenTicket}</a>
            </td></tr>
            </table>

            """
        );

    private static Html Detail(string label, string? value) =>
        value is null
            ? Html.Empty
            : Html.Of(
                $"""<div class="soft" style="font-size:14px;color:#5c5c70">{label}: <span class="ink" style="color:#1a1a2e">{value}</span></div>"""
            );

    private static Html Purchase(Templates.Parts mail) =>
        Html.Of(
            $"""
            <tr><td class="pad" style="padding:28px 36px 0">
            <h2 class="ink" style="margin:0 0 8px;font-size:18px;line-height:1.3;color:#1a1a2e">{mail.Words.Purchase}</h2>
            <table role="presentation" width="100%" cellpadding="0" cellspacing="0">
            {Html.Join(mail.Lines.Select(l => Amount(l.Label, l.Amount, strong: false)))}
            {Amount(mail.Words.Total, mail.Total, strong: true)}
            {(
                mail.Refunded is { } refunded
                    ? Amount(mail.Words.Refunded, refunded, strong: true)
                    : Html.Empty
            )}
            </table>
            </td></tr>
            """
        );

    private static Html Amount(string label, string amount, bool strong)
    {
        var weight = strong ? "600" : "400";
        return Html.Of(
            $"""
            <tr><td class="ink rule" style="padding:8px 16px 8px 0;border-top:1px solid #e3e3ec;font-weight:{weight};color:#1a1a2e">{label}</td>
            <td class="ink rule" style="padding:8px 0;border-top:1px solid #e3e3ec;font-weight:{weight};color:#1a1a2e;text-align:right;vertical-align:top;white-space:nowrap">{amount}</td></tr>

            """
        );
    }
}
