using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Mails;

/// <summary>An invitation into a team: who invites, into which team, as what, until when, and where it is answered.</summary>
internal static class Invitation
{
    public static LetterParts Of(MailContent content, Formats formats, string url)
    {
        var portuguese = formats.Language.StartsWith("pt", StringComparison.Ordinal);
        var until = formats.Date(content.OpenUntil!.Value, Letter.Zone);
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
        return new(formats.Language, subject, lines, open, url);
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
