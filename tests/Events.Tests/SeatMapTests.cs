using System.Net;
using System.Net.Http.Json;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Tests;

public sealed class SeatMapTests(EventsApp app)
{
    private static readonly object Small = new
    {
        name = "Plateia e balcão",
        sections = new object[]
        {
            new
            {
                name = "Plateia",
                rows = new object[]
                {
                    new { name = "A", seats = 3 },
                    new { name = "B", seats = new object[] { 2, 4, "6A" } },
                },
            },
            new { name = "Balcão", rows = new object[] { new { name = "A", seats = 2 } } },
        },
    };

    [Fact]
    public async Task A_seat_map_is_read_as_it_was_written()
    {
        var ana = await app.Organizer();
        var created = await Create(ana, await ana.Venue());
        Assert.Equal(8, (int)created["seatCount"]!);

        var map = await ana.Get($"/api/v1/seat-maps/{created.Id}");
        var plateia = map["sections"][0]!;
        Assert.Equal("Plateia", (string)plateia["name"]!);
        Assert.Equal(["A", "B"], plateia["rows"]!.AsArray().Select(r => (string)r!["name"]!));
        Assert.Equal(["2", "4", "6A"], plateia["rows"]![1]!["seats"]!.AsArray().Select(s => (string)s!["number"]!));

        var seats = await Internal(created.Id);
        Assert.Equal(["Plateia", "Balcão"], seats!.Sections.Select(s => s.Name));
        Assert.Equal(["A1", "A2", "A3", "B2", "B4", "B6A"], seats.Sections[0].Seats.Select(s => s.Row + s.Number));
        Assert.Equal((string)plateia["rows"]![0]!["seats"]![0]!["id"]!, seats.Sections[0].Seats[0].Id.ToString());
    }

    [Fact]
    public async Task Gaps_kinds_and_places_are_read_as_they_were_written()
    {
        var ana = await app.Organizer();
        const string layout = """
            {"name":"Sala","sections":[
              {"name":"Plateia","rows":[
                {"name":"A","seats":["1",{"number":"2","kind":"accessible"},{"number":3,"kind":"companion"},null,null,"4"]},
                {"name":"B","seats":4},
                {"name":"C","seats":2,"x":0,"y":10}]},
              {"name":"Salão","kind":"tables","rows":[
                {"name":"1","seats":5},{"name":"2","seats":4},{"name":"3","seats":1}]}]}
            """;
        var created = await ana.Post($"/api/v1/venues/{await ana.Venue()}/seat-maps", layout, 201);
        Assert.Equal(20, (int)created["seatCount"]!);

        var sections = (await ana.Get($"/api/v1/seat-maps/{created.Id}"))["sections"];
        Assert.Equal(["rows", "tables"], sections.AsArray().Select(s => (string)s!["kind"]!));
        // In the middle of the longest, unless a row says where.
        Assert.Equal(
            [
                "1@0,0",
                "2@2,0 accessible",
                "3@4,0 companion",
                "4@10,0",
                "1@2,2",
                "2@4,2",
                "3@6,2",
                "4@8,2",
                "1@0,10",
                "2@2,10",
            ],
            Spots(sections[0]!)
        );
        // Around each table, two tables a line.
        Assert.Equal(
            ["1@0,0", "2@2,0", "3@4,0", "4@4,4", "5@2,4", "1@8,0", "2@10,0", "3@10,4", "4@8,4", "1@0,8"],
            Spots(sections[1]!)
        );
        var told = (await Internal(created.Id))!.Sections;
        Assert.Equal([SectionKind.Rows, SectionKind.Tables], told.Select(s => s.Kind));
        Assert.Equal((SeatKind.Accessible, 2, 0), (told[0].Seats[1].Kind, told[0].Seats[1].X, told[0].Seats[1].Y));
    }

    private static IEnumerable<string> Spots(System.Text.Json.Nodes.JsonNode section) =>
        from row in section["rows"]!.AsArray()
        from seat in row!["seats"]!.AsArray()
        let kind = (string)seat["kind"]!
        select $"{seat["number"]}@{seat["x"]},{seat["y"]}{(kind == "standard" ? "" : $" {kind}")}";

    [Fact]
    public async Task A_session_with_a_seat_map_gets_a_pool_a_section_and_ticket_types_name_sections()
    {
        var ana = await app.Organizer();
        var venueId = await ana.Venue();
        var map = await Create(ana, venueId);
        var eventId = await ana.Draft(venueId: venueId);
        var session = await ana.Post(
            $"/api/v1/events/{eventId}/sessions",
            new
            {
                startsAt = EventsApp.InDays(9),
                seatMapId = map.Id,
                pools = new[] { new { name = "Pista", capacity = 50 } },
            },
            201
        );
        var pools = session["pools"].AsArray().ToDictionary(p => (string)p!["name"]!, p => p!);
        Assert.Equal(
            (6, 2, 50),
            ((int)pools["Plateia"]["capacity"]!, (int)pools["Balcão"]["capacity"]!, (int)pools["Pista"]["capacity"]!)
        );

        var type = await ana.Post(
            $"/api/v1/sessions/{session.Id}/ticket-types",
            new
            {
                name = "Inteira",
                kind = "full",
                price = new Money(9000, "BRL"),
                section = "plateia",
            },
            201
        );
        Assert.Equal((string)pools["Plateia"]["id"]!, (string)type["poolId"]!);
        var refused = await ana.Patch(
            $"/api/v1/sessions/{session.Id}/pools/{pools["Plateia"]["id"]}",
            new { capacity = 7 },
            409
        );
        Assert.Equal("pool-seated", refused.Code);
        await ana.Post($"/api/v1/events/{eventId}/publish", null, 200);

        var told = (await app.ToldOf(eventId, 1))[0].Snapshot!.Sessions[0];
        Assert.Equal(map.Id, told.SeatMapId);
        var seats = await Internal(map.Id);
        Assert.Equal(
            seats!.Sections.Select(s => (s.Id, s.Seats.Count)).Order(),
            told.Pools.Where(p => p.SectionId is not null).Select(p => (p.SectionId!.Value, p.Capacity)).Order()
        );
    }

    [Fact]
    public async Task A_seat_map_is_its_teams_until_a_published_event_sells_it_and_then_everybodys()
    {
        var ana = await app.Organizer();
        var venueId = await ana.Venue();
        var map = await Create(ana, venueId);
        var path = $"/api/v1/seat-maps/{map.Id}";
        await app.Anonymous.Get(path, 404);
        await app.Person().Get(path, 404);

        await Publish(ana, venueId, map.Id);

        var seen = await app.Anonymous.Get(path);
        Assert.StartsWith("public", seen.CacheControl);
        await app.Anonymous.Get(path, 304, seen.ETag);
    }

    [Fact]
    public async Task A_seat_map_that_is_sold_does_not_change()
    {
        var ana = await app.Organizer();
        var venueId = await ana.Venue();
        var map = await Create(ana, venueId);
        await Publish(ana, venueId, map.Id);

        var refused = await ana.Put($"/api/v1/seat-maps/{map.Id}", Small, 409);

        Assert.Equal("seat-map-in-use", refused.Code);
        await app.Person().Put($"/api/v1/seat-maps/{map.Id}", Small, 404);
    }

    [Fact]
    public async Task A_draft_follows_its_seat_map()
    {
        var ana = await app.Organizer();
        var venueId = await ana.Venue();
        var map = await Create(ana, venueId);
        var eventId = await ana.Draft(venueId: venueId);
        var session = await ana.Post(
            $"/api/v1/events/{eventId}/sessions",
            new { startsAt = EventsApp.InDays(9), seatMapId = map.Id },
            201
        );
        var before = await Internal(map.Id);
        var layout = new
        {
            name = "Nova",
            sections = new object[]
            {
                new { name = "Camarote", rows = new[] { new { name = "1", seats = 4 } } },
                new { name = "Plateia", rows = new[] { new { name = "A", seats = 10 } } },
            },
        };

        await ana.Put($"/api/v1/seat-maps/{map.Id}", layout, 200, map.ETag);
        await ana.Put($"/api/v1/seat-maps/{map.Id}", layout, 412, map.ETag);

        var after = await Internal(map.Id);
        Assert.Equal(["Camarote", "Plateia"], after!.Sections.Select(s => s.Name));
        Assert.Equal(before!.Sections[0].Id, after.Sections[1].Id);
        Assert.Equal(10, after.Sections[1].Seats.Count);
        var pools = (await ana.Get($"/api/v1/sessions/{session.Id}"))["pools"].AsArray();
        Assert.Equal(
            [("Camarote", 4), ("Plateia", 10)],
            pools.Select(p => ((string)p!["name"]!, (int)p["capacity"]!)).Order()
        );

        await ana.Post(
            $"/api/v1/sessions/{session.Id}/ticket-types",
            new
            {
                name = "Camarote",
                kind = "full",
                price = new Money(1, "BRL"),
                section = "Camarote",
            },
            201
        );
        var refused = await ana.Put($"/api/v1/seat-maps/{map.Id}", Small, 409);
        Assert.Equal("section-in-use", refused.Code);
        Assert.Equal(["Camarote", "Plateia"], (await Internal(map.Id))!.Sections.Select(s => s.Name));
    }

    [Fact]
    public async Task Publishing_and_changing_the_map_at_once_never_leaves_pools_that_are_not_its_sections()
    {
        var ana = await app.Organizer();
        var venueId = await ana.Venue();
        for (var round = 0; round < 5; round++)
        {
            var map = await Create(ana, venueId);
            var eventId = await ana.Draft(venueId: venueId);
            var session = await ana.Post(
                $"/api/v1/events/{eventId}/sessions",
                new { startsAt = EventsApp.InDays(9), seatMapId = map.Id },
                201
            );
            await ana.Post(
                $"/api/v1/sessions/{session.Id}/ticket-types",
                new
                {
                    name = "P",
                    kind = "full",
                    price = new Money(1, "BRL"),
                    section = "Plateia",
                },
                201
            );
            var larger = new
            {
                name = "Maior",
                sections = new[] { new { name = "Plateia", rows = new[] { new { name = "A", seats = 99 } } } },
            };

            var answers = await Task.WhenAll(
                ana.Try(HttpMethod.Post, $"/api/v1/events/{eventId}/publish"),
                ana.Try(HttpMethod.Put, $"/api/v1/seat-maps/{map.Id}", larger)
            );

            Assert.Equal(200, answers[0].Status);
            Assert.Contains(answers[1].Status, new[] { 200, 409 });
            var told = (await app.ToldOf(eventId, 1))[^1].Snapshot!.Sessions[0];
            var seats = await Internal(map.Id);
            Assert.Equal(
                seats!.Sections.Select(s => (s.Id, s.Seats.Count)).Order(),
                told.Pools.Select(p => (p.SectionId!.Value, p.Capacity)).Order()
            );
        }
    }

    [Fact]
    public async Task The_largest_map_is_taken_and_one_seat_more_is_not()
    {
        var ana = await app.Organizer();
        var venueId = await ana.Venue();
        object Layout(int last) =>
            new
            {
                name = "Estádio",
                sections = Enumerable
                    .Range(1, 60)
                    .Select(s => new
                    {
                        name = $"Setor {s}",
                        rows = Enumerable
                            .Range(1, 20)
                            .Select(r => new { name = $"{r}", seats = s == 60 && r == 20 ? last : 50 }),
                    }),
            };

        var map = await ana.Post($"/api/v1/venues/{venueId}/seat-maps", Layout(50), 201);
        Assert.Equal(60_000, (int)map["seatCount"]!);
        Assert.Equal(60_000, (await Internal(map.Id))!.Sections.Sum(s => s.Seats.Count));
        var refused = await ana.Post($"/api/v1/venues/{venueId}/seat-maps", Layout(51), 422);
        Assert.Equal(["sections"], refused.ErrorFields);
    }

    [Theory]
    [InlineData("""{"name":"M","sections":[]}""", 400, "sections")]
    [InlineData(
        """{"name":"M","sections":[{"name":"S · A","rows":[{"name":"A","seats":1}]}]}""",
        422,
        "sections[0].name"
    )]
    [InlineData(
        """{"name":"M","sections":[{"name":"S","rows":[{"name":"A·1","seats":1}]}]}""",
        422,
        "sections[0].rows[0].name"
    )]
    [InlineData(
        """{"name":"M","sections":[{"name":"S","rows":[{"name":"A","seats":["1·2"]}]}]}""",
        422,
        "sections[0].rows[0].seats"
    )]
    [InlineData("""{"name":"M","sections":[{"name":"S","rows":[]}]}""", 400, "sections[0].rows")]
    [InlineData(
        """{"name":"M","sections":[{"name":"S","rows":[{"name":"A","seats":0}]}]}""",
        422,
        "sections[0].rows[0].seats"
    )]
    [InlineData(
        """{"name":"M","sections":[{"name":"S","rows":[{"name":"A","seats":501}]}]}""",
        422,
        "sections[0].rows[0].seats"
    )]
    [InlineData(
        """{"name":"M","sections":[{"name":"S","rows":[{"name":"A","seats":[1,1]}]}]}""",
        422,
        "sections[0].rows[0].seats"
    )]
    [InlineData(
        """{"name":"M","sections":[{"name":"S","rows":[{"name":"A","seats":["12345678901"]}]}]}""",
        422,
        "sections[0].rows[0].seats"
    )]
    [InlineData(
        """{"name":"M","sections":[{"name":"S","rows":[{"name":"A","seats":1},{"name":"a","seats":1}]}]}""",
        422,
        "sections[0].rows[1].name"
    )]
    [InlineData(
        """{"name":"M","sections":[{"name":"S","rows":[{"name":"A","seats":1}]},{"name":"s ","rows":[{"name":"A","seats":1}]}]}""",
        422,
        "sections[1].name"
    )]
    [InlineData(
        """{"name":"M","sections":[{"name":"S","rows":[{"name":"A","seats":"10"}]}]}""",
        400,
        "sections[0].rows[0].seats"
    )]
    [InlineData(
        """{"name":"M","sections":[{"name":"S","rows":[{"name":"A","seats":99999999999}]}]}""",
        400,
        "sections[0].rows[0].seats"
    )]
    [InlineData(
        """{"name":"M","sections":[{"name":"S","rows":[{"name":"A","seats":null}]}]}""",
        400,
        "sections[0].rows[0].seats"
    )]
    // Two seats in one place, half of one place, and a table on a seat.
    [InlineData(
        """{"name":"M","sections":[{"name":"S","rows":[{"name":"A","seats":2,"y":0},{"name":"B","seats":2,"x":2,"y":0}]}]}""",
        422,
        "sections[0].rows[1]"
    )]
    [InlineData(
        """{"name":"M","sections":[{"name":"S","rows":[{"name":"A","seats":1},{"name":"B","seats":1,"y":1}]}]}""",
        422,
        "sections[0].rows[1]"
    )]
    [InlineData(
        """{"name":"M","sections":[{"name":"S","kind":"tables","rows":[{"name":"1","seats":4},{"name":"2","seats":2,"x":0,"y":2}]}]}""",
        422,
        "sections[0].rows[0]"
    )]
    // Beyond the grid, and before it.
    [InlineData(
        """{"name":"M","sections":[{"name":"S","rows":[{"name":"A","seats":2,"x":1998}]}]}""",
        422,
        "sections[0].rows[0]"
    )]
    [InlineData(
        """{"name":"M","sections":[{"name":"S","rows":[{"name":"A","seats":1,"x":2000000000}]}]}""",
        400,
        "sections[0].rows[0].x"
    )]
    [InlineData(
        """{"name":"M","sections":[{"name":"S","rows":[{"name":"A","seats":1,"y":-1}]}]}""",
        400,
        "sections[0].rows[0].y"
    )]
    [InlineData(
        """{"name":"M","sections":[{"name":"S","kind":"tables","rows":[{"name":"1","seats":41}]}]}""",
        422,
        "sections[0].rows[0].seats"
    )]
    [InlineData(
        """{"name":"M","sections":[{"name":"S","kind":"tables","rows":[{"name":"1","seats":["1",null,"2"]}]}]}""",
        422,
        "sections[0].rows[0].seats"
    )]
    [InlineData(
        """{"name":"M","sections":[{"name":"S","rows":[{"name":"A","seats":[null,null]}]}]}""",
        422,
        "sections[0].rows[0].seats"
    )]
    [InlineData(
        """{"name":"M","sections":[{"name":"S","rows":[{"name":"A","seats":[{"number":"1","kind":"throne"}]}]}]}""",
        400,
        "sections[0].rows[0].seats"
    )]
    [InlineData(
        """{"name":"M","sections":[{"name":"S","rows":[{"name":"A","seats":[{"kind":"accessible"}]}]}]}""",
        400,
        "sections[0].rows[0].seats"
    )]
    [InlineData("""{"name":"M","sections":[null]}""", 422, "sections[0]")]
    [InlineData("""{"name":"","sections":[{"name":"S","rows":[{"name":"A","seats":1}]}]}""", 400, "name")]
    public async Task A_bad_layout_is_refused_by_name(string layout, int status, string field)
    {
        var ana = await app.Organizer();

        var refused = await ana.Post($"/api/v1/venues/{await ana.Venue()}/seat-maps", layout, status);

        Assert.Equal([field], refused.ErrorFields);
    }

    [Fact]
    public async Task A_row_of_gaps_without_end_is_refused()
    {
        var ana = await app.Organizer();
        var gaps = string.Join(',', Enumerable.Repeat("null", 100_000));
        var layout = $$"""{"name":"M","sections":[{"name":"S","rows":[{"name":"A","seats":["1",{{gaps}}]}]}]}""";

        var refused = await ana.Post($"/api/v1/venues/{await ana.Venue()}/seat-maps", layout, 422);

        Assert.Equal(["sections[0].rows[0].seats"], refused.ErrorFields);
    }

    [Fact]
    public async Task Seat_maps_are_for_the_venue_they_are_of()
    {
        var ana = await app.Organizer();
        var (here, there) = (await ana.Venue(), await ana.Venue());
        var map = await Create(ana, there);
        var eventId = await ana.Draft(venueId: here);

        var refused = await ana.Post(
            $"/api/v1/events/{eventId}/sessions",
            new { startsAt = EventsApp.InDays(9), seatMapId = map.Id },
            422
        );

        Assert.Equal(["seatMapId"], refused.ErrorFields);
        Assert.Equal([map.Id], (await ana.Get($"/api/v1/venues/{there}/seat-maps")).Ids);
        await app.Person().Get($"/api/v1/venues/{there}/seat-maps", 404);
        await app.Person().Post($"/api/v1/venues/{there}/seat-maps", Small, 404);
    }

    private static Task<Answer> Create(Person owner, Guid venueId) =>
        owner.Post($"/api/v1/venues/{venueId}/seat-maps", Small, 201);

    private static async Task Publish(Person owner, Guid venueId, Guid mapId)
    {
        var eventId = await owner.Draft(venueId: venueId);
        var session = await owner.Post(
            $"/api/v1/events/{eventId}/sessions",
            new { startsAt = EventsApp.InDays(9), seatMapId = mapId },
            201
        );
        await owner.TicketType(session.Id);
        await owner.Post($"/api/v1/events/{eventId}/publish", null, 200);
    }

    private async Task<SeatMapSeats?> Internal(Guid id)
    {
        using var response = await app.Peer.GetAsync($"/internal/seat-maps/{id}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<SeatMapSeats>(ServiceDefaultsExtensions.Json);
    }
}
