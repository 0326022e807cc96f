using Npgsql;
using Ticketing.Contracts;
using Ticketing.Notifications.Mails;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Deliveries;

/// <summary>Somebody is invited into a team: notes the mail, the worker sends it.</summary>
internal static class OnTeamEvent
{
    /// <summary>In the inviter's language: the reader's is not known. Forgotten with the inviter's account.</summary>
    public static async Task Invited(
        TeamInvitationOffered e,
        Peers peers,
        NpgsqlDataSource db,
        DeliverySignal signal,
        CancellationToken ct
    )
    {
        if (await peers.FindUserAsync(e.InvitedBy, ct) is not { } from)
            return;
        var content = new MailContent
        {
            Organizer = e.OrganizerName,
            Role = e.Role,
            Locale = from.Locale,
            Sender = from.Name,
            OpenUntil = e.ExpiresAt,
            OfferPath = e.Path,
        };
        var mail = new NewMail(MailKind.TeamInvitation, e.InvitationId, null, from.Id, e.ToEmail, content);
        await mail.NoteAsync(db, signal, ct);
    }
}
