using Ticketing.Contracts;

namespace Ticketing.Tickets.Transfers;

/// <summary>An offer of a ticket, as its two sides see it.</summary>
/// <param name="Email">Whom it is offered to; null some weeks after its end, as is the name.</param>
/// <param name="Name">Who will come with the ticket.</param>
/// <param name="ExpiresAt">72 hours after the offer, or when doors open if that is sooner.</param>
/// <param name="TimeZone">IANA name of the venue's zone.</param>
/// <param name="Seat">Null for general admission.</param>
internal sealed record TransferView(
    Guid Id,
    Guid TicketId,
    TransferStatus Status,
    string? Email,
    string? Name,
    DateTimeOffset OfferedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? EndedAt,
    string EventTitle,
    Guid SessionId,
    DateTimeOffset StartsAt,
    string VenueName,
    string VenueCity,
    string TimeZone,
    string TicketTypeName,
    TicketKind Kind,
    string? Seat
)
{
    /// <param name="t">With its ticket, session and event.</param>
    public static TransferView Of(Transfer t, DateTimeOffset now)
    {
        var (ticket, session, e) = (t.Ticket, t.Ticket.Session, t.Ticket.Session.Event);
        return new(
            t.Id,
            t.TicketId,
            t.StatusAt(now),
            t.Email,
            t.Name,
            t.OfferedAt,
            t.OpenUntil,
            t.EndedAt,
            e.Title,
            session.Id,
            session.StartsAt,
            e.VenueName,
            e.VenueCity,
            e.TimeZone,
            ticket.TypeName,
            ticket.Kind,
            ticket.Seat
        );
    }
}
