using System.Net;
using Ticketing.Contracts;
using Ticketing.Notifications.Deliveries;
using static Ticketing.Notifications.Tests.NotificationsApp;

namespace Ticketing.Notifications.Tests;

/// <summary>Whatever people type, nobody writes to strangers through us.</summary>
public sealed class AddressTests(NotificationsApp app)
{
    [Fact]
    public async Task What_was_bought_for_an_unproven_address_is_confirmed_without_anything_of_the_organizer_to_click()
    {
        var (unproven, proven) = (Order(proven: false), Order());
        foreach (var order in new[] { unproven, proven })
            await app.Deliver(Fulfilled(order));

        var (plain, usual) = (await app.MailTo(unproven.BuyerEmail), await app.MailTo(proven.BuyerEmail));

        var show = ShowOf(unproven);
        foreach (var typed in new[] { show.ContactEmail!, show.ImageUrl! })
        {
            Assert.DoesNotContain(typed, plain.Text + plain.Html, StringComparison.Ordinal);
            Assert.Contains(typed, usual.Html, StringComparison.Ordinal);
        }
        Assert.Contains(unproven.Number, plain.Text, StringComparison.Ordinal);
        Assert.Contains(BaseUrl + "/ingressos/por-link?orderId=1&key=abc", WebUtility.HtmlDecode(plain.Html));
    }

    [Fact]
    public async Task An_order_that_came_to_nothing_writes_to_proven_addresses_alone()
    {
        var (expired, cancelled, moved) = (Order(proven: false), Order(proven: false), Order(proven: false));
        await app.Deliver(new OrderExpired(expired, expired.StartsAt));
        await app.Deliver(new OrderCancelled(cancelled, "buyer", cancelled.StartsAt));
        // What is told of a purchase is told.
        await app.Deliver(new OrderRefunded(moved, moved.Total, moved.StartsAt));

        await app.Delivery(expired.Id, "withheld");
        await app.Delivery(cancelled.Id, "withheld");
        await app.MailTo(moved.BuyerEmail);
        await app.Delivery(moved.Id, "sent");
    }

    [Fact]
    public async Task Another_account_s_address_is_not_proven_by_one_s_own()
    {
        var person = app.Person();
        var order = Order(buyerId: person.Id);
        await app.Deliver(new OrderExpired(order with { BuyerEmail = NewAddress() }, order.StartsAt));
        await app.Delivery(order.Id, "withheld");
        // However it is written.
        var own = Order(address: person.Email, buyerId: person.Id);
        await app.Deliver(new OrderExpired(own with { BuyerEmail = person.Email.ToUpperInvariant() }, own.StartsAt));
        await app.Delivery(own.Id, "sent");
    }

    [Fact]
    public async Task What_people_typed_is_no_address_to_click()
    {
        var order = Order(title: "Ganhe em http://premio.example.com/já", buyer: "Veja www.premio.com ou a@b.com");
        var moved = order with { VenueName = "premio.com.br", VenueCity = "S. Paulo", Lines = [] };
        await app.Deliver(new OrderRefunded(moved, moved.Total, moved.StartsAt));

        var mail = await app.MailTo(order.BuyerEmail);

        foreach (var body in new[] { mail.Text, WebUtility.HtmlDecode(mail.Html), mail.Subject })
        {
            foreach (var clickable in new[] { "://premio", "premio.example", "premio.com", "a@b", "b.com" })
                Assert.DoesNotContain(clickable, body, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("S.\u200B", body, StringComparison.Ordinal);
        }
        Assert.Contains("premio.\u200Bcom.\u200Bbr", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_has_so_many_mails_a_day_and_no_more()
    {
        var (to, other) = (NewAddress(), NewAddress());
        var orders = Enumerable.Range(0, Delivery.MaxADay + 5).Select(_ => Order(address: to)).ToList();
        await Parallel.ForEachAsync(
            orders,
            async (order, _) => await app.Deliver(new OrderRefunded(order, order.Total, order.StartsAt))
        );
        await app.Deliver(new OrderRefunded(Order(address: other), new(1, "BRL"), orders[0].StartsAt));

        await app.MailTo(other);
        var noted = await app.ScalarAsync<long>($"SELECT count(*) FROM deliveries WHERE recipient = '{to}'");
        // Those that come in the same moment do not count each other.
        Assert.InRange(noted, Delivery.MaxADay, Delivery.MaxADay + 4);
        await app.ExecuteAsync(
            $"UPDATE deliveries SET created_at = now() - interval '25 hours' WHERE recipient = '{to}'"
        );
        var next = Order(address: to);
        await app.Deliver(new OrderRefunded(next, next.Total, next.StartsAt));
        await app.Delivery(next.Id, "sent");
    }
}
