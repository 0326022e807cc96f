using System.Net;
using Ticketing.Contracts;
using Ticketing.TestKit;
using static Ticketing.Notifications.Tests.NotificationsApp;

namespace Ticketing.Notifications.Tests;

public sealed class MailTests(NotificationsApp app)
{
    [Fact]
    public async Task A_fulfilled_order_is_confirmed_with_a_link_to_each_ticket()
    {
        var order = Order();
        var fulfilled = Fulfilled(order);
        await app.System.PublishAsync(fulfilled);
        var mail = await app.MailTo(order.BuyerEmail);
        Assert.Equal("Seus ingressos: Noite de São João", mail.Subject);
        Assert.Contains("no-reply@", mail.From);
        foreach (var body in new[] { mail.Text, WebUtility.HtmlDecode(mail.Html) })
        {
            Assert.Contains("Ana Conceição", body);
            Assert.Contains("quarta-feira, 23 de junho de 2027, 21h30", body);
            Assert.Contains("Teatro Municipal", body);
            Assert.Contains("São Paulo – SP", body);
            Assert.Contains("TK-7Q2M4", body);
            Assert.Contains("R$ 1.234,56", body);
            Assert.Contains("2 × Plateia (inteira)", body);
            Assert.Contains("R$ 1.200,00", body);
            Assert.DoesNotContain("Desconto", body);
            Assert.Contains("setor Plateia, fila A, assento 13", body);
            Assert.Contains("E5F6G7H8", body);
        }
        foreach (var ticket in fulfilled.Tickets)
        {
            var page = BaseUrl + ticket.PdfPath.Replace("/api/v1/tickets/", "/ingressos/", StringComparison.Ordinal);
            Assert.Contains(page, mail.Text);
            Assert.Contains(page, WebUtility.HtmlDecode(mail.Html));
        }
        Assert.Contains("lang=\"pt-BR\"", mail.Html);
    }

    [Fact]
    public async Task Whoever_reads_english_gets_english()
    {
        var order = Order(locale: "en-GB");
        await app.Deliver(Fulfilled(order));
        var mail = await app.MailTo(order.BuyerEmail);
        Assert.Equal("Your tickets: Noite de São João", mail.Subject);
        foreach (var body in new[] { mail.Text, WebUtility.HtmlDecode(mail.Html) })
        {
            Assert.Contains("Wednesday, June 23, 2027, 9:30 PM", body);
            Assert.Contains("R$1,234.56", body);
        }
        Assert.Contains("lang=\"en\"", mail.Html);
    }

    [Theory]
    [InlineData("pt-BR", "Pedido TK-7Q2M4 expirou: Noite de São João", "Não recebemos o pagamento")]
    [InlineData("en", "Order TK-7Q2M4 expired: Noite de São João", "did not receive the payment")]
    public async Task An_expired_order_is_told(string locale, string subject, string sentence)
    {
        var order = Order(locale: locale);
        await app.Deliver(new OrderExpired(order, order.StartsAt));
        var mail = await app.MailTo(order.BuyerEmail);
        Assert.Equal(subject, mail.Subject);
        Assert.Contains(sentence, mail.Text);
        Assert.Contains(sentence, WebUtility.HtmlDecode(mail.Html));
        Assert.DoesNotContain("PDF", mail.Text);
    }

    [Theory]
    [InlineData("pt-BR", "buyer", "Como você pediu")]
    [InlineData("pt-BR", "payment-failed", "não foi aprovado")]
    [InlineData("pt-BR", "event-cancelled", "O evento foi cancelado")]
    [InlineData("pt-BR", "a-code-of-tomorrow", "O pedido foi cancelado")]
    [InlineData("en", "buyer", "As you asked")]
    [InlineData("en", "payment-failed", "was not approved")]
    [InlineData("en", "event-cancelled", "The event was cancelled")]
    [InlineData("en", "a-code-of-tomorrow", "The order was cancelled")]
    public async Task A_cancelled_order_is_told_with_its_reason(string locale, string reason, string sentence)
    {
        var order = Order(locale: locale);
        await app.Deliver(new OrderCancelled(order, reason, order.StartsAt));
        var mail = await app.MailTo(order.BuyerEmail);
        Assert.Contains(sentence, mail.Text);
        Assert.Contains(sentence, WebUtility.HtmlDecode(mail.Html));
    }

    [Theory]
    [InlineData("pt-BR", "Valor devolvido", "R$ 500,00")]
    [InlineData("en", "Amount refunded", "R$500.00")]
    public async Task A_refund_is_told_with_its_amount(string locale, string label, string amount)
    {
        var order = Order(locale: locale);
        await app.Deliver(new OrderRefunded(order, new(50_000, "BRL"), order.StartsAt));
        var mail = await app.MailTo(order.BuyerEmail);
        Assert.Contains($"{label}: {amount}", mail.Text);
        Assert.Contains(label, WebUtility.HtmlDecode(mail.Html));
        Assert.Contains(amount, WebUtility.HtmlDecode(mail.Html));
    }

    [Theory]
    [InlineData(10_000, "A1,B2", "Não valem mais os ingressos A1, B2; o resto do pedido continua valendo.", true)]
    [InlineData(0, "A1", "Não valem mais os ingressos A1; o resto do pedido continua valendo.", false)]
    [InlineData(10_000, "", "Seus ingressos continuam valendo.", true)]
    public async Task Each_partial_refund_is_told_with_what_is_void(
        long amount,
        string tickets,
        string sentence,
        bool money
    )
    {
        var order = Order();
        var (one, two) = (Refund(Guid.CreateVersion7()), Refund(Guid.CreateVersion7()));
        foreach (var refund in new[] { one, one, two })
            await app.Deliver(refund);

        var mails = await app.MailsTo(order.BuyerEmail, count: 2);

        Assert.All(mails, mail => Assert.Contains(sentence, mail.Text));
        Assert.All(mails, mail => Assert.Equal(money, mail.Text.Contains("Valor devolvido: R$ 100,00")));

        OrderPartiallyRefunded Refund(Guid id) =>
            new(
                order,
                id,
                new(amount, "BRL"),
                tickets.Split(',', StringSplitOptions.RemoveEmptyEntries),
                order.StartsAt
            );
    }

    [Fact]
    public async Task A_discount_is_a_line_of_its_own()
    {
        var order = Order() with { Total = new(100_000, "BRL") };
        await app.Deliver(Fulfilled(order));
        var mail = await app.MailTo(order.BuyerEmail);
        Assert.Contains("Desconto: −R$ 234,56", mail.Text);
        Assert.Contains("Total: R$ 1.000,00", mail.Text);
    }

    [Fact]
    public async Task What_people_named_is_text_never_html_nor_a_header()
    {
        const string Evil = "</h1><script>alert(1)</script>\r\nBcc: spy@example.com";
        var order = Order(title: Evil, buyer: "<img src=x onerror=alert(1)> \"Ana\" & 'Bia'");
        await app.Deliver(Fulfilled(order, Ticket("<b>1</b>", "\"><a href=evil>", "javascript:<i>x</i>")));
        var mail = await app.MailTo(order.BuyerEmail);
        Assert.Equal("Seus ingressos: </h1><script>alert(1)</script>  Bcc: spy@\u200Bexample.\u200Bcom", mail.Subject);
        foreach (var tag in new[] { "<script", "<img src=x", "<b>", "<i>", "<a href=evil" })
            Assert.DoesNotContain(tag, mail.Html);
        Assert.Contains("&lt;script&gt;", mail.Html);
        Assert.Empty(await OtherMails("spy@example.com"));
        var raw = await File.ReadAllTextAsync(Path.Combine(app.MailFolder, mail.Id));
        Assert.DoesNotContain("\nBcc:", raw);
    }

    private async Task<IReadOnlyList<ReadMail>> OtherMails(string address) => await app.MailsTo(address, count: 0);

    /// <summary>The binding refuses a body with escaped surrogates, as Dapr's SES binding does.</summary>
    [Fact]
    public async Task Emoji_arrive()
    {
        var order = Order(title: "Rock 🎸 na praça", buyer: "Zé \uD83C");
        await app.Deliver(Fulfilled(order));
        var mail = await app.MailTo(order.BuyerEmail);
        Assert.Equal("Seus ingressos: Rock 🎸 na praça", mail.Subject);
        Assert.Contains("Rock 🎸 na praça", mail.Text);
        Assert.Contains("Rock 🎸 na praça", WebUtility.HtmlDecode(mail.Html));
    }

    [Fact]
    public async Task A_very_long_title_is_cut_in_the_subject()
    {
        var order = Order(title: new string('a', 98) + "🎸" + new string('b', 5_000));
        await app.Deliver(Fulfilled(order));
        var mail = await app.MailTo(order.BuyerEmail);
        Assert.Equal("Seus ingressos: " + new string('a', 98) + "…", mail.Subject);
    }

    [Fact]
    public async Task An_unknown_time_zone_is_told_in_utc()
    {
        var order = Order() with { TimeZone = "Mars/Olympus" };
        await app.Deliver(Fulfilled(order));
        Assert.Contains("24 de junho de 2027, 0h30 UTC", (await app.MailTo(order.BuyerEmail)).Text);
    }

    [Fact]
    public async Task An_order_of_many_tickets_lists_them_all()
    {
        var order = Order();
        var tickets = Enumerable.Range(0, 60).Select(n => Ticket($"N{n:000}", null, $"Pessoa {n}")).ToArray();
        await app.Deliver(Fulfilled(order, tickets));
        var mail = await app.MailTo(order.BuyerEmail);
        foreach (var ticket in tickets)
        {
            Assert.Contains(ticket.Number, mail.Html);
            Assert.Contains(ticket.Number, mail.Text);
        }
    }

    private static TransferOffered Offer(UserRef from, TicketSummary ticket, string to) =>
        new(Guid.CreateVersion7(), ticket, from.Id, to, ticket.StartsAt, $"/transferencias/{ticket.Id}/1?key=abc_-123");

    [Theory]
    [InlineData(
        "pt-BR",
        "Ana Conceição ofereceu um ingresso a você: Noite de São João",
        "aceite até quarta-feira, 23 de"
    )]
    [InlineData("en", "Ana Conceição offers you a ticket: Noite de São João", "accept until Wednesday, June 23")]
    public async Task An_offer_is_told_to_its_address_in_the_offerers_language(
        string locale,
        string subject,
        string sentence
    )
    {
        var (from, to) = (app.Person(locale: locale), NewAddress());
        var offer = Offer(from, TicketOf(Order()), to);
        await app.Deliver(offer);
        await app.Deliver(offer);
        var mail = await app.MailTo(to);
        Assert.Equal(subject, mail.Subject);
        foreach (var body in new[] { mail.Text, WebUtility.HtmlDecode(mail.Html) })
        {
            Assert.Contains(sentence, body);
            Assert.Contains(BaseUrl + offer.Path, body);
            Assert.Contains("Plateia (inteira), ", body);
            Assert.Contains(locale == "en" ? "row A, seat 13" : "fila A, assento 13", body);
            Assert.DoesNotContain(from.Email, body);
        }
    }

    [Fact]
    public async Task A_transfer_is_told_to_both_and_the_ticket_to_its_receiver_alone()
    {
        var (from, to) = (app.Person(), app.Person("Bruna Lisboa", "en"));
        var ticket = TicketOf(Order());
        var pdf = $"/api/v1/tickets/{ticket.Id}/pdf?key=abc";
        var transferred = new TicketTransferred(
            Guid.CreateVersion7(),
            ticket,
            from.Id,
            to.Id,
            "A1B2C3D4",
            "Bruna Lisboa",
            pdf,
            ticket.StartsAt
        );
        await app.Deliver(transferred);
        await app.Deliver(transferred);

        var received = await app.MailTo(to.Email);
        Assert.Equal("Your ticket: Noite de São João", received.Subject);
        Assert.Contains($"{BaseUrl}/ingressos/{ticket.Id}/pdf?key=abc", received.Text);
        var sent = await app.MailTo(from.Email);
        Assert.Equal("Ingresso transferido: Noite de São João", sent.Subject);
        Assert.DoesNotContain("pdf?key", sent.Text + sent.Html);
        Assert.DoesNotContain("A1B2C3D4", sent.Text + sent.Html);
        Assert.Equal(
            ["transferAccepted", "transferReceived"],
            (await app.Deliveries(ticket.OrderId)).Select(d => d.Kind).Order()
        );
    }

    [Fact]
    public async Task A_declined_offer_is_told_to_its_offerer()
    {
        var from = app.Person();
        var ticket = TicketOf(Order(), seat: null);
        await app.Deliver(new TransferDeclined(Guid.CreateVersion7(), ticket, from.Id, ticket.StartsAt));
        Assert.Equal("Oferta recusada: Noite de São João", (await app.MailTo(from.Email)).Subject);
    }

    [Theory]
    [InlineData("pt-BR", "Nova data ou novo local: Noite de São João", "antes, o início era quarta-feira, 16 de junho")]
    [InlineData("en", "New date or place: Noite de São João", "before, it was to start Wednesday, June 16")]
    public async Task Each_move_of_a_show_is_told_once(string locale, string subject, string sentence)
    {
        var order = Order(locale: locale);
        var moved = new OrderRescheduled(order, order.StartsAt.AddDays(-7), order.StartsAt.AddDays(-30));
        for (var i = 0; i < 2; i++)
            await app.Deliver(moved);
        var mail = await app.MailTo(order.BuyerEmail);
        Assert.Equal(subject, mail.Subject);
        Assert.Contains(sentence, mail.Text);
        await app.Deliver(moved with { At = moved.At.AddDays(1) });
        await app.MailsTo(order.BuyerEmail, count: 2);
    }

    [Fact]
    public async Task An_offer_that_expired_is_told_to_its_offerer()
    {
        var from = app.Person();
        var expired = new TransferExpired(Guid.CreateVersion7(), TicketOf(Order()), from.Id, Order().StartsAt);
        for (var i = 0; i < 2; i++)
            await app.Deliver(expired);
        var mail = await app.MailTo(from.Email);
        Assert.Equal("A oferta terminou: Noite de São João", mail.Subject);
        Assert.Contains("continua sendo seu", mail.Text);
    }

    [Theory]
    [InlineData("pt-BR", "Oferta retirada: Noite de São João")]
    [InlineData("en", "Offer withdrawn: Noite de São João")]
    public async Task An_offer_that_was_withdrawn_is_told_to_its_address(string locale, string subject)
    {
        var (from, to) = (app.Person(locale: locale), NewAddress());
        var withdrawn = new TransferWithdrawn(Guid.CreateVersion7(), TicketOf(Order()), from.Id, to, Order().StartsAt);
        for (var i = 0; i < 2; i++)
            await app.Deliver(withdrawn);
        var mail = await app.MailTo(to);
        Assert.Equal(subject, mail.Subject);
        Assert.DoesNotContain(from.Email, mail.Text + mail.Html);
    }

    [Fact]
    public async Task A_holder_is_told_of_each_move_of_the_show_once()
    {
        var holder = app.Person();
        var ticket = TicketOf(Order());
        var moved = new TicketRescheduled(ticket, holder.Id, ticket.StartsAt.AddDays(-7), ticket.StartsAt.AddDays(-30));
        for (var i = 0; i < 2; i++)
            await app.Deliver(moved);
        var mail = await app.MailTo(holder.Email);
        Assert.Equal("Nova data ou novo local: Noite de São João", mail.Subject);
        Assert.Contains("antes, o início era quarta-feira, 16 de junho", mail.Text);
        Assert.Contains("Seu ingresso continua valendo", mail.Text);
        await app.Deliver(moved with { At = moved.At.AddDays(1) });
        await Eventually.GetAsync(() => app.MailsTo(holder.Email), mails => mails.Count == 2);
    }

    [Theory]
    [InlineData("event-cancelled", "O evento foi cancelado")]
    [InlineData("organizer", "foi reembolsada")]
    public async Task A_holder_is_told_that_the_ticket_is_void(string reason, string sentence)
    {
        var holder = app.Person();
        var ticket = TicketOf(Order());
        for (var i = 0; i < 2; i++)
            await app.Deliver(new TicketVoided(ticket, holder.Id, reason, ticket.StartsAt));
        Assert.Contains(sentence, (await app.MailTo(holder.Email)).Text);
    }

    [Fact]
    public async Task Who_has_no_account_any_more_offers_and_is_told_nothing()
    {
        var (ticket, to) = (TicketOf(Order()), NewAddress());
        var gone = new UserRef(Guid.CreateVersion7(), "", NewAddress(), "pt-BR");
        await app.Deliver(Offer(gone, ticket, to));
        await app.Deliver(new TransferDeclined(Guid.CreateVersion7(), ticket, gone.Id, ticket.StartsAt));
        var erased = app.Person();
        await app.Deliver(new UserErased(erased.Id, ticket.StartsAt));
        await app.Deliver(Offer(erased, ticket, to));
        Assert.Empty(await app.Deliveries(ticket.OrderId));
    }
}
