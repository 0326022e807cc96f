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
        Line($"{words.When}: {mail.When} ({string.Join("; ", mail.Times)})");
        Line($"{words.Where}: {string.Join(", ", mail.Where)}");
        if (mail.Map is { } map)
            Line($"{words.Map}: {map}");
        if (mail.Calendar is { } calendar)
            Line($"{words.Calendar}: {calendar}");
        if (mail.What is { } what)
            Line($"{words.Ticket}: {what}");
        if (mail.Purchase is { } bought)
            Line($"{words.Order}: {bought.Number}");
        Line();
        if (mail.Action is var (label, target))
        {
            Line($"{label}: {target}");
            Line();
        }
        if (mail.Tickets.Count > 0)
            Title(words.Tickets);
        foreach (var (ticket, place, url) in mail.Tickets)
        {
            Line(ticket.TicketTypeName + (place is null ? "" : $", {place}"));
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
            foreach (var (item, amount) in purchase.Lines)
                Line($"{item}: {amount}");
            Line($"{words.Total}: {purchase.Total}");
            if (purchase.Refunded is { } refunded)
                Line($"{words.Refunded}: {refunded}");
            if (purchase.RefundUntil is { } until)
                Line(until);
            Line();
        }
        if (mail.Contact is { } contact)
        {
            Line($"{contact.Question} {contact.Email}");
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
