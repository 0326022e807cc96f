using System.Text.Encodings.Web;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Mails;

/// <summary>An invitation into a team: who invites, into which team, as what, until when, and where it is answered.</summary>
internal static class InvitationMail
{
    private const string Zone = "America/Sao_Paulo";

    public static Mail Render(MailContent content, Formats formats, string url)
    {
        var portuguese = formats.Language.StartsWith("pt", StringComparison.Ordinal);
        var until = formats.Date(content.OpenUntil!.Value, Zone);
        var role = RoleOf(content.Role!.Value, portuguese);
        string[] lines = portuguese
            ?
            [
                $"{content.Sender} convidou você para a equipe de {content.Organizer} ({role}).",
                $"Entre com este endereço de e-mail e aceite ou recuse o convite até {until}.",
                "Se você não esperava este convite, ignore-o: sem o seu aceite nada acontece.",
            ]
            :
            [
                $"{content.Sender} invites you into the team of {content.Organizer} ({role}).",
                $"Sign in with this e-mail address and accept or decline it until {until}.",
                "If you did not expect this invitation, ignore it: nothing happens unless you accept.",
            ];
        var subject = portuguese
            ? $"Convite para a equipe de {content.Organizer}"
            : $"Invitation into the team of {content.Organizer}";
        var open = portuguese ? "Ver o convite" : "See the invitation";
        var text = $"{lines[0]}\n\n{lines[1]}\n{open}: {url}\n\n{lines[2]}\n";
        return new(subject, text, Html(formats.Language, subject, lines, open, url));
    }

    private static string Html(string language, string subject, string[] lines, string open, string url)
    {
        var html = HtmlEncoder.Default;
        return $"""
            <!DOCTYPE html>
            <html lang="{language}">
            <head><meta charset="utf-8"><title>{html.Encode(subject)}</title></head>
            <body style="font-family: sans-serif">
            <h1>{html.Encode(subject)}</h1>
            <p>{html.Encode(lines[0])}</p>
            <p>{html.Encode(lines[1])}</p>
            <p><a href="{html.Encode(url)}">{html.Encode(open)}</a></p>
            <p>{html.Encode(lines[2])}</p>
            </body>
            </html>
            """;
    }

    private static string RoleOf(TeamRole role, bool portuguese) =>
        role switch
        {
            TeamRole.Owner => portuguese ? "titular" : "owner",
            TeamRole.Manager => portuguese ? "gestão" : "manager",
            TeamRole.Finance => portuguese ? "finanças" : "finance",
            TeamRole.Door => portuguese ? "portaria" : "door",
            _ => throw new UnsendableMailException("The invitation is for no role that is known here."),
        };
}
