using System.Net;
using Ticketing.Contracts;
using Ticketing.Orders.Reading;
using Ticketing.TestKit;

namespace Ticketing.Orders.Tests;

/// <summary>The mail with the tickets is asked for once more.</summary>
public sealed class MailAgainTests(OrdersApp app)
{
    private Task LaterAsync(Purchase buy, string past) =>
        app.ScalarAsync<object>(
            "UPDATE orders SET mailed_again_at = mailed_again_at - $2::text::interval WHERE id = $1",
            buy.Id,
            past
        );

    [Fact]
    public async Task The_team_and_the_buyer_have_the_mail_sent_again_and_the_log_says_who()
    {
        var buy = app.NewPurchase();
        await buy.PaidAsync();
        var finance = await app.NewTeamMemberAsync(buy.OrganizerId);

        using (var answer = await buy.SendAsync("mails", by: finance))
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await LaterAsync(buy, "1 minute");
        using (var answer = await buy.SendAsync("mails"))
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);

        await Eventually.TrueAsync(() => Task.FromResult(app.CountTold<OrderFulfilled>(buy.Id) == 3));
        var told = app
            .Told.Where(t => t.Type == OrderFulfilled.Type && t.OrderId == buy.Id)
            .Select(t => t.Body)
            .ToList();
        var requests = told.Select(t => t.GetProperty("mailRequestId").ToString()).ToList();
        Assert.Equal(3, requests.Distinct().Count());
        Assert.All(
            told,
            t => Assert.Equal("maria@example.com", t.GetProperty("order").GetProperty("buyerEmail").GetString())
        );
        Assert.All(told, t => Assert.Equal(2, t.GetProperty("tickets").GetArrayLength()));
        var act = await app.Acts.OfAsync("order.mailed-again", buy.Id, finance);
        Assert.Equal((buy.OrganizerId, "organizer"), (act.OrganizerId, act.Reason));
        Assert.Equal("buyer", (await app.Acts.OfAsync("order.mailed-again", buy.Id, buy.BuyerId)).Reason);
        Assert.Equal(OrderStatus.Fulfilled, (await buy.GetAsync()).Status);
    }

    [Fact]
    public async Task Nobody_fills_a_mailbox()
    {
        var buy = app.NewPurchase();
        await buy.PaidAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => buy.SendAsync("mails")));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Accepted);
        var refused = answers.First(a => a.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 62);
        for (var i = 2; i <= 5; i++)
        {
            await LaterAsync(buy, "1 minute");
            using var answer = await buy.SendAsync("mails");
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }
        await LaterAsync(buy, "1 hour");
        using (var sixth = await buy.SendAsync("mails"))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, sixth.StatusCode);
            Assert.True(sixth.Headers.RetryAfter!.Delta > TimeSpan.FromHours(22));
        }
        await LaterAsync(buy, "1 day");
        using var nextDay = await buy.SendAsync("mails");
        Assert.Equal(HttpStatusCode.Accepted, nextDay.StatusCode);
    }

    [Fact]
    public async Task Only_of_an_order_that_has_its_tickets_and_only_by_who_may()
    {
        var (open, given) = (app.NewPurchase(), app.NewPurchase());
        await open.PlaceAsync();
        using (var answer = await open.SendAsync("mails"))
            Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        await given.PaidAsync();
        foreach (
            var stranger in new[]
            {
                Guid.CreateVersion7(),
                await app.NewTeamMemberAsync(given.OrganizerId, TeamRole.Door),
            }
        )
            using (var answer = await given.SendAsync("mails", by: stranger))
                Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        using (await given.SendAsync("refunds")) { }
        using (var answer = await given.SendAsync("mails"))
            Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal(1, app.CountTold<OrderFulfilled>(given.Id));
    }
}
