using Ticketing.Contracts;

namespace Ticketing.Tickets.IssuedTickets;

/// <param name="Number">What people read to each other.</param>
/// <param name="OrderId">Null when the ticket came from somebody else.</param>
/// <param name="TimeZone">IANA name of the venue's zone.</param>
/// <param name="Seat">The place's label; null for general admission.</param>
/// <param name="Place">Section, row and number of the seat; null for general admission.</param>
/// <param name="BlockReason">Why the door refuses it: <c>payment-disputed</c>; null when it does not.</param>
/// <param name="Code">What the QR code says and the door reads; null when voided.</param>
/// <param name="PdfPath">Below the public origin; works without a login. Null when voided.</param>
internal sealed record TicketView(
    Guid Id,
    string Number,
    TicketStatus Status,
    Guid? OrderId,
    Guid EventId,
    string EventTitle,
    Guid SessionId,
    DateTimeOffset StartsAt,
    DateTimeOffset? DoorsAt,
    bool SessionCancelled,
    string VenueName,
    string VenueCity,
    string TimeZone,
    string TicketTypeName,
    TicketKind Kind,
    string? Seat,
    SeatPlace? Place,
    Money Price,
    string HolderName,
    DateTimeOffset? UsedAt,
    string? BlockReason,
    string? Code,
    string? PdfPath
)
{
    /// <param name="t">With its session and event.</param>
    public static async ValueTask<TicketView> OfAsync(
        Ticket t,
        TicketSigner signer,
        TicketLinks links,
        CancellationToken ct
    )
    {
        var voided = t.Status == TicketStatus.Voided;
        return new(
            t.Id,
            t.Number,
            t.Status,
            t.OwnerId == t.BuyerId ? t.OrderId : null,
            t.Session.EventId,
            t.Session.Event.Title,
            t.SessionId,
            t.Session.StartsAt,
            t.Session.DoorsAt,
            t.Session.Cancelled,
            t.Session.Event.VenueName,
            t.Session.Event.VenueCity,
            t.Session.Event.TimeZone,
            t.TypeName,
            t.Kind,
            t.Seat,
            SeatPlace.Of(t.Seat),
            new(t.PriceAmount, t.PriceCurrency),
            t.HolderName,
            t.UsedAt,
            t.BlockReason,
            voided ? null : await signer.SignAsync(t, ct),
            voided ? null : await links.PdfPathAsync(t.Id, t.Serial, ct)
        );
    }
}
