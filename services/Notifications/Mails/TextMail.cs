using System.Text;

namespace Ticketing.Notifications.Mails;

/// <summary>The plain-text alternative.</summary>
internal static class TextMail
{
    public static string Render(MailParts mail)
    {
        var (words, order) = (mail.Words, mail.Content.Order);
        var text = new StringBuilder();
        Line(mail.Heading.ToUpperInvariant());
        Line();
        Line(mail.Greeting);
        Line(mail.Lead);
        Line();
        Line(order.EventTitle);
        Line($"{words.When}: {mail.When}");
        Line($"{words.Where}: {mail.Where}");
        Line($"{words.Order}: {order.Number}");
        Line();
        if (mail.Tickets.Count > 0)
            Title(words.Tickets);
        foreach (var (ticket, url) in mail.Tickets)
        {
            Line(ticket.TicketTypeName + (ticket.Seat is null ? "" : $", {ticket.Seat}"));
            Line($"{words.Holder}: {ticket.HolderName}");
            Line($"{words.Number}: {ticket.Number}");
            Line($"{words.OpenTicket}: {url}");
            Line();
        }
        if (mail.Tickets.Count > 0)
        {
            Line(words.AtTheDoor);
            Line();
        }
        Title(words.Purchase);
        foreach (var (label, amount) in mail.Lines)
            Line($"{label}: {amount}");
        Line($"{words.Total}: {mail.Total}");
        if (mail.Refunded is { } refunded)
            Line($"{words.Refunded}: {refunded}");
        Line();
        Line("-- ");
        Line(words.Footer);
        return text.ToString();

        void Title(string title)
        {
            Line(title);
            Line(new string('-', title.Length));
        }

        void Line(string line = "") => text.Append(line).Append('\n');
    }
}
