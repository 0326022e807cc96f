using Ticketing.Contracts;
using Ticketing.TestKit;
using static Ticketing.Notifications.Tests.NotificationsApp;

namespace Ticketing.Notifications.Tests;

public sealed class MetricsTests
{
    private const string Mails = "ticketing_mails_total";

    [Fact]
    public async Task Mails_are_counted_by_template_and_outcome()
    {
        await using var own = await StartAsync("Notifications:MaxAttempts=3", "Notifications:RetrySeconds=0");
        var (sent, lost) = (Order(), Order());
        await own.Deliver(Fulfilled(sent));
        await own.Delivery(sent.Id, "sent");
        await own.BreakMailServer();
        await own.Deliver(new OrderExpired(lost, lost.StartsAt));
        await own.Delivery(lost.Id, "failed");

        await Eventually.HoldsAsync(async () =>
        {
            var scrape = await own.ScrapeAsync();
            double Of(string template, string outcome) =>
                scrape.Sum(Mails, ("template", template), ("outcome", outcome));
            Assert.Equal(1, Of("OrderFulfilled", "sent"));
            Assert.Equal((2, 1), (Of("OrderExpired", "retried"), Of("OrderExpired", "failed")));
            Assert.Equal(4, scrape.Sum(Mails));
            Assert.DoesNotContain("@example.com", scrape.ToString());
        });
    }
}
