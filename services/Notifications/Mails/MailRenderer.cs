using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.Notifications.Deliveries;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications.Mails;

/// <summary>A mail's parts, ready to be laid out as text or HTML. Public because Razor components are.</summary>
public sealed record MailParts(
    MailContent Content,
    Words Words,
    Formats Formats,
    string Heading,
    string Greeting,
    string Lead,
    string When,
    string Where,
    IReadOnlyList<(IssuedTicket Ticket, string Url)> Tickets,
    IReadOnlyList<(string Label, string Amount)> Lines,
    string Total,
    string? Refunded
);

/// <summary>From what is to be said to the mail that says it, in the buyer's language.</summary>
internal sealed class MailRenderer(ComponentRenderer components, IOptions<PublicOptions> options)
{
    private const int MaxTitleInSubject = 100;
    private const int MaxText = 300;

    public async Task<Mail> RenderAsync(MailKind kind, MailContent given)
    {
        var content = Clean(given);
        var order = content.Order;
        var formats = Formats.Of(order.Locale);
        var words = Words.Of(formats);
        var parts = new MailParts(
            content,
            words,
            formats,
            words.Heading(kind),
            Fill(words.Greeting, order.BuyerName),
            words.Lead(kind, content.Reason),
            formats.Date(order.StartsAt, order.TimeZone),
            $"{order.VenueName}, {order.VenueCity}",
            [.. content.Tickets.Select(t => (t, Url(options.Value.BaseUrl, t.PdfPath)))],
            Lines(order, formats, words),
            formats.Money(order.Total),
            content.Refunded is { } amount ? formats.Money(amount) : null
        );
        var subject = Fill(words.Subject(kind), order.Number, Shorten(order.EventTitle, MaxTitleInSubject));
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
            Order = content.Order with
            {
                Number = Line(content.Order.Number),
                BuyerName = Line(content.Order.BuyerName),
                EventTitle = Line(content.Order.EventTitle),
                VenueName = Line(content.Order.VenueName),
                VenueCity = Line(content.Order.VenueCity),
                Lines = [.. content.Order.Lines.Select(l => l with { Description = Line(l.Description) })],
            },
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
