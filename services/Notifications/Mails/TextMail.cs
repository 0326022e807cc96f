using System.Text;

namespace Ticketing.Notifications.Mails;

/// <summary>The plain-text alternative.</summary>
internal static class TextMail
{
    public static string Render(MailParts mail)
    {
        var words = mail.Words;
        var text = new StringBuilder();
        Line(mail.Heading.ToUpperInvariant());
        Line();
        Line(mail.Greeting);
        Line(mail.Lead);
        Line();
        Line(mail.Title);
        Line($"{words.When}: {mail.When}");
        Line($"{words.Where}: {mail.Where}");
        if (mail.What is { } what)
            Line($"{words.Ticket}: {what}");
        if (mail.Purchase is { } bought)
            Line($"{words.Order}: {bought.Number}");
        Line();
        if (mail.Offer is { } offer)
        {
            Line($"{words.OpenOffer}: {offer}");
            Line();
        }
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
        if (mail.Purchase is { } purchase)
        {
            Title(words.Purchase);
            foreach (var (label, amount) in purchase.Lines)
                Line($"{label}: {amount}");
            Line($"{words.Total}: {purchase.Total}");
            if (purchase.Refunded is { } refunded)
                Line($"{words.Refunded}: {refunded}");
            Line();
        }
        Line("-- ");
        Line(mail.Footer);
        return text.ToString();

        void Title(string title)
        {
            Line(title);
            Line(new string('-', title.Length));
        }

        void Line(string line = "") => text.Append(line).Append('\n');
    }
}
