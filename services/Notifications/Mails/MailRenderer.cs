using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.Notifications.Deliveries;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Mails;

/// <summary>A mail's parts, ready to be laid out as text or HTML. Public because Razor components are.</summary>
/// <param name="Offer">Where the offer is; null when the mail offers nothing.</param>
/// <param name="Purchase">Null in a mail about a ticket.</param>
public sealed record MailParts(
    Words Words,
    string Language,
    string Heading,
    string Greeting,
    string Lead,
    string Title,
    string When,
    string Where,
    string? What,
    string? Offer,
    IReadOnlyList<(IssuedTicket Ticket, string Url)> Tickets,
    PurchaseParts? Purchase,
    string Footer
);

/// <summary>What was bought, in a mail to the buyer.</summary>
public sealed record PurchaseParts(
    string Number,
    IReadOnlyList<(string Label, string Amount)> Lines,
    string Total,
    string? Refunded
);

/// <summary>From what is to be said to the mail that says it, in the reader's language.</summary>
internal sealed class MailRenderer(ComponentRenderer components, IOptions<PublicOptions> options)
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
            return InvitationMail.Render(
                content with
                {
                    Sender = string.IsNullOrEmpty(content.Sender) ? words.Somebody : content.Sender,
                },
                formats,
                Url(options.Value.BaseUrl, content.OfferPath!)
            );
        var (title, venue, city, zone, at) =
            order is not null ? (order.EventTitle, order.VenueName, order.VenueCity, order.TimeZone, order.StartsAt)
            : ticket is not null
                ? (ticket.EventTitle, ticket.VenueName, ticket.VenueCity, ticket.TimeZone, ticket.StartsAt)
            : throw new UnsendableMailException("The mail is about neither an order nor a ticket.");
        var sender = string.IsNullOrEmpty(content.Sender) ? words.Somebody : content.Sender;
        var until = content.OpenUntil is { } end ? formats.Date(end, zone) : "";
        var parts = new MailParts(
            words,
            formats.Language,
            words.Heading(kind),
            (order?.BuyerName ?? content.Recipient) is { } name ? Fill(words.Greeting, name) : words.GreetingOfNobody,
            Fill(words.Lead(kind, content.Reason), sender, until),
            title,
            formats.Date(at, zone),
            $"{venue}, {city}",
            ticket is null ? null
                : ticket.Seat is null ? ticket.TicketTypeName
                : $"{ticket.TicketTypeName}, {ticket.Seat}",
            content.OfferPath is { } path ? Url(options.Value.BaseUrl, path) : null,
            [.. content.Tickets.Select(t => (t, Url(options.Value.BaseUrl, t.PdfPath)))],
            order is null
                ? null
                : new(
                    order.Number,
                    Lines(order, formats, words),
                    formats.Money(order.Total),
                    content.Refunded is { } amount ? formats.Money(amount) : null
                ),
            words.Footer(kind)
        );
        var subject = Fill(words.Subject(kind), order?.Number ?? "", Shorten(title, MaxTitleInSubject), sender);
        var html = await components.RenderAsync<OrderMail>(new() { [nameof(OrderMail.Mail)] = parts });
        return new(subject, TextMail.Render(parts), html);
    }

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
        return lines;
    }

    private static string Url(string baseUrl, string path) => baseUrl.TrimEnd('/') + "/" + path.TrimStart('/');

    private static string Fill(string template, params object[] values) =>
        string.Format(CultureInfo.InvariantCulture, template, values);

    /// <summary>Whoever named the event or the holder writes one line of text, nothing more.</summary>
    private static MailContent Clean(MailContent content) =>
        content with
        {
            Organizer = content.Organizer is { } organizer ? Line(organizer) : null,
            Order = content.Order is { } order
                ? order with
                {
                    Number = Line(order.Number),
                    BuyerName = Line(order.BuyerName),
                    EventTitle = Line(order.EventTitle),
                    VenueName = Line(order.VenueName),
                    VenueCity = Line(order.VenueCity),
                    Lines = [.. order.Lines.Select(l => l with { Description = Line(l.Description) })],
                }
                : null,
            Ticket = content.Ticket is { } ticket
                ? ticket with
                {
                    EventTitle = Line(ticket.EventTitle),
                    VenueName = Line(ticket.VenueName),
                    VenueCity = Line(ticket.VenueCity),
                    TicketTypeName = Line(ticket.TicketTypeName),
                    Seat = ticket.Seat is null ? null : Line(ticket.Seat),
                }
                : null,
            Recipient = content.Recipient is null ? null : Line(content.Recipient),
            Sender = content.Sender is null ? null : Sender(content.Sender),
            OfferPath = content.OfferPath is null ? null : Line(content.OfferPath),
            Tickets =
            [
                .. content.Tickets.Select(t =>
                    t with
                    {
                        Number = Line(t.Number),
                        TicketTypeName = Line(t.TicketTypeName),
                        Seat = t.Seat is null ? null : Line(t.Seat),
                        HolderName = Line(t.HolderName),
                        PdfPath = Line(t.PdfPath),
                    }
                ),
            ],
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
