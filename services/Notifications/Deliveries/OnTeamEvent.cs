using Npgsql;
using Ticketing.Contracts;
using Ticketing.Notifications.Mails;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Deliveries;

/// <summary>What concerns an organizer's team: notes the mails, the worker sends them.</summary>
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

    /// <summary>Each who sees money is told once of the beginning and once of the end, in the own language.</summary>
    public static async Task Disputed(
        OrderDisputed e,
        Peers peers,
        NpgsqlDataSource db,
        DeliverySignal signal,
        CancellationToken ct
    )
    {
        foreach (var member in await peers.FindUsersAsync(e.TeamIds, ct))
        {
            var content = new MailContent
            {
                Dispute = new(e.Number, e.EventTitle, e.State, e.Amount),
                Locale = member.Locale,
                OfferPath = $"/organizar/{e.OrganizerId}/pedidos/{e.OrderId}",
            };
            var once = OnOrderEvent.SubjectOf($"{e.DisputeId} {e.State} {member.Id}");
            var mail = new NewMail(MailKind.OrderDisputed, e.OrderId, once, member.Id, member.Email, content);
            await mail.NoteAsync(db, signal, ct);
        }
    }

    /// <summary>Each who sees money is told once of each change, in the own language.</summary>
    public static async Task PayoutAccountChanged(
        PayoutAccountChanged e,
        Peers peers,
        NpgsqlDataSource db,
        DeliverySignal signal,
        CancellationToken ct
    )
    {
        var (account, from) = (e.Account, e.Account.UsableFrom);
        foreach (var member in await peers.FindUsersAsync(e.TeamIds, ct))
        {
            var content = new MailContent
            {
                PayoutAccount = new(account.TaxId, account.PixKey, account.Iban, from > e.At ? from : null),
                Locale = member.Locale,
                OfferPath = $"/organizar/{e.OrganizerId}/repasses",
            };
            var once = OnOrderEvent.SubjectOf($"{e.ChangeId} {member.Id}");
            var mail = new NewMail(
                MailKind.PayoutAccountChanged,
                e.OrganizerId,
                once,
                member.Id,
                member.Email,
                content
            );
            await mail.NoteAsync(db, signal, ct);
        }
    }
}
