using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.Notifications.Deliveries;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Mails;

/// <summary>A mail's parts, ready to be laid out as text or HTML. Public because Razor components are.</summary>
/// <param name="Offer">Where the offer is; null when the mail offers nothing.</param>
/// <param name="Action">The one thing to do: what the button says, and where it leads; null when there is nothing to do.</param>
/// <param name="Purchase">Null in a mail about a ticket.</param>
public sealed record MailParts(
    Words Words,
    string Language,
    string Heading,
    string Greeting,
    string Lead,
    string Title,
    string When,
    IReadOnlyList<string> Times,
    IReadOnlyList<string> Where,
    AccentColor Accent,
    string? Picture,
    string? Map,
    string? Calendar,
    string? What,
    (string Label, string Url)? Action,
    IReadOnlyList<(IssuedTicket Ticket, string? Place, string Url)> Tickets,
    PurchaseParts? Purchase,
    ContactParts? Contact,
    string Footer
);

/// <summary>Whom to ask about the event.</summary>
public sealed record ContactParts(string Question, string Email);

/// <summary>What was bought, in a mail to the buyer.</summary>
public sealed record PurchaseParts(
    string Number,
    IReadOnlyList<(string Label, string Amount)> Lines,
    string Total,
    string? Refunded,
    string? RefundUntil
);

/// <summary>From what is to be said to the mail that says it, in the reader's language.</summary>
internal sealed partial class MailRenderer(ComponentRenderer components, IOptions<PublicOptions> options)
{
    private const int MaxTitleInSubject = 100;
    private const int MaxText = 300;
    private const int MaxSender = 60;

    public async Task<Mail> RenderAsync(MailKind kind, MailContent given)
    {
        var content = Clean(given);
        var (order, ticket) = (content.Order, content.Ticket);
        var formats = Formats.Of(order?.Locale ?? content.Locale ?? "");
        var words = Words.Of(formats);
        if (kind == MailKind.TeamInvitation)
        {
            var from = string.IsNullOrEmpty(content.Sender) ? words.Somebody : content.Sender;
            var invitation = Invitation.Of(content with { Sender = from }, formats, Url(content.OfferPath!));
            return await Letter.RenderAsync(invitation, components);
        }
        if (content.Dispute is { } dispute)
            return await Letter.RenderAsync(DisputeLetter.Of(dispute, formats, Url(content.OfferPath!)), components);
        if (content.PayoutAccount is { } account)
            return await Letter.RenderAsync(
                PayoutAccountLetter.Of(account, formats, Url(content.OfferPath!)),
                components
            );
        var (title, venue, city, zone, at) =
            order is not null ? (order.EventTitle, order.VenueName, order.VenueCity, order.TimeZone, order.StartsAt)
            : ticket is not null
                ? (ticket.EventTitle, ticket.VenueName, ticket.VenueCity, ticket.TimeZone, ticket.StartsAt)
            : throw new UnsendableMailException("The mail is about neither an order nor a ticket.");
        var sender = string.IsNullOrEmpty(content.Sender) ? words.Somebody : content.Sender;
        var until = (content.OpenUntil ?? content.MovedFrom) is { } end ? formats.Date(end, zone) : "";
        var show = content.Show ?? ticket?.Show;
        var parts = new MailParts(
            words,
            formats.Language,
            words.Heading(kind),
            (order?.BuyerName ?? content.Recipient) is { } name ? Fill(words.Greeting, name) : words.GreetingOfNobody,
            Fill(words.Lead(kind, content.Reason), sender, until, string.Join(", ", content.Voided)),
            title,
            formats.Date(at, zone),
            Times(at, zone, show, formats, words),
            [venue, .. Lines(show?.VenueAddress, City(city, show))],
            AccentColor.Parse(show?.AccentColor) ?? AccentColor.Usual,
            show?.ImageUrl,
            show is null ? null : MapOf($"{venue}, {show.VenueAddress}, {City(city, show)}"),
            show is null || !IsComing(kind) ? null : Url($"/api/v1/sessions/{show.SessionId}/calendar"),
            ticket is null ? null
                : ticket.Seat is null ? ticket.TicketTypeName
                : $"{ticket.TicketTypeName}, {Place(ticket.Seat, words)}",
            ActionOf(content, words),
            [.. content.Tickets.Select(t => (t, t.Seat is { } s ? Place(s, words) : null, Url(DocumentOf(t.PdfPath))))],
            order is null ? null : PurchaseOf(order, content, formats, words),
            show?.ContactEmail is { } contact ? new(Fill(words.Questions, show.OrganizerName), contact) : null,
            words.Footer(kind)
        );
        var subject = Fill(words.Subject(kind), order?.Number ?? "", Shorten(title, MaxTitleInSubject), sender);
        var html = await components.RenderAsync<OrderMail>(new() { [nameof(OrderMail.Mail)] = parts });
        return new(subject, TextMail.Render(parts), html);
    }

    private static PurchaseParts PurchaseOf(OrderSummary order, MailContent content, Formats formats, Words words) =>
        new(
            order.Number,
            Lines(order, formats, words),
            formats.Money(order.Total),
            content.Refunded is { } amount ? formats.Money(amount) : null,
            content.RefundUntil is { } until ? Fill(words.RefundUntil, formats.Date(until, order.TimeZone)) : null
        );

    /// <summary>Which clocks, and what else of the day is known.</summary>
    private static List<string> Times(DateTimeOffset at, string zone, ShowDetails? show, Formats formats, Words words)
    {
        var starts = Formats.Local(at, zone);
        var times = new List<string> { Fill(words.LocalTime, Formats.Zone(starts)) };
        if (show?.DoorsAt is { } doors)
            times.Add($"{words.Doors}: {formats.TimeBeside(Formats.Local(doors, zone), starts)}");
        if (show?.EndsAt is { } ends)
            times.Add($"{words.Ends}: {formats.TimeBeside(Formats.Local(ends, zone), starts)}");
        return times;
    }

    private static IEnumerable<string> Lines(params string?[] lines) => lines.OfType<string>();

    private static string City(string city, ShowDetails? show) =>
        show is { VenueState.Length: > 0 } ? $"{city} – {show.VenueState}" : city;

    private static string MapOf(string place) =>
        $"https://www.google.com/maps/search/?api=1&query={Uri.EscapeDataString(place)}";

    /// <summary>Who reads it has something to go to.</summary>
    private static bool IsComing(MailKind kind) =>
        kind
            is MailKind.OrderFulfilled
                or MailKind.TransferReceived
                or MailKind.TransferOffered
                or MailKind.TicketRescheduled;

    private (string, string)? ActionOf(MailContent content, Words words) =>
        content switch
        {
            { OfferPath: { } offer } => (words.OpenOffer, Url(offer)),
            { Tickets: [_, ..] all, PdfPath: { } path } => (
                all.Count == 1 ? words.ShowTicket : Fill(words.ShowTickets, all.Count),
                Url(PageOf(path))
            ),
            { Tickets: [var only] } => (words.OpenTicket, Url(DocumentOf(only.PdfPath))),
            _ => null,
        };

    /// <summary>Of the page (Web's) that shows what the document has, to whoever has the same link.</summary>
    private static string PageOf(string pdfPath) => "/ingressos/por-link" + pdfPath[pdfPath.IndexOf('?')..];

    /// <summary>The same document by way of the pages, which say in words for people when the link is over.</summary>
    private static string DocumentOf(string pdfPath) =>
        pdfPath.Replace("/api/v1/tickets/", "/ingressos/", StringComparison.Ordinal);

    /// <summary>"setor Plateia, fila A, assento 12".</summary>
    private static string Place(string label, Words words) =>
        SeatPlace.Of(label) is { } seat
            ? $"{words.Section} {seat.Section}, {words.Row} {seat.Row}, {words.PlaceNumber} {seat.Number}"
            : label;

    private static List<(string, string)> Lines(OrderSummary order, Formats formats, Words words)
    {
        var lines = order
            .Lines.Select(l =>
                (
                    $"{l.Quantity} × {l.Description}",
                    formats.Money(l.UnitPrice with { Amount = l.UnitPrice.Amount * l.Quantity })
                )
            )
            .ToList();
        var discount = order.Lines.Sum(l => l.UnitPrice.Amount * l.Quantity) - order.Total.Amount;
        if (discount > 0)
            lines.Add((words.Discount, "−" + formats.Money(order.Total with { Amount = discount })));
        if (order.Fee > 0)
            lines.Add((words.Fee, formats.Money(order.Total with { Amount = order.Fee })));
        return lines;
    }

    private string Url(string path) => options.Value.BaseUrl.TrimEnd('/') + "/" + path.TrimStart('/');

    private static string Fill(string template, params object[] values) =>
        string.Format(CultureInfo.InvariantCulture, template, values);

    /// <summary>Whoever named the event or the holder writes one line of text, nothing more.</summary>
    private static MailContent Clean(MailContent content) =>
        content with
        {
            Voided = [.. content.Voided.Select(Line)],
            Dispute = content.Dispute is { } dispute
                ? dispute with
                {
                    Number = Line(dispute.Number),
                    EventTitle = Said(dispute.EventTitle),
                }
                : null,
            PayoutAccount = content.PayoutAccount is { } account
                ? account with
                {
                    TaxId = Said(account.TaxId),
                    PixKey = account.PixKey is null ? null : Said(account.PixKey),
                    Iban = account.Iban is null ? null : Said(account.Iban),
                }
                : null,
            Organizer = content.Organizer is { } organizer ? Said(organizer) : null,
            Order = content.Order is { } order
                ? order with
                {
                    Number = Line(order.Number),
                    BuyerName = Said(order.BuyerName),
                    EventTitle = Said(order.EventTitle),
                    VenueName = Said(order.VenueName),
                    VenueCity = Said(order.VenueCity),
                    Lines = [.. order.Lines.Select(l => l with { Description = Said(l.Description) })],
                }
                : null,
            Ticket = content.Ticket is { } ticket
                ? ticket with
                {
                    EventTitle = Said(ticket.EventTitle),
                    VenueName = Said(ticket.VenueName),
                    VenueCity = Said(ticket.VenueCity),
                    TicketTypeName = Said(ticket.TicketTypeName),
                    Seat = ticket.Seat is null ? null : Said(ticket.Seat),
                    Show = Clean(ticket.Show),
                }
                : null,
            Show = Clean(content.Show),
            PdfPath = content.PdfPath is null ? null : Line(content.PdfPath),
            Recipient = content.Recipient is null ? null : Said(content.Recipient),
            Sender = content.Sender is null ? null : Sender(content.Sender),
            OfferPath = content.OfferPath is null ? null : Line(content.OfferPath),
            Tickets =
            [
                .. content.Tickets.Select(t =>
                    t with
                    {
                        Number = Line(t.Number),
                        TicketTypeName = Said(t.TicketTypeName),
                        Seat = t.Seat is null ? null : Said(t.Seat),
                        HolderName = Said(t.HolderName),
                        PdfPath = Line(t.PdfPath),
                    }
                ),
            ],
        };

    private static ShowDetails? Clean(ShowDetails? show) =>
        show is null
            ? null
            : show with
            {
                OrganizerName = Said(show.OrganizerName),
                VenueAddress = Said(show.VenueAddress),
                VenueState = Said(show.VenueState),
            };

    /// <summary>
    /// A name goes to a stranger's mailbox: what mail programs make links of, or sentences are made of, is no part of it.
    /// </summary>
    private static string Sender(string name) =>
        Shorten(
            string.Concat(
                    Line(name)
                        .EnumerateRunes()
                        .Where(r => Rune.IsLetter(r) || r.Value is ' ' or '-' or '\'' or '’' || IsMark(r))
                        .Select(r => r.ToString())
                )
                .Trim(),
            MaxSender
        );

    /// <summary>
    /// What people typed: a mail program that makes links of what looks like an address makes none of it. (A break that has no
    /// width behind the dot, the colon or the at sign.)
    /// </summary>
    private static string Said(string text) => LikeAnAddress().Replace(Line(text), "$0\u200B");

    [GeneratedRegex(@":(?=//)|(?<=[\p{L}\p{N}])(\.(?=\p{L}{2})|@(?=[\p{L}\p{N}]))")]
    private static partial Regex LikeAnAddress();

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static string Line(string text) =>
        Shorten(
            string.Concat(
                    text.EnumerateRunes()
                        .Select(rune => Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 ? " " : rune.ToString())
                )
                .Trim(),
            MaxText
        );

    private static string Shorten(string text, int length) => text.Length <= length ? text : text.Cut(length - 1) + "…";
}
