using System.Net;
using System.Text;
using System.Text.Json;
using Ticketing.Tickets.Holds;
using static Ticketing.Tickets.Tests.Wire;

namespace Ticketing.Tickets.Tests.Holds;

public sealed class HoldRuleTests(TicketsApp app)
{
    private async Task<(Show Show, Guid Standing, Guid Seated)> SellAsync()
    {
        var show = new Show();
        var (standing, seated) = (show.Standing(100, maxPerOrder: 6), show.Seated(2, 5));
        app.AddSeatMap(show.SeatMap());
        await app.SellAsync(show);
        return (show, standing, seated);
    }

    [Fact]
    public async Task A_hold_is_all_or_nothing()
    {
        var show = new Show();
        var (plenty, scarce, seated) = (show.Standing(10), show.Standing(1), show.Seated(1, 2));
        app.AddSeatMap(show.SeatMap());
        await app.SellAsync(show);
        using var http = app.Person();

        var problem = await (
            await http.HoldAsync(
                show.SessionId,
                Some(plenty, 2),
                Seats(seated, show.SeatsOf(seated)[0]),
                Some(scarce, 2)
            )
        ).ProblemAsync(409, "sold-out");

        Assert.Equal(2, problem.GetProperty("item").GetInt32());
        foreach (var type in (Guid[])[plenty, scarce, seated])
            Assert.Equal(0, (await app.PoolAsync(show.PoolOf(type))).Held);
        await app.AssertInvariantsAsync(show.SessionId);
    }

    [Fact]
    public async Task Types_of_one_pool_share_its_stock()
    {
        var show = new Show();
        var full = show.Standing(3);
        var half = show.Type(show.PoolOf(full), "Meia");
        await app.SellAsync(show);
        using var http = app.Person();

        await (await http.HoldAsync(show.SessionId, Some(full, 2), Some(half, 2))).ProblemAsync(409, "sold-out");
        await (await http.HoldAsync(show.SessionId, Some(full, 2), Some(half, 1))).ReadAsync<HoldView>(201);
        await (await http.HoldAsync(show.SessionId, Some(half))).ProblemAsync(409, "sold-out");
    }

    [Fact]
    public async Task Limits_are_told_with_their_number()
    {
        var (show, standing, _) = await SellAsync();
        var many = Enumerable.Range(0, 3).Select(_ => show.Type(show.PoolOf(standing), "Lote")).ToArray();
        show.Version++;
        await app.SellAsync(show);
        using var http = app.Person();

        var problem = await (await http.HoldAsync(show.SessionId, Some(standing, 7))).ProblemAsync(
            409,
            "limit-reached"
        );
        Assert.Equal(6, problem.GetProperty("limit").GetInt32());
        Assert.False(problem.TryGetProperty("reason", out _));
        problem = await (await http.HoldAsync(show.SessionId, [.. many.Select(t => Some(t, 7))])).ProblemAsync(
            409,
            "limit-reached"
        );
        Assert.Equal(HoldLimits.MaxTickets, problem.GetProperty("limit").GetInt32());

        // Twice as many at once, on both replicas: never more than the limit.
        var buyer = Guid.CreateVersion7();
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 2 * HoldLimits.MaxLiveHolds)
                .Select(async _ =>
                {
                    using var person = app.Person(buyer);
                    return await person.HoldAsync(show.SessionId, Some(standing));
                })
        );
        var held = answers.Where(a => a.StatusCode == HttpStatusCode.Created).ToList();
        Assert.Equal(HoldLimits.MaxLiveHolds, held.Count);
        foreach (var refused in answers.Except(held))
        {
            problem = await refused.ProblemAsync(409, "limit-reached");
            Assert.Equal(HoldLimits.MaxLiveHolds, problem.GetProperty("limit").GetInt32());
            Assert.Equal("held", problem.GetProperty("reason").GetString());
        }
        // One given back makes room for one.
        using var again = app.Person(buyer);
        await again.DeleteAsync(held[0].Headers.Location);
        await (await again.HoldAsync(show.SessionId, Some(standing))).ReadAsync<HoldView>(201);
        await (await again.HoldAsync(show.SessionId, Some(standing))).ProblemAsync(409, "limit-reached");
    }

    [Fact]
    public async Task What_the_session_does_not_have_names_the_field()
    {
        var (show, standing, seated) = await SellAsync();
        var other = new Show();
        var foreign = other.Seated(1, 1);
        app.AddSeatMap(other.SeatMap());
        await app.SellAsync(other);
        using var http = app.Person();
        var seats = show.SeatsOf(seated);

        (object[] Items, string Field)[] cases =
        [
            ([Some(standing), Some(Guid.CreateVersion7())], "items[1].ticketTypeId"),
            ([Some(foreign)], "items[0].ticketTypeId"),
            ([Some(seated)], "items[0].seatIds"),
            ([Seats(standing, seats[0])], "items[0].seatIds"),
            ([Some(standing), Seats(seated, seats[0], other.SeatsOf(foreign)[0])], "items[1].seatIds"),
            ([Seats(seated, seats[0], seats[0])], "items[0].seatIds"),
            ([Some(standing), Some(standing)], "items[1].ticketTypeId"),
            ([null!], "items[0]"),
            ([new { ticketTypeId = standing }], "items[0].quantity"),
            (
                [
                    new
                    {
                        ticketTypeId = seated,
                        quantity = 1,
                        seatIds = new[] { seats[0] },
                    },
                ],
                "items[0].quantity"
            ),
        ];
        foreach (var (items, field) in cases)
            Assert.Equal(
                field,
                (await (await http.HoldAsync(show.SessionId, items)).ProblemAsync(422, "invalid")).Field()
            );
        Assert.Equal(
            "sessionId",
            (await (await http.HoldAsync(Guid.CreateVersion7(), Some(standing))).ProblemAsync(422, "invalid")).Field()
        );
        await app.AssertInvariantsAsync(show.SessionId);
    }

    [Theory]
    [InlineData("", "body")]
    [InlineData("[]", "body")]
    [InlineData("{}", null)]
    [InlineData("""{"sessionId":"x","items":[]}""", "sessionId")]
    [InlineData("""{"sessionId":"01890a5d-ac96-774b-bcce-b302099a8057","items":[]}""", "items")]
    [InlineData("""{"sessionId":"01890a5d-ac96-774b-bcce-b302099a8057","items":null}""", "items")]
    [InlineData(
        """{"sessionId":"01890a5d-ac96-774b-bcce-b302099a8057","items":[{"ticketTypeId":"01890a5d-ac96-774b-bcce-b302099a8057","quantity":0}]}""",
        "items[0].quantity"
    )]
    [InlineData(
        """{"sessionId":"01890a5d-ac96-774b-bcce-b302099a8057","items":[{"ticketTypeId":"01890a5d-ac96-774b-bcce-b302099a8057","quantity":-1}]}""",
        "items[0].quantity"
    )]
    [InlineData(
        """{"sessionId":"01890a5d-ac96-774b-bcce-b302099a8057","items":[{"ticketTypeId":"01890a5d-ac96-774b-bcce-b302099a8057","quantity":99999999999}]}""",
        "items[0].quantity"
    )]
    [InlineData(
        """{"sessionId":"01890a5d-ac96-774b-bcce-b302099a8057","items":[{"ticketTypeId":"01890a5d-ac96-774b-bcce-b302099a8057","quantity":1.5}]}""",
        "items[0].quantity"
    )]
    [InlineData(
        """{"sessionId":"01890a5d-ac96-774b-bcce-b302099a8057","items":[{"ticketTypeId":"01890a5d-ac96-774b-bcce-b302099a8057","seatIds":[]}]}""",
        "items[0].seatIds"
    )]
    [InlineData(
        """{"sessionId":"01890a5d-ac96-774b-bcce-b302099a8057","items":[{"ticketTypeId":"01890a5d-ac96-774b-bcce-b302099a8057","seatIds":["x"]}]}""",
        null
    )]
    public async Task Bad_input_is_a_400_that_names_the_field(string body, string? field)
    {
        using var http = app.Person();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        var problem = await (await http.PostAsync("/api/v1/holds", content)).ProblemAsync(400, "invalid");
        if (field is not null && problem.TryGetProperty("errors", out _))
            Assert.Equal(field, problem.Field());
    }

    [Fact]
    public async Task Too_many_items_or_no_person_are_refused()
    {
        var (show, standing, _) = await SellAsync();
        using var http = app.Person();
        await (
            await http.HoldAsync(show.SessionId, [.. Enumerable.Range(0, 11).Select(_ => Some(Guid.CreateVersion7()))])
        ).ProblemAsync(400, "invalid");
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await app.Anonymous().HoldAsync(show.SessionId, Some(standing))).StatusCode
        );
        await (await http.HoldAsync(new string('k', 201), show.SessionId, Some(standing))).ProblemAsync(422, "invalid");
    }

    [Fact]
    public async Task One_key_makes_one_hold_however_often_it_is_sent_at_once()
    {
        var (show, standing, seated) = await SellAsync();
        var buyer = Guid.CreateVersion7();
        object[] items = [Some(standing, 2), Seats(seated, show.SeatsOf(seated)[0])];

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(async _ =>
                {
                    using var http = app.Person(buyer);
                    return await http.HoldAsync("same", show.SessionId, items);
                })
        );

        var bodies = new HashSet<string>();
        foreach (var answer in answers)
            bodies.Add(JsonSerializer.Serialize(await answer.ReadAsync<HoldView>(201)));
        Assert.Single(bodies);
        Assert.Single(answers, a => !a.Headers.Contains("Idempotent-Replayed"));
        Assert.Equal(2, (await app.PoolAsync(show.PoolOf(standing))).Held);
        await app.AssertInvariantsAsync(show.SessionId);
    }

    [Fact]
    public async Task A_key_replays_the_first_answer_and_is_no_other_requests()
    {
        var (show, standing, _) = await SellAsync();
        var buyer = Guid.CreateVersion7();
        using var http = app.Person(buyer);
        var first = await (await http.HoldAsync("k", show.SessionId, Some(standing, 2))).ReadAsync<HoldView>(201);
        await app.AttachAsync(first.Id, buyer, 3600);

        var replay = await (await http.HoldAsync("k", show.SessionId, Some(standing, 2))).ReadAsync<HoldView>(201);
        Assert.Equal(JsonSerializer.Serialize(first), JsonSerializer.Serialize(replay));

        var problem = await (await http.HoldAsync("k", show.SessionId, Some(standing, 3))).ProblemAsync(422, "invalid");
        Assert.Equal("Idempotency-Key", problem.Field());
        // Another person's key is another key.
        using var other = app.Person();
        var theirs = await (await other.HoldAsync("k", show.SessionId, Some(standing, 2))).ReadAsync<HoldView>(201);
        Assert.NotEqual(first.Id, theirs.Id);
    }

    [Fact]
    public async Task After_a_refusal_the_same_key_may_try_again()
    {
        var show = new Show();
        var type = show.Standing(1);
        await app.SellAsync(show);
        using var other = app.Person();
        var held = await (await other.HoldAsync(show.SessionId, Some(type))).ReadAsync<HoldView>(201);
        using var http = app.Person();
        await (await http.HoldAsync("k", show.SessionId, Some(type))).ProblemAsync(409, "sold-out");

        await other.DeleteAsync($"/api/v1/holds/{held.Id}");

        await (await http.HoldAsync("k", show.SessionId, Some(type))).ReadAsync<HoldView>(201);
    }
}
