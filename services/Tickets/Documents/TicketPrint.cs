using System.Globalization;
using QRCoder;
using Ticketing.Contracts;
using Ticketing.Pdf;
using Ticketing.ServiceDefaults;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.Documents;

/// <summary>What is printed of a ticket, in words: what the pages lay out.</summary>
/// <param name="Code">What the QR says.</param>
internal sealed record TicketPrint(
    TicketWords Words,
    string Label,
    string Title,
    string Day,
    string Time,
    IReadOnlyList<string> TimeNotes,
    string Venue,
    string Address,
    string City,
    IReadOnlyList<(string Label, string Value)> Cells,
    string Type,
    bool IsHalf,
    string Holder,
    string? Order,
    string Price,
    string Organizer,
    string? Contact,
    string Number,
    string Code,
    Ink Accent,
    Ink OnAccent,
    Picture? Picture
)
{
    private static readonly Ink Dark = new(0x1B, 0x1E, 0x2E);
    private static readonly Ink White = new(0xFF, 0xFF, 0xFF);

    /// <param name="ticket">With its session and event.</param>
    /// <param name="place">Which of how many of the document.</param>
    public static TicketPrint Of(Ticket ticket, string code, (int Number, int Of) place, Picture? picture)
    {
        var (session, e) = (ticket.Session, ticket.Session.Event);
        var formats = Formats.Of(ticket.Locale);
        var words = TicketWords.Of(formats.Language);
        var starts = Formats.Local(session.StartsAt, e.TimeZone);
        var notes = new List<string> { Fill(words.LocalTime, Formats.Zone(starts)) };
        if (session.DoorsAt is { } doors)
            notes.Add(Fill(words.Doors, formats.TimeBeside(Formats.Local(doors, e.TimeZone), starts)));
        if (session.EndsAt is { } ends)
            notes.Add(Fill(words.Ends, formats.TimeBeside(Formats.Local(ends, e.TimeZone), starts)));
        var accent = AccentColor.Parse(e.AccentColor) ?? AccentColor.Usual;
        return new(
            words,
            place.Of > 1 ? Fill(words.TicketOf, place.Number, place.Of) : words.Ticket.ToUpperInvariant(),
            e.Title,
            Upper(formats.Day(starts)),
            formats.Time(starts),
            notes,
            e.VenueName,
            e.VenueAddress,
            string.Join(" – ", new[] { e.VenueCity, e.VenueState }.Where(part => part.Length > 0)),
            SeatPlace.Of(ticket.Seat) is { } seat
                ? [(words.Section, seat.Section), (words.Row, seat.Row), (words.Seat, seat.Number)]
                : [(words.Free, ticket.TypeName)],
            ticket.TypeName,
            ticket.Kind == TicketKind.Half,
            ticket.HolderName,
            // The order is its buyer's business.
            ticket.OwnerId == ticket.BuyerId
                ? ticket.OrderNumber
                : null,
            formats.Money(new(ticket.PriceAmount, ticket.PriceCurrency)),
            e.OrganizerName,
            e.ContactEmail,
            $"{ticket.Number[..4]} {ticket.Number[4..]}",
            code,
            new(accent.Red, accent.Green, accent.Blue),
            accent.WantsDarkText ? Dark : White,
            picture
        );
    }

    /// <summary>QRCoder's matrix has the quiet zone already.</summary>
    public void DrawCode(PdfPage page, double x, double y, double size)
    {
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(Code, QRCodeGenerator.ECCLevel.M);
        var rows = data.ModuleMatrix;
        page.Modules((row, column) => rows[row][column], rows.Count, x, y, size, Dark, $"QR code {Number}");
    }

    private static string Fill(string template, params object[] values) =>
        string.Format(CultureInfo.InvariantCulture, template, values);

    /// <summary>Days are written small within a sentence; here one begins with it.</summary>
    private static string Upper(string day) => char.ToUpperInvariant(day[0]) + day[1..];
}
