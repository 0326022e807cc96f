using Npgsql;
using Ticketing.Contracts;
using Ticketing.Notifications.Mails;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Deliveries;

/// <summary>
/// What becomes of a ticket that is offered or passed on. People are ids here, Users says their addresses: who has no
/// account any more is not written to.
/// </summary>
internal static class OnTicketEvent
{
    /// <summary>In the offerer's language and forgotten with the offerer: of the receiver only an address is known.</summary>
    public static async Task Offered(
        TransferOffered e,
        Peers peers,
        NpgsqlDataSource db,
        DeliverySignal signal,
        CancellationToken ct
    )
    {
        if (await peers.FindUserAsync(e.FromId, ct) is not { } from)
            return;
        var content = new MailContent
        {
            Ticket = e.Ticket,
            Locale = from.Locale,
            Sender = from.Name,
            OpenUntil = e.ExpiresAt,
            OfferPath = e.Path,
        };
        var mail = new NewMail(MailKind.TransferOffered, e.Ticket.OrderId, e.TransferId, from.Id, e.ToEmail, content);
        await mail.NoteAsync(db, signal, ct);
    }

    /// <summary>Both sides are told; the ticket itself to the receiver alone.</summary>
    public static async Task Transferred(
        TicketTransferred e,
        Peers peers,
        NpgsqlDataSource db,
        DeliverySignal signal,
        CancellationToken ct
    )
    {
        if (await peers.FindUserAsync(e.ToId, ct) is { } to)
        {
            var issued = new IssuedTicket(
                e.Ticket.Id,
                e.Number,
                e.Ticket.TicketTypeName,
                e.Ticket.Seat,
                e.HolderName,
                e.PdfPath
            );
            var received = Of(MailKind.TransferReceived, e.Ticket, e.TransferId, to);
            await (received with { Content = received.Content with { Tickets = [issued] } }).NoteAsync(db, signal, ct);
        }
        await ToOffererAsync(MailKind.TransferAccepted, e.Ticket, e.TransferId, e.FromId, peers, db, signal, ct);
    }

    public static Task Declined(
        TransferDeclined e,
        Peers peers,
        NpgsqlDataSource db,
        DeliverySignal signal,
        CancellationToken ct
    ) => ToOffererAsync(MailKind.TransferDeclined, e.Ticket, e.TransferId, e.FromId, peers, db, signal, ct);

    /// <summary>The offerer, whose ticket it still is.</summary>
    public static Task Expired(
        TransferExpired e,
        Peers peers,
        NpgsqlDataSource db,
        DeliverySignal signal,
        CancellationToken ct
    ) => ToOffererAsync(MailKind.TransferExpired, e.Ticket, e.TransferId, e.FromId, peers, db, signal, ct);

    /// <summary>As the offer: to an address, in the offerer's language.</summary>
    public static async Task Withdrawn(
        TransferWithdrawn e,
        Peers peers,
        NpgsqlDataSource db,
        DeliverySignal signal,
        CancellationToken ct
    )
    {
        if (await peers.FindUserAsync(e.FromId, ct) is not { } from)
            return;
        var content = new MailContent { Ticket = e.Ticket, Locale = from.Locale };
        var mail = new NewMail(MailKind.TransferWithdrawn, e.Ticket.OrderId, e.TransferId, from.Id, e.ToEmail, content);
        await mail.NoteAsync(db, signal, ct);
    }

    public static async Task Voided(
        TicketVoided e,
        Peers peers,
        NpgsqlDataSource db,
        DeliverySignal signal,
        CancellationToken ct
    )
    {
        if (await peers.FindUserAsync(e.HolderId, ct) is not { } holder)
            return;
        var mail = Of(MailKind.TicketVoided, e.Ticket, e.Ticket.Id, holder);
        await (mail with { Content = mail.Content with { Reason = e.Reason } }).NoteAsync(db, signal, ct);
    }

    /// <summary>A show may be moved more than once: one mail a move.</summary>
    public static async Task Rescheduled(
        TicketRescheduled e,
        Peers peers,
        NpgsqlDataSource db,
        DeliverySignal signal,
        CancellationToken ct
    )
    {
        if (await peers.FindUserAsync(e.HolderId, ct) is not { } holder)
            return;
        var mail = Of(MailKind.TicketRescheduled, e.Ticket, OnOrderEvent.MoveOf(e.Ticket.Id, e.At), holder);
        await (mail with { Content = mail.Content with { MovedFrom = e.StartedAt } }).NoteAsync(db, signal, ct);
    }

    private static async Task ToOffererAsync(
        MailKind kind,
        TicketSummary ticket,
        Guid transferId,
        Guid offerer,
        Peers peers,
        NpgsqlDataSource db,
        DeliverySignal signal,
        CancellationToken ct
    )
    {
        if (await peers.FindUserAsync(offerer, ct) is { } from)
            await Of(kind, ticket, transferId, from).NoteAsync(db, signal, ct);
    }

    private static NewMail Of(MailKind kind, TicketSummary ticket, Guid subject, UserRef person) =>
        new(
            kind,
            ticket.OrderId,
            subject,
            person.Id,
            person.Email,
            new()
            {
                Ticket = ticket,
                Locale = person.Locale,
                Recipient = person.Name,
            }
        );
}
