using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Ticketing.Contracts;

namespace Ticketing.Events.Tests;

public sealed class CatalogTests(EventsApp app)
{
    [Fact]
    public async Task Pools_are_shown_in_the_order_in_which_they_were_given()
    {
        var ana = await app.Organizer();
        var eventId = await ana.Draft();
        string[] names = ["I", "C", "A", "H", "B", "G", "D", "F", "E"];

        var session = await ana.Post(
            $"/api/v1/events/{eventId}/sessions",
            new { startsAt = EventsApp.InDays(9), pools = names.Select(name => new { name, capacity = 5 }) },
            201
        );
        await ana.Post($"/api/v1/sessions/{session.Id}/pools", new { name = "0", capacity = 5 }, 201);

        var shown = (await ana.Get($"/api/v1/sessions/{session.Id}"))["pools"].AsArray();
        Assert.Equal([.. names, "0"], shown.Select(p => (string)p!["name"]!));
    }

    [Fact]
    public async Task Peers_are_told_whose_a_session_is_also_of_a_draft()
    {
        var ana = await app.Organizer();
        var eventId = await ana.Draft();
        var sessionId = await ana.Session(eventId);
        using var peer = app.Peer;

        var told = await peer.GetFromJsonAsync<SessionOwner>($"/internal/sessions/{sessionId}");

        var startsAt = (DateTimeOffset)(await ana.Get($"/api/v1/sessions/{sessionId}"))["startsAt"];
        Assert.Equal(new(eventId, ana.OrganizerId, startsAt), told);
        using var missing = await peer.GetAsync($"/internal/sessions/{Guid.CreateVersion7()}");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task An_event_is_set_up_published_and_found()
    {
        var owner = await app.Organizer(name: "Produções Água Viva");
        var word = $"w{Guid.CreateVersion7():N}";
        var (eventId, sessionId, typeId) = await owner.Published($"Orquestra {word}");

        var found = await app.Anonymous.Get($"/api/v1/events?q={word}");
        Assert.Equal([eventId], found.Ids);
        Assert.Equal(15000, (long)found.Items[0]!["minPrice"]!["amount"]!);
        Assert.Equal("São Paulo", (string)found.Items[0]!["venue"]!["city"]!);

        var slug = (string)found.Items[0]!["slug"]!;
        Assert.Equal($"orquestra-{word}", slug);
        var page = await app.Anonymous.Get($"/api/v1/events/{slug}");
        Assert.Equal(eventId, page.Id);
        Assert.Equal("published", (string)page["status"]!);
        var session = page["sessions"][0]!;
        Assert.Equal(sessionId.ToString(), (string)session["id"]!);
        Assert.Equal(typeId.ToString(), (string)session["ticketTypes"]![0]!["id"]!);
        Assert.Equal(8, (int)session["ticketTypes"]![0]!["maxPerOrder"]!);
        Assert.Equal(100, (int)session["pools"]![0]!["capacity"]!);

        var told = Assert.Single(await app.ToldOf(eventId, 1));
        Assert.Equal("published", told.Type);
        Assert.Equal("Produções Água Viva", told.Snapshot!.OrganizerName);
        var type = Assert.Single(Assert.Single(told.Snapshot.Sessions).TicketTypes);
        Assert.Equal(new Money(15000, "BRL"), type.Price);
        Assert.Equal(TicketKind.Full, type.Kind);
    }

    [Fact]
    public async Task An_edits_answer_says_until_when_all_go_by_it()
    {
        const string header = "Takes-Effect-By";
        var ana = await app.Organizer();
        var (eventId, _, _) = await ana.Published($"Edição {Guid.CreateVersion7():N}");
        var path = $"/api/v1/events/{eventId}";

        var before = TimeProvider.System.GetUtcNow();
        using var edited = await ana.Http.PatchAsJsonAsync(path, new { title = "Outra edição" });
        Assert.Equal(HttpStatusCode.OK, edited.StatusCode);
        var by = DateTimeOffset.ParseExact(
            Assert.Single(edited.Headers.GetValues(header)),
            "R",
            CultureInfo.InvariantCulture
        );
        Assert.InRange(by, before, TimeProvider.System.GetUtcNow().AddMinutes(2));

        using var refused = await ana.Http.PatchAsJsonAsync(path, new { title = "" });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.False(refused.Headers.Contains(header));
        using var read = await ana.Http.GetAsync(path);
        Assert.False(read.Headers.Contains(header));
    }

    [Fact]
    public async Task A_draft_is_its_teams_alone()
    {
        var ana = await app.Organizer();
        var eventId = await ana.Draft();
        var sessionId = await ana.Session(eventId);
        var typeId = await ana.TicketType(sessionId);
        var stranger = await app.Organizer();
        string[] reads =
        [
            $"/api/v1/events/{eventId}",
            $"/api/v1/events/{eventId}/sessions",
            $"/api/v1/sessions/{sessionId}",
            $"/api/v1/ticket-types/{typeId}",
        ];

        foreach (var path in reads)
        {
            await ana.Get(path);
            await stranger.Get(path, 404);
            await app.Anonymous.Get(path, 404);
        }
        await stranger.Patch($"/api/v1/events/{eventId}", new { title = "Meu" }, 404);
        await stranger.Delete($"/api/v1/events/{eventId}", 404);
        await stranger.Post($"/api/v1/events/{eventId}/publish", null, 404);
        await stranger.Post($"/api/v1/events/{eventId}/cancel", new { reason = "x" }, 404);
        await stranger.Post($"/api/v1/events/{eventId}/sessions", new { startsAt = EventsApp.InDays(1) }, 404);
        await stranger.Patch($"/api/v1/sessions/{sessionId}", new { startsAt = EventsApp.InDays(1) }, 404);
        await stranger.Delete($"/api/v1/sessions/{sessionId}", 404);
        await stranger.Post($"/api/v1/sessions/{sessionId}/pools", new { name = "P", capacity = 1 }, 404);
        await stranger.Patch($"/api/v1/ticket-types/{typeId}", new { name = "Meu" }, 404);
        await stranger.Delete($"/api/v1/ticket-types/{typeId}", 404);
        await stranger.Get($"/api/v1/organizers/{ana.OrganizerId}/events", 404);
        await app.Anonymous.Patch($"/api/v1/events/{eventId}", new { title = "Meu" }, 401);
        Assert.Contains("private", (await ana.Get($"/api/v1/events/{eventId}")).CacheControl);
    }

    [Fact]
    public async Task An_event_is_put_on_by_the_organizer_who_owns_the_venue()
    {
        var (ana, bia) = (await app.Organizer(), await app.Organizer());
        var venueId = await bia.Venue();

        var refused = await ana.Post(
            "/api/v1/events",
            new
            {
                organizerId = ana.OrganizerId,
                venueId,
                title = "T",
                category = "Show",
            },
            422
        );
        Assert.Equal(["venueId"], refused.ErrorFields);

        var eventId = await ana.Draft();
        refused = await ana.Patch($"/api/v1/events/{eventId}", new { venueId }, 422);
        Assert.Equal(["venueId"], refused.ErrorFields);
        var other = await ana.Venue("Outro");
        var moved = await ana.Patch($"/api/v1/events/{eventId}", new { venueId = other });
        Assert.Equal("Outro", (string)moved["venue"]["name"]!);
    }

    [Fact]
    public async Task Publishing_names_all_that_is_missing()
    {
        var ana = await app.Organizer();
        var eventId = (
            await ana.Post(
                "/api/v1/events",
                new
                {
                    organizerId = ana.OrganizerId,
                    venueId = await ana.Venue(),
                    title = "Vazio",
                    category = "Show",
                },
                201
            )
        ).Id;

        var refused = await ana.Post($"/api/v1/events/{eventId}/publish", null, 422);
        Assert.Equal("event-incomplete", refused.Code);
        Assert.Equal(["description", "sessions"], refused.ErrorFields);

        await ana.Patch($"/api/v1/events/{eventId}", new { description = "Cheio." });
        var empty = await ana.Session(eventId, 10);
        var closed = await ana.Session(eventId, 20);
        await ana.TicketType(closed, capacity: 0);
        refused = await ana.Post($"/api/v1/events/{eventId}/publish", null, 422);
        Assert.Equal(["sessions[0].ticketTypes", "sessions[1].pools"], refused.ErrorFields);

        await ana.TicketType(empty);
        await ana.TicketType(closed);
        await ana.Post($"/api/v1/events/{eventId}/publish", null, 200);
    }

    [Fact]
    public async Task Publishing_many_times_at_once_is_told_once()
    {
        var ana = await app.Organizer();
        var eventId = await ana.Draft();
        await ana.TicketType(await ana.Session(eventId));

        await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => ana.Post($"/api/v1/events/{eventId}/publish", null, 200))
        );
        await ana.Patch($"/api/v1/events/{eventId}", new { title = "Depois" });

        var told = await app.ToldOf(eventId, 2);
        Assert.Equal(["published", "changed"], told.Select(t => t.Type));
    }

    [Fact]
    public async Task Each_edit_of_a_published_event_is_told_with_the_next_version()
    {
        var ana = await app.Organizer();
        var (eventId, sessionId, typeId) = await ana.Published();

        await ana.Patch($"/api/v1/ticket-types/{typeId}", new { price = new Money(20000, "BRL"), maxPerOrder = 2 });
        var second = await ana.Session(eventId, 60);
        await ana.TicketType(second, 100, "Meia");
        await ana.Delete($"/api/v1/sessions/{sessionId}");
        await ana.Delete($"/api/v1/ticket-types/{typeId}", 409);

        var told = await app.ToldOf(eventId, 5);
        Assert.Equal(Enumerable.Range(0, 5).Select(i => told[0].Version + i), told.Select(t => t.Version));
        Assert.Equal(new Money(20000, "BRL"), told[1].Snapshot!.Sessions[0].TicketTypes[0].Price);
        Assert.Equal(2, told[1].Snapshot!.Sessions[0].TicketTypes[0].MaxPerOrder);
        Assert.Equal(2, told[2].Snapshot!.Sessions.Count);
        Assert.Equal([true, false], told[4].Snapshot!.Sessions.Select(s => s.Cancelled));
        // Each session by the version that changed it last.
        Assert.Equal([told[4].Version, told[3].Version], told[4].Snapshot!.Sessions.Select(s => s.Version));
    }

    [Fact]
    public async Task A_session_says_how_many_tickets_one_person_may_have()
    {
        var ana = await app.Organizer();
        var (eventId, first, _) = await ana.Published();
        Assert.Equal(10, (int)(await ana.Get($"/api/v1/sessions/{first}"))["maxPerPerson"]!);
        var second = await ana.Post(
            $"/api/v1/events/{eventId}/sessions",
            new { startsAt = EventsApp.InDays(60), maxPerPerson = 4 },
            201
        );

        await ana.Patch($"/api/v1/sessions/{first}", new { maxPerPerson = 2 });
        await ana.Patch($"/api/v1/sessions/{first}", new { endsAt = EventsApp.InDays(31) });

        Assert.Equal(2, (int)(await ana.Get($"/api/v1/sessions/{first}"))["maxPerPerson"]!);
        Assert.Equal(4, (int)second["maxPerPerson"]!);
        var told = await app.ToldOf(eventId, 4);
        Assert.Equal([10, 4], told[1].Snapshot!.Sessions.Select(s => s.MaxPerPerson));
        Assert.Equal([2, 4], told[3].Snapshot!.Sessions.Select(s => s.MaxPerPerson));
        foreach (var limit in (int[])[0, 1_001])
            Assert.Equal(
                ["maxPerPerson"],
                (await ana.Patch($"/api/v1/sessions/{first}", new { maxPerPerson = limit }, 400)).ErrorFields
            );
    }

    [Fact]
    public async Task Edits_of_one_event_at_once_are_told_in_one_order_and_none_is_lost()
    {
        const int Edits = 16;
        var ana = await app.Organizer();
        var (eventId, sessionId, _) = await ana.Published();

        await Task.WhenAll(Enumerable.Range(0, Edits).Select(i => ana.TicketType(sessionId, 1000 + i, $"Lote {i}")));

        var told = await app.ToldOf(eventId, Edits + 1);
        Assert.Equal(Enumerable.Range(0, Edits + 1).Select(i => told[0].Version + i), told.Select(t => t.Version));
        // Each snapshot holds what the one before held, and one thing more.
        for (var i = 0; i <= Edits; i++)
            Assert.Equal(i + 1, told[i].Snapshot!.Sessions[0].TicketTypes.Count);
        for (var i = 1; i <= Edits; i++)
            Assert.Empty(
                told[i - 1].Snapshot!.Sessions[0].TicketTypes.Except(told[i].Snapshot!.Sessions[0].TicketTypes)
            );
    }

    [Fact]
    public async Task Of_edits_from_one_version_one_wins()
    {
        var ana = await app.Organizer();
        var (eventId, sessionId, typeId) = await ana.Published();
        string[] paths =
        [
            $"/api/v1/events/{eventId}",
            $"/api/v1/sessions/{sessionId}",
            $"/api/v1/ticket-types/{typeId}",
        ];
        object[] bodies = [new { title = "Novo" }, new { endsAt = EventsApp.InDays(31) }, new { name = "Novo" }];
        foreach (var (path, body) in paths.Zip(bodies))
        {
            var etag = (await ana.Get(path)).ETag;

            var answers = await Task.WhenAll(
                Enumerable.Range(0, 8).Select(_ => ana.Try(HttpMethod.Patch, path, body, etag))
            );

            var won = Assert.Single(answers, a => a.Status == 200);
            Assert.Equal(7, answers.Count(a => a.Status == 412));
            var now = await ana.Get(path);
            Assert.Equal((won.ETag, won.Text), (now.ETag, now.Text));
        }
    }

    [Fact]
    public async Task A_page_is_one_state_of_the_event_while_it_changes()
    {
        var ana = await app.Organizer();
        var (eventId, sessionId, _) = await ana.Published();
        var first = long.Parse((await ana.Get($"/api/v1/events/{eventId}")).ETag!.Trim('"'), null);

        var writes = Task.WhenAll(Enumerable.Range(0, 12).Select(i => ana.TicketType(sessionId, i, $"Lote {i}")));
        var reads = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => app.Anonymous.Get($"/api/v1/events/{eventId}"))
        );
        await writes;

        // Each write added one ticket type and one version.
        foreach (var read in reads)
            Assert.Equal(
                long.Parse(read.ETag!.Trim('"'), null) - first,
                read["sessions"][0]!["ticketTypes"]!.AsArray().Count - 1
            );
    }

    [Fact]
    public async Task Cancelling_is_for_good_and_told_once()
    {
        var ana = await app.Organizer();
        var (eventId, sessionId, typeId) = await ana.Published();

        await ana.Post($"/api/v1/events/{eventId}/cancel", new { reason = "Chuva forte" }, 200);
        await ana.Post($"/api/v1/events/{eventId}/cancel", new { reason = "De novo" }, 200);

        var page = await app.Anonymous.Get($"/api/v1/events/{eventId}");
        Assert.Equal(("cancelled", "Chuva forte"), ((string)page["status"]!, (string)page["cancelReason"]!));
        Answer[] refused =
        [
            await ana.Patch($"/api/v1/events/{eventId}", new { title = "x" }, 409),
            await ana.Post($"/api/v1/events/{eventId}/publish", null, 409),
            await ana.Patch($"/api/v1/ticket-types/{typeId}", new { name = "x" }, 409),
            await ana.Post($"/api/v1/events/{eventId}/sessions", new { startsAt = EventsApp.InDays(1) }, 409),
            await ana.Delete($"/api/v1/sessions/{sessionId}", 409),
        ];
        Assert.All(refused, r => Assert.Equal("event-cancelled", r.Code));
        var told = await app.ToldOf(eventId, 2);
        Assert.Equal(["published", "cancelled"], told.Select(t => t.Type));
        Assert.Equal("Chuva forte", told[1].Reason);
        Assert.True(told[1].Version > told[0].Version);
    }

    [Fact]
    public async Task A_draft_is_deleted_and_what_was_on_sale_is_not()
    {
        var ana = await app.Organizer();
        var draft = await ana.Draft();
        await ana.TicketType(await ana.Session(draft));
        Assert.Equal(
            "event-not-published",
            (await ana.Post($"/api/v1/events/{draft}/cancel", new { reason = "x" }, 409)).Code
        );
        await ana.Delete($"/api/v1/events/{draft}");
        await ana.Get($"/api/v1/events/{draft}", 404);

        var (published, sessionId, _) = await ana.Published();
        Assert.Equal("event-published", (await ana.Delete($"/api/v1/events/{published}", 409)).Code);
        Assert.Equal("last-session", (await ana.Delete($"/api/v1/sessions/{sessionId}", 409)).Code);

        Assert.Equal([published], (await ana.Get($"/api/v1/organizers/{ana.OrganizerId}/events")).Ids);
        Assert.Empty((await ana.Get($"/api/v1/organizers/{ana.OrganizerId}/events?status=draft")).Ids);
    }

    [Fact]
    public async Task An_organizers_events_are_sorted_and_each_comes_once()
    {
        var ana = await app.Organizer();
        var venue = await ana.Venue();
        var ids = new List<Guid>();
        foreach (
            var (title, inDays) in new (string, int?)[] { ("Zé", 40), ("Ópera", null), ("opera", 50), ("Baile", 30) }
        )
        {
            ids.Add(await ana.Draft(title, venue));
            if (inDays is { } days)
                await ana.Session(ids[^1], days);
        }
        Assert.Equal([3, 2, 1, 0], await AllAsync(""));
        Assert.Equal([3, 1, 2, 0], await AllAsync("&sort=title"));
        Assert.Equal([0, 2, 1, 3], await AllAsync("&sort=-title"));
        Assert.Equal([3, 0, 2, 1], await AllAsync("&sort=starts&status=draft"));
        Assert.Equal([2, 0, 3, 1], await AllAsync("&sort=-starts"));

        async Task<List<int>> AllAsync(string query)
        {
            var seen = new List<int>();
            for (string? next = ""; next is not null; )
            {
                var page = await ana.Get($"/api/v1/organizers/{ana.OrganizerId}/events?limit=1{query}{next}");
                seen.AddRange(page.Ids.Select(id => ids.IndexOf(id)));
                next = page.Next is { } cursor ? $"&cursor={cursor}" : null;
            }
            return seen;
        }
    }

    [Fact]
    public async Task A_session_of_a_draft_goes_and_one_on_sale_stays_cancelled()
    {
        var ana = await app.Organizer();
        var eventId = await ana.Draft();
        var (gone, stays, last) = (await ana.Session(eventId), await ana.Session(eventId), await ana.Session(eventId));
        await ana.Delete($"/api/v1/sessions/{gone}");
        await ana.Get($"/api/v1/sessions/{gone}", 404);
        await ana.TicketType(stays);
        await ana.TicketType(last);
        await ana.Post($"/api/v1/events/{eventId}/publish", null, 200);

        await ana.Delete($"/api/v1/sessions/{stays}");

        Assert.True((bool)(await app.Anonymous.Get($"/api/v1/sessions/{stays}"))["cancelled"]!);
        Assert.Equal("session-cancelled", (await ana.Delete($"/api/v1/sessions/{stays}", 409)).Code);
        Assert.Equal([stays, last], (await app.Anonymous.Get($"/api/v1/events/{eventId}/sessions")).Ids);
    }

    [Fact]
    public async Task Times_are_answered_in_UTC_and_can_be_cleared()
    {
        var ana = await app.Organizer();
        var eventId = await ana.Draft();
        var start = new DateTimeOffset(EventsApp.InDays(30).Date.AddHours(20), TimeSpan.FromHours(-3));

        var session = await ana.Post(
            $"/api/v1/events/{eventId}/sessions",
            new
            {
                startsAt = start,
                doorsAt = start.AddHours(-1),
                endsAt = start.AddHours(3),
            },
            201
        );

        Assert.EndsWith("23:00:00Z", (string)session["startsAt"]!);
        Assert.Equal(session.Text, (await ana.Get($"/api/v1/sessions/{session.Id}")).Text);
        var cleared = await ana.Patch($"/api/v1/sessions/{session.Id}", new { doorsAt = (string?)null });
        Assert.Null(cleared.Body!["doorsAt"]);
        Assert.NotNull(cleared.Body!["endsAt"]);
    }

    [Theory]
    [InlineData(-1, null, null, "startsAt")]
    [InlineData(4000, null, null, "startsAt")]
    [InlineData(10, 11.0, null, "doorsAt")]
    [InlineData(10, 5.0, null, "doorsAt")]
    [InlineData(10, null, 9.0, "endsAt")]
    [InlineData(10, null, 90.0, "endsAt")]
    public async Task Contradictory_times_are_refused_by_name(double start, double? doors, double? end, string field)
    {
        var ana = await app.Organizer();
        var eventId = await ana.Draft();
        var times = new
        {
            startsAt = EventsApp.InDays(start),
            doorsAt = doors is { } d ? EventsApp.InDays(d) : (DateTimeOffset?)null,
            endsAt = end is { } e ? EventsApp.InDays(e) : (DateTimeOffset?)null,
        };

        var refused = await ana.Post($"/api/v1/events/{eventId}/sessions", times, 422);
        Assert.Equal([field], refused.ErrorFields);
        var sessionId = await ana.Session(eventId, 10);
        Assert.Equal([field], (await ana.Patch($"/api/v1/sessions/{sessionId}", times, 422)).ErrorFields);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0001-01-01T00:00:00Z")]
    public async Task The_first_moment_of_all_is_in_the_past(string? doorsAt)
    {
        var ana = await app.Organizer();
        var eventId = await ana.Draft();

        var refused = await ana.Post(
            $"/api/v1/events/{eventId}/sessions",
            new { startsAt = "0001-01-01T00:00:00Z", doorsAt },
            422
        );

        Assert.Equal(["startsAt"], refused.ErrorFields);
    }

    [Fact]
    public async Task A_sale_lasts_longer_than_what_the_database_can_tell_apart()
    {
        var ana = await app.Organizer();
        var (_, _, typeId) = await ana.Published();

        var refused = await ana.Patch(
            $"/api/v1/ticket-types/{typeId}",
            new { salesStart = "2031-01-01T00:00:00.0000001Z", salesEnd = "2031-01-01T00:00:00.0000002Z" },
            422
        );

        Assert.Equal(["salesEnd"], refused.ErrorFields);
    }

    [Fact]
    public async Task Pools_are_shared_by_ticket_types()
    {
        var ana = await app.Organizer();
        var eventId = await ana.Draft();
        var session = await ana.Post(
            $"/api/v1/events/{eventId}/sessions",
            new { startsAt = EventsApp.InDays(9), pools = new[] { new { name = "Pista", capacity = 500 } } },
            201
        );
        var poolId = (string)session["pools"][0]!["id"]!;
        var pools = $"/api/v1/sessions/{session.Id}/pools";
        foreach (var kind in new[] { "full", "half" })
            await ana.Post(
                $"/api/v1/sessions/{session.Id}/ticket-types",
                new
                {
                    name = kind,
                    kind,
                    price = new Money(1000, "BRL"),
                    poolId,
                },
                201
            );

        var camarote = await ana.Post(pools, new { name = "Camarote", capacity = 10 }, 201);
        Assert.Equal(["name"], (await ana.Post(pools, new { name = "camarote", capacity = 1 }, 422)).ErrorFields);
        Assert.Equal(["name"], (await ana.Patch($"{pools}/{camarote.Id}", new { name = "PISTA" }, 422)).ErrorFields);
        await ana.Patch($"{pools}/{camarote.Id}", new { capacity = 0 }, 200, camarote.ETag);
        await ana.Patch($"{pools}/{camarote.Id}", new { capacity = 1 }, 412, camarote.ETag);
        Assert.Equal("pool-in-use", (await ana.Delete($"{pools}/{poolId}", 409)).Code);
        await ana.Delete($"{pools}/{camarote.Id}");
        await ana.Patch($"{pools}/{camarote.Id}", new { capacity = 1 }, 404);

        await ana.Post($"/api/v1/events/{eventId}/publish", null, 200);
        Assert.Equal("pool-on-sale", (await ana.Delete($"{pools}/{poolId}", 409)).Code);
        await ana.Patch($"{pools}/{poolId}", new { capacity = 400 });
        var told = await app.ToldOf(eventId, 2);
        Assert.Equal(400, told[1].Snapshot!.Sessions[0].Pools[0].Capacity);
    }

    [Theory]
    [InlineData("""{"name":"T","kind":"full","price":{"amount":1,"currency":"BRL"}}""", 422, "poolId")]
    [InlineData(
        """{"name":"T","kind":"full","price":{"amount":1,"currency":"BRL"},"capacity":1,"section":"S"}""",
        422,
        "poolId"
    )]
    [InlineData("""{"name":"T","kind":"full","price":{"amount":1,"currency":"BRL"},"section":"S"}""", 422, "section")]
    [InlineData(
        """{"name":"T","kind":"full","price":{"amount":1,"currency":"BRL"},"poolId":"00000000-0000-0000-0000-000000000000"}""",
        422,
        "poolId"
    )]
    [InlineData(
        """{"name":"T","kind":"full","price":{"amount":-1,"currency":"BRL"},"capacity":1}""",
        422,
        "price.amount"
    )]
    [InlineData(
        """{"name":"T","kind":"full","price":{"amount":10000000000,"currency":"BRL"},"capacity":1}""",
        422,
        "price.amount"
    )]
    [InlineData(
        """{"name":"T","kind":"full","price":{"amount":1,"currency":"brl"},"capacity":1}""",
        422,
        "price.currency"
    )]
    [InlineData(
        """{"name":"T","kind":"full","price":{"amount":1,"currency":"ABC"},"capacity":1}""",
        422,
        "price.currency"
    )]
    [InlineData(
        """{"name":"T","kind":"full","price":{"amount":1,"currency":"USD"},"capacity":1}""",
        422,
        "price.currency"
    )]
    [InlineData("""{"name":"T","kind":"full","price":{"currency":"BRL"},"capacity":1}""", 400, "amount")]
    [InlineData("""{"name":"T","kind":"full","price":{"amount":1},"capacity":1}""", 400, "currency")]
    [InlineData(
        """{"name":"T","kind":"full","price":{"amount":"1","currency":"BRL"},"capacity":1}""",
        400,
        "price.amount"
    )]
    [InlineData(
        """{"name":"T","kind":"full","price":{"amount":1.5,"currency":"BRL"},"capacity":1}""",
        400,
        "price.amount"
    )]
    [InlineData("""{"name":"T","kind":"vip","price":{"amount":1,"currency":"BRL"},"capacity":1}""", 400, "kind")]
    [InlineData("""{"name":"T","kind":0,"price":{"amount":1,"currency":"BRL"},"capacity":1}""", 400, "kind")]
    [InlineData("""{"name":"T","kind":"full","price":{"amount":1,"currency":"BRL"},"capacity":-1}""", 400, "capacity")]
    [InlineData(
        """{"name":"T","kind":"full","price":{"amount":1,"currency":"BRL"},"capacity":1,"maxPerOrder":0}""",
        400,
        "maxPerOrder"
    )]
    [InlineData("""{"name":" ","kind":"full","price":{"amount":1,"currency":"BRL"},"capacity":1}""", 400, "name")]
    [InlineData(
        """{"name":"a\u0000b","kind":"full","price":{"amount":1,"currency":"BRL"},"capacity":1}""",
        400,
        "name"
    )]
    [InlineData(
        """{"name":"T","kind":"full","price":{"amount":1,"currency":"BRL"},"capacity":1,"salesStart":"2030-01-02T00:00:00Z","salesEnd":"2030-01-01T00:00:00Z"}""",
        422,
        "salesEnd"
    )]
    [InlineData(
        """{"name":"T","kind":"full","price":{"amount":1,"currency":"BRL"},"capacity":1,"poolName":" "}""",
        400,
        "poolName"
    )]
    [InlineData(
        """{"name":"T","kind":"full","price":{"amount":1,"currency":"BRL"},"section":"Inteira","poolName":"P"}""",
        422,
        "poolName"
    )]
    public async Task A_bad_ticket_type_is_refused_by_name(string body, int status, string field)
    {
        var ana = await app.Organizer();
        var sessionId = await ana.Session(await ana.Draft());
        await ana.TicketType(sessionId);

        var refused = await ana.Post($"/api/v1/sessions/{sessionId}/ticket-types", body, status);

        Assert.Equal([field], refused.ErrorFields);
    }

    [Fact]
    public async Task A_pool_that_is_made_with_a_ticket_type_may_be_called_otherwise()
    {
        var ana = await app.Organizer();
        var sessionId = await ana.Session(await ana.Draft());
        foreach (var poolName in new[] { "Pista", "pista", null })
            await ana.Post(
                $"/api/v1/sessions/{sessionId}/ticket-types",
                new
                {
                    name = "Pista – inteira",
                    kind = "full",
                    price = new Money(1000, "BRL"),
                    capacity = 5,
                    poolName,
                },
                201
            );

        var pools = (await ana.Get($"/api/v1/sessions/{sessionId}"))["pools"].AsArray();
        Assert.Equal(["Pista", "pista 2", "Pista – inteira"], pools.Select(p => (string)p!["name"]!));
    }

    [Fact]
    public async Task The_currency_of_the_only_ticket_type_may_change()
    {
        var ana = await app.Organizer();
        var sessionId = await ana.Session(await ana.Draft());
        var typeId = await ana.TicketType(sessionId);

        var changed = await ana.Patch($"/api/v1/ticket-types/{typeId}", new { price = new Money(5, "EUR") });

        Assert.Equal("EUR", (string)changed["price"]["currency"]!);
    }

    [Fact]
    public async Task Sales_windows_are_set_and_cleared()
    {
        var ana = await app.Organizer();
        var (_, _, typeId) = await ana.Published();
        var path = $"/api/v1/ticket-types/{typeId}";

        var set = await ana.Patch(path, new { salesStart = EventsApp.InDays(1), salesEnd = EventsApp.InDays(2) });
        Assert.NotNull(set.Body!["salesStart"]);
        var cleared = await ana.Patch(path, new { salesStart = (string?)null });
        Assert.Null(cleared.Body!["salesStart"]);
        Assert.NotNull(cleared.Body!["salesEnd"]);
    }

    [Fact]
    public async Task A_request_that_is_sent_twice_makes_one_event()
    {
        var ana = await app.Organizer();
        var body = new
        {
            organizerId = ana.OrganizerId,
            venueId = await ana.Venue(),
            title = "Uma vez",
            category = "Show",
        };
        ana.Http.DefaultRequestHeaders.Add("Idempotency-Key", Guid.CreateVersion7().ToString());

        var (first, second) = (
            await ana.Post("/api/v1/events", body, 201),
            await ana.Post("/api/v1/events", body, 201)
        );

        Assert.Equal((first.Id, first.Location, first.ETag), (second.Id, second.Location, second.ETag));
        Assert.Single((await ana.Get($"/api/v1/organizers/{ana.OrganizerId}/events")).Ids);
    }

    [Fact]
    public async Task A_season_of_many_sections_and_prices_is_told_in_several_messages()
    {
        const int Nights = 27;
        const int Sections = 10;
        var ana = await app.Organizer();
        var eventId = await ana.Draft();
        for (var night = 0; night < Nights; night++)
            await ana.Post(
                $"/api/v1/events/{eventId}/sessions",
                new
                {
                    startsAt = EventsApp.InDays(9 + night),
                    pools = Enumerable.Range(0, Sections).Select(i => new { name = $"Setor {i}", capacity = 500 }),
                },
                201
            );
        await using var source = NpgsqlDataSource.Create(app.System.Database(AppIds.Events));
        await using var types = source.CreateCommand(
            $"""
            INSERT INTO ticket_types (id, session_id, pool_id, name, kind, max_per_order, version, price_amount, price_currency,
                fee, platform_fee)
            SELECT gen_random_uuid(), p.session_id, p.id, p.name || ' ' || kind || repeat('x', 50), kind, 8, 1, 15000, 'BRL', 0, 0
            FROM pools p JOIN sessions s ON s.id = p.session_id, unnest(ARRAY['Full', 'Half']) kind
            WHERE s.event_id = '{eventId}'
            """
        );
        await types.ExecuteNonQueryAsync();

        await ana.Post($"/api/v1/events/{eventId}/publish", null, 200);

        var told = await app.ToldOf(eventId, 2);
        Assert.Contains("published", told.Select(t => t.Type));
        Assert.Single(told.Select(t => t.Version).Distinct());
        Assert.Equal(Nights, told.SelectMany(t => t.Snapshot!.Sessions).Select(s => s.Id).Distinct().Count());
        Assert.All(told.SelectMany(t => t.Snapshot!.Sessions), s => Assert.Equal(2 * Sections, s.TicketTypes.Count));
        Assert.All(told, t => Assert.True(t.Snapshot!.Partial));

        // An edit of one night tells of that night.
        var edited = told[0].Snapshot!.Sessions[0];
        await ana.Patch($"/api/v1/ticket-types/{edited.TicketTypes[0].Id}", new { price = new Money(1, "BRL") });
        var last = (await app.ToldOf(eventId, told.Count + 1))[^1].Snapshot!;
        Assert.Equal(edited.Id, Assert.Single(last.Sessions).Id);
        Assert.Equal((true, last.Version), (last.Partial, last.Sessions[0].Version));
    }

    [Fact]
    public async Task An_event_too_large_to_be_read_at_once_is_refused_before_it_is_published()
    {
        var ana = await app.Organizer();
        var eventId = await ana.Draft();
        Answer? refused = null;
        var name = new string('é', 60);
        for (var s = 0; refused is null; s++)
        {
            var answer = await ana.Try(
                HttpMethod.Post,
                $"/api/v1/events/{eventId}/sessions",
                new
                {
                    startsAt = EventsApp.InDays(9),
                    pools = Enumerable.Range(0, 100).Select(i => new { name = name[..50] + i, capacity = 1 }),
                }
            );
            Assert.True(s < 200);
            if (answer.Status != 201)
                refused = answer;
        }

        Assert.Equal((409, "limit-reached"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Any_sequence_of_edits_is_told_so_that_the_last_word_is_the_page()
    {
        var ana = await app.Organizer();
        var (eventId, sessionId, typeId) = await ana.Published();
        var random = new Random(20300101);
        var (sessions, types, edits) = (new List<Guid> { sessionId }, new List<Guid> { typeId }, 0);
        for (var i = 0; i < 40; i++)
        {
            var (session, type) = (sessions[random.Next(sessions.Count)], types[random.Next(types.Count)]);
            var answer = random.Next(7) switch
            {
                0 => await ana.Try(
                    HttpMethod.Post,
                    $"/api/v1/events/{eventId}/sessions",
                    new { startsAt = EventsApp.InDays(random.Next(1, 99)) }
                ),
                1 => await ana.Try(
                    HttpMethod.Post,
                    $"/api/v1/sessions/{session}/ticket-types",
                    new
                    {
                        name = $"T{i}",
                        kind = "half",
                        price = new Money(random.Next(9999), "BRL"),
                        capacity = random.Next(50),
                    }
                ),
                2 => await ana.Try(
                    HttpMethod.Patch,
                    $"/api/v1/ticket-types/{type}",
                    new { price = new Money(random.Next(9999), "BRL") }
                ),
                3 => await ana.Try(
                    HttpMethod.Patch,
                    $"/api/v1/sessions/{session}",
                    new { startsAt = EventsApp.InDays(random.Next(1, 99)) }
                ),
                4 => await ana.Try(HttpMethod.Patch, $"/api/v1/events/{eventId}", new { title = $"Título {i}" }),
                5 => await ana.Try(HttpMethod.Delete, $"/api/v1/sessions/{session}"),
                _ => await ana.Try(HttpMethod.Delete, $"/api/v1/ticket-types/{type}"),
            };
            Assert.True(answer.Status is (>= 200 and < 300) or 404 or 409, answer.Text);
            if (answer.Status < 300)
                edits++;
            if (answer.Status == 201)
                (answer.Location!.Contains("ticket-types", StringComparison.Ordinal) ? types : sessions).Add(answer.Id);
        }

        var told = await app.ToldOf(eventId, edits + 1);
        Assert.Equal(Enumerable.Range(0, edits + 1).Select(i => told[0].Version + i), told.Select(t => t.Version));
        foreach (var session in told.SelectMany(t => t.Snapshot!.Sessions))
        {
            Assert.Subset(
                session.Pools.Select(p => p.Id).ToHashSet(),
                session.TicketTypes.Select(t => t.PoolId).ToHashSet()
            );
            Assert.All(session.Pools, p => Assert.True(p.Capacity >= 0));
            Assert.True(session.TicketTypes.Select(t => t.Price.Currency).Distinct().Count() <= 1);
        }
        var page = await app.Anonymous.Get($"/api/v1/events/{eventId}");
        var last = told[^1].Snapshot!;
        Assert.Equal($"\"{last.Version}\"", page.ETag);
        Assert.Equal((string)page["title"]!, last.Title);
        Assert.Equal(
            page["sessions"]
                .AsArray()
                .Select(s => ((string)s!["id"]!, (bool)s["cancelled"]!, Ids(s["ticketTypes"]!), Ids(s["pools"]!))),
            last.Sessions.Select(s =>
                (
                    s.Id.ToString(),
                    s.Cancelled,
                    string.Join(',', s.TicketTypes.Select(t => t.Id)),
                    string.Join(',', s.Pools.Select(p => p.Id))
                )
            )
        );
    }

    private static string Ids(JsonNode list) => string.Join(',', list.AsArray().Select(i => (string)i!["id"]!));
}
