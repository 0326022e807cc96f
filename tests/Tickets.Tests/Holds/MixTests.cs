using System.Collections.Concurrent;
using System.Net;
using Ticketing.TestKit;
using Ticketing.Tickets.Holds;
using static Ticketing.Tickets.Tests.Wire;

namespace Ticketing.Tickets.Tests.Holds;

/// <summary>Everything at once, on two replicas with their sweepers: the invariants hold, nobody gets a 500.</summary>
public sealed class MixTests(TicketsApp app)
{
    private const int Workers = 12;
    private const int StepsEach = 25;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Invariants_survive_any_mix(int seed)
    {
        var show = new Show();
        var (scarce, plenty, seated) = (show.Standing(15), show.Standing(60), show.Seated(2, 6));
        app.AddSeatMap(show.SeatMap());
        await app.SellAsync(show);
        var holds = new ConcurrentBag<(Guid Id, Guid Buyer)>();

        await Task.WhenAll(
            Enumerable
                .Range(0, Workers)
                .Select(async worker =>
                {
                    var random = new Random(seed * 1_000 + worker);
                    for (var step = 0; step < StepsEach; step++)
                        await StepAsync(random);
                })
        );

        await app.AssertInvariantsAsync(show.SessionId);
        // Every lease that is left ends, and all that is unsold is on sale again.
        await app.ExecuteAsync(
            "UPDATE holds SET expires_at = now() - interval '1 minute' WHERE session_id = $1 AND status IN ('Held', 'Ordered')",
            show.SessionId
        );
        await Eventually.TrueAsync(async () =>
            await app.ScalarAsync<long>("SELECT sum(held) FROM pools WHERE session_id = $1", show.SessionId) == 0
        );
        await app.AssertInvariantsAsync(show.SessionId);

        async Task StepAsync(Random random)
        {
            if (holds.IsEmpty || random.Next(3) == 0)
            {
                var buyer = Guid.CreateVersion7();
                using var http = app.Person(buyer);
                var seats = show.SeatsOf(seated);
                var from = random.Next(seats.Count - 2);
                object[] items = random.Next(3) switch
                {
                    0 => [Some(scarce, random.Next(1, 4)), Some(plenty)],
                    1 => [Seats(seated, seats[from], seats[from + 1]), Some(plenty)],
                    _ => [Some(plenty, random.Next(1, 6))],
                };
                var response = await http.HoldAsync(show.SessionId, items);
                if (response.StatusCode == HttpStatusCode.Created)
                    holds.Add(((await response.ReadAsync<HoldView>(201)).Id, buyer));
                else
                    Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
                return;
            }
            var (id, owner) = holds.ElementAt(random.Next(holds.Count));
            var answer = random.Next(8) switch
            {
                0 => await app.ReleaseAsync(id),
                1 => await app.VoidAsync(id),
                2 or 3 => await app.AttachAsync(id, owner),
                4 or 5 => await app.CommitAsync(id, owner),
                6 => await ReturnAsync(id, owner),
                _ => await LapseAsync(id),
            };
            Assert.True((int)answer.StatusCode < 500, await answer.Content.ReadAsStringAsync());
        }
    }

    private async Task<HttpResponseMessage> ReturnAsync(Guid id, Guid owner)
    {
        using var http = app.Person(owner);
        return await http.DeleteAsync($"/api/v1/holds/{id}");
    }

    private async Task<HttpResponseMessage> LapseAsync(Guid id)
    {
        await app.LapseAsync(id);
        return new(HttpStatusCode.OK);
    }
}
