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

    /// <summary>Of the beginning, and of the end.</summary>
    public static Task Disputed(
        OrderDisputed e,
        Peers peers,
        NpgsqlDataSource db,
        DeliverySignal signal,
        CancellationToken ct
    )
    {
        var content = new MailContent
        {
            Dispute = new(e.Number, e.EventTitle, e.State, e.Amount),
            OfferPath = $"/organizar/{e.OrganizerId}/pedidos/{e.OrderId}",
        };
        var once = $"{e.DisputeId} {e.State}";
        return TellAsync(MailKind.OrderDisputed, e.OrderId, once, e.TeamIds, content, peers, db, signal, ct);
    }

    public static Task PayoutAccountChanged(
        PayoutAccountChanged e,
        Peers peers,
        NpgsqlDataSource db,
        DeliverySignal signal,
        CancellationToken ct
    )
    {
        var (account, from) = (e.Account, e.Account.UsableFrom);
        var content = new MailContent
        {
            PayoutAccount = new(account.TaxId, account.PixKey, account.Iban, from > e.At ? from : null),
            OfferPath = $"/organizar/{e.OrganizerId}/repasses",
        };
        var kind = MailKind.PayoutAccountChanged;
        return TellAsync(kind, e.OrganizerId, $"{e.ChangeId}", e.TeamIds, content, peers, db, signal, ct);
    }

    /// <summary>Each who sees money, in the own language.</summary>
    /// <param name="about">The order or the organizer.</param>
    /// <param name="once">What each is told once of.</param>
    private static async Task TellAsync(
        MailKind kind,
        Guid about,
        string once,
        IReadOnlyList<Guid> team,
        MailContent content,
        Peers peers,
        NpgsqlDataSource db,
        DeliverySignal signal,
        CancellationToken ct
    )
    {
        foreach (var member in await peers.FindUsersAsync(team, ct))
        {
            var subject = OnOrderEvent.SubjectOf($"{once} {member.Id}");
            var told = content with { Locale = member.Locale };
            await new NewMail(kind, about, subject, member.Id, member.Email, told).NoteAsync(db, signal, ct);
        }
    }
}
