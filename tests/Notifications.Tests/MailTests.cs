using Ticketing.Contracts;
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
        foreach (var body in new[] { mail.Text, mail.Html })
        {
            Assert.Contains("Ana Conceição", body);
            Assert.Contains("quarta-feira, 23 de junho de 2027, 21:30", body);
            Assert.Contains("Teatro Municipal, São Paulo", body);
            Assert.Contains("TK-7Q2M4", body);
            Assert.Contains("R$ 1.234,56", body);
            Assert.Contains("2 × Plateia (inteira)", body);
            Assert.Contains("Plateia A-13", body);
            Assert.Contains("E5F6G7H8", body);
        }
        foreach (var ticket in fulfilled.Tickets)
        {
            Assert.Contains(BaseUrl + ticket.PdfPath, mail.Text);
            Assert.Contains(BaseUrl + ticket.PdfPath, System.Net.WebUtility.HtmlDecode(mail.Html));
        }
    }
}
