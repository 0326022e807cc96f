using System.Net;
using Ticketing.Contracts;
using Ticketing.TestKit;
using Ticketing.Tickets.Holds;
using static Ticketing.Tickets.Tests.Wire;

namespace Ticketing.Tickets.Tests.Catalog;

/// <summary>What no message told is read again from Events.</summary>
public sealed class PullTests
{
    [Fact]
    public async Task A_lost_message_leaves_no_lasting_difference()
    {
        await using var app = await TicketsApp.StartAsync("Pull:IdleSeconds=0.2");
        var show = new Show();
        var (type, seated) = (show.Standing(10), show.Seated(1, 2));
        app.AddSeatMap(show.SeatMap());
        var keeper = Guid.CreateVersion7();
        app.Changes.Events.Enqueue(new(show.Snapshot(), null));
        await PriceBecomesAsync(app, show, type, 15000);
        await app.BuyAsync(show.SessionId, null, Seats(seated, show.SeatsOf(seated)[1]));

        // A changed price.
        show.Version++;
        show.Types[0] = show.Types[0] with { Price = new(20000, "BRL") };
        app.Changes.Events.Enqueue(new(show.Snapshot(), null));
        await PriceBecomesAsync(app, show, type, 20000);

        // Somebody who is new at the door, and leaves.
        app.Changes.Members.Enqueue(new(show.OrganizerId, keeper, TeamRole.Door, 1));
        await DoorAnswersAsync(HttpStatusCode.OK);
        app.Changes.Members.Enqueue(new(show.OrganizerId, keeper, null, 2));
        await DoorAnswersAsync(HttpStatusCode.NotFound);

        // A cancellation.
        app.Changes.Events.Enqueue(new(null, new(show.EventId, 3, "chuva", show.StartsAt)));
        using var buyer = app.Person();
        await Eventually.HoldsAsync(async () =>
        {
            var refused = await buyer.HoldAsync(show.SessionId, Some(type));
            var problem = await refused.ProblemAsync(409, "sale-not-open");
            Assert.Equal("cancelled", problem.GetProperty("reason").GetString());
        });
        await app.AssertInvariantsAsync(show.SessionId);

        Task DoorAnswersAsync(HttpStatusCode expected) =>
            Eventually.TrueAsync(async () =>
            {
                using var door = app.Person(keeper);
                using var answer = await door.GetAsync($"/api/v1/check-ins?sessionId={show.SessionId}");
                return answer.StatusCode == expected;
            });
    }

    private static Task PriceBecomesAsync(TicketsApp app, Show show, Guid type, long price) =>
        Eventually.HoldsAsync(async () =>
        {
            using var buyer = app.Person();
            var hold = await (await buyer.HoldAsync(show.SessionId, Some(type))).ReadAsync<HoldView>(201);
            (await buyer.DeleteAsync($"/api/v1/holds/{hold.Id}")).EnsureSuccessStatusCode();
            Assert.Equal(price, hold.Items[0].UnitPrice.Amount);
        });
}
