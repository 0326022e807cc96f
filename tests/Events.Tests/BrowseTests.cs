using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Tests;

public sealed class BrowseTests(EventsApp app)
{
    [Theory]
    [InlineData("CANCAO", true)]
    [InlineData("canções", true)]
    [InlineData("cançao sertao", true)]
    [InlineData("sert", true)]
    [InlineData("de", true)]
    [InlineData("canção do sertão de recife", true)]
    [InlineData("violeiros", true)]
    [InlineData("  \"canção\"  & | ! :* (", true)]
    [InlineData("rock", false)]
    [InlineData("canção rock", false)]
    [InlineData("ancao", false)]
    public async Task Search_minds_neither_accents_nor_case_nor_number(string q, bool found)
    {
        var ana = await app.Organizer(name: "Violeiro Produções");
        var (eventId, _, _) = await ana.Published("Canção de um Sertão", await ana.Venue("Casa do Sertão", "Recife"));

        var ids = (await Browse(ana, $"q={Uri.EscapeDataString(q)}")).Ids;

        Assert.Equal(found, ids.Contains(eventId));
    }

    [Fact]
    public async Task Filters_narrow_the_list()
    {
        var ana = await app.Organizer();
        var (recife, natal) = (await ana.Venue(city: "Recife"), await ana.Venue(city: "São José"));
        var (a, _, _) = await ana.Published(venueId: recife, inDays: 5, category: "Música");
        var (b, _, _) = await ana.Published(venueId: natal, inDays: 10, category: "Teatro");

        Assert.Equal([a, b], (await Browse(ana)).Ids);
        Assert.Equal([b], (await Browse(ana, "city=sao%20jose")).Ids);
        Assert.Equal([a], (await Browse(ana, "category=MUSICA")).Ids);
        Assert.Equal([b], (await Browse(ana, $"from={At(7)}")).Ids);
        Assert.Equal([a], (await Browse(ana, $"to={At(7)}")).Ids);
        Assert.Empty((await Browse(ana, $"from={At(7)}&to={At(8)}")).Ids);
        Assert.Equal([b], (await Browse(ana, $"from={EventsApp.InDays(7):yyyy-MM-dd}")).Ids);
    }

    /// <summary>As it is searched, a Hangul syllable is up to three letters.</summary>
    [Fact]
    public async Task The_longest_city_and_category_are_found_in_any_script()
    {
        var (city, category) = (new string('각', 100), new string('한', 40));
        var ana = await app.Organizer();
        var (eventId, _, _) = await ana.Published(venueId: await ana.Venue(city: city), category: category);

        foreach (var (field, value) in new[] { ("city", city), ("category", category) })
            Assert.Equal([eventId], (await Browse(ana, $"{field}={Uri.EscapeDataString(value)}")).Ids);
    }

    [Fact]
    public async Task Events_are_listed_by_their_next_session_and_with_their_lowest_price()
    {
        var ana = await app.Organizer();
        var (later, _, _) = await ana.Published(inDays: 20, amount: 5000);
        var (sooner, _, _) = await ana.Published(inDays: 10, amount: 8000);
        var second = await ana.Session(sooner, 40);
        await ana.TicketType(second, 2500, "Meia");

        var list = await Browse(ana);

        Assert.Equal([sooner, later], list.Ids);
        Assert.Equal([2500, 5000], list.Items.Select(i => (long)i!["minPrice"]!["amount"]!));

        // The first date passes: the second is the next.
        await Execute(
            $"UPDATE sessions SET starts_at = now() - interval '1 day' WHERE event_id = '{sooner}' AND id <> '{second}'"
        );
        list = await Browse(ana);
        Assert.Equal([later, sooner], list.Ids);
        await Execute($"UPDATE sessions SET starts_at = now() - interval '1 hour' WHERE event_id = '{sooner}'");
        Assert.Equal([later], (await Browse(ana)).Ids);
        Assert.Equal([sooner, later], (await Browse(ana, $"from={At(-7)}")).Ids);
    }

    [Fact]
    public async Task An_event_with_two_sessions_at_one_time_is_listed_once()
    {
        var ana = await app.Organizer();
        var (eventId, _, _) = await ana.Published();
        await ana.Session(eventId);
        await Execute(
            $"UPDATE sessions SET starts_at = date_trunc('day', now()) + interval '9 days' WHERE event_id = '{eventId}'"
        );

        Assert.Equal([eventId], (await Browse(ana)).Ids);
    }

    [Fact]
    public async Task A_show_that_runs_is_listed_until_it_ends()
    {
        var ana = await app.Organizer();
        var (fair, sessionId, _) = await ana.Published(inDays: 5, amount: 700);
        var (soon, _, _) = await ana.Published(inDays: 2);

        await Execute(
            $"UPDATE sessions SET starts_at = now() - interval '1 hour', ends_at = now() + interval '2 days' WHERE id = '{sessionId}'"
        );
        var list = await Browse(ana);
        Assert.Equal([fair, soon], list.Ids);
        Assert.Equal(700, (long)list.Items[0]!["minPrice"]!["amount"]!);
        var first = await Browse(ana, "limit=1");
        Assert.Equal([fair], first.Ids);
        Assert.Equal([soon], (await Browse(ana, $"limit=1&cursor={first.Next}")).Ids);
        Assert.Equal([fair, soon], (await Browse(ana, $"from={At(1)}")).Ids);
        Assert.Equal([fair, soon], (await Browse(ana, "q=noite")).Ids);
        Assert.Empty((await Browse(ana, $"from={At(2.1)}")).Ids);

        await Execute($"UPDATE sessions SET ends_at = now() - interval '1 minute' WHERE id = '{sessionId}'");
        Assert.Equal([soon], (await Browse(ana)).Ids);
    }

    [Theory]
    [InlineData("Łódź", "lodz")]
    [InlineData("Ørsted", "orsted")]
    [InlineData("Straße", "strasse")]
    [InlineData("Москва", "moskva")]
    [InlineData("Reykjavík Þór", "thor")]
    public async Task What_is_written_in_another_alphabet_is_found_in_plain_letters(string name, string q)
    {
        var ana = await app.Organizer();
        var (eventId, _, _) = await ana.Published($"Noite {name}", await ana.Venue(city: name));

        Assert.Equal([eventId], (await Browse(ana, $"q={q}")).Ids);
        Assert.Equal([eventId], (await Browse(ana, $"q={Uri.EscapeDataString(name)}")).Ids);
        Assert.Equal([eventId], (await Browse(ana, $"city={Uri.EscapeDataString(name)}")).Ids);
    }

    /// <summary>More than what is put in order itself: found by going through the dates.</summary>
    [Fact]
    public async Task A_word_of_very_many_events_is_found_in_the_order_of_their_dates()
    {
        var ana = await app.Organizer();
        var (eventId, _, _) = await ana.Published("Comum 0", inDays: 3);
        await Execute(
            $"""
            CREATE TEMP TABLE copies AS SELECT e.*, gen_random_uuid() AS copy, n
                FROM events e, generate_series(1, 400) n WHERE e.id = '{eventId}';
            INSERT INTO events (id, organizer_id, venue_id, title, slug, description, category, category_key, city_key,
                status, version, search_text)
            SELECT copy, organizer_id, venue_id, 'Comum ' || n, 'comum-' || copy, description, category, category_key,
                city_key, status, version, search_text FROM copies;
            INSERT INTO sessions (id, event_id, starts_at, cancelled, max_per_person, requires_cpf, version, listed, organizer_id,
                category_key, city_key)
            SELECT gen_random_uuid(), c.copy, s.starts_at + c.n * interval '1 minute', false, 10, false, 1, true,
                s.organizer_id,
                s.category_key, s.city_key FROM copies c JOIN sessions s ON s.event_id = c.id
            """
        );

        var page = await Browse(ana, "q=comum&limit=3");
        var next = await Browse(ana, $"q=comum&limit=3&cursor={page.Next}");

        Assert.Equal(["Comum 0", "Comum 1", "Comum 2"], page.Items.Select(i => (string)i!["title"]!));
        Assert.Equal(["Comum 3", "Comum 4", "Comum 5"], next.Items.Select(i => (string)i!["title"]!));
    }

    [Fact]
    public async Task Drafts_and_cancelled_events_and_dates_are_not_listed()
    {
        var ana = await app.Organizer();
        await ana.Session(await ana.Draft());
        var (cancelled, _, _) = await ana.Published();
        await ana.Post($"/api/v1/events/{cancelled}/cancel", new { reason = "Chuva" }, 200);
        var (half, sessionId, _) = await ana.Published(inDays: 5);
        var other = await ana.Session(half, 15);
        await ana.TicketType(other);

        Assert.Equal([half], (await Browse(ana)).Ids);
        await ana.Delete($"/api/v1/sessions/{sessionId}");
        var left = await Browse(ana, $"to={At(10)}");
        Assert.Empty(left.Ids);
        Assert.Equal([half], (await Browse(ana)).Ids);
    }

    [Fact]
    public async Task Pages_go_through_the_list_once_also_where_dates_are_equal()
    {
        var ana = await app.Organizer();
        var venueId = await ana.Venue();
        var expected = new List<Guid>();
        for (var i = 0; i < 7; i++)
            expected.Add((await ana.Published(venueId: venueId)).EventId);
        await Execute(
            $"UPDATE sessions SET starts_at = date_trunc('day', now()) + interval '9 days' WHERE event_id = ANY(ARRAY[{string.Join(',', expected.Take(5).Select(e => $"'{e}'::uuid"))}])"
        );

        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await Browse(ana, cursor is null ? "limit=2" : $"limit=2&cursor={cursor}");
            Assert.True(page.Items.Count <= 2);
            seen.AddRange(page.Ids);
            cursor = page.Next;
        } while (cursor is not null);

        Assert.Equal(expected.Order(), seen.Order());
        Assert.Equal(expected.Count, seen.Count);
    }

    [Fact]
    public async Task Lists_and_pages_are_cacheable_for_strangers_and_fresh_for_the_team()
    {
        var ana = await app.Organizer();
        var (eventId, _, typeId) = await ana.Published();

        var list = await Browse(ana);
        Assert.StartsWith("W/", list.ETag);
        Assert.StartsWith("public, max-age=", list.CacheControl);
        var query = $"/api/v1/events?organizerId={ana.OrganizerId}";
        await app.Anonymous.Get(query, 304, list.ETag);
        var page = await app.Anonymous.Get($"/api/v1/events/{eventId}");
        Assert.StartsWith("public, max-age=", page.CacheControl);
        await app.Anonymous.Get($"/api/v1/events/{eventId}", 304, page.ETag);
        await app.Anonymous.Get($"/api/v1/events/{eventId}", 304, $"\"x\", {page.ETag}");
        Assert.Contains("private", (await ana.Get($"/api/v1/events/{eventId}")).CacheControl);

        await ana.Patch($"/api/v1/ticket-types/{typeId}", new { price = new { amount = 1, currency = "BRL" } });

        await app.Anonymous.Get(query, 200, list.ETag);
        await app.Anonymous.Get($"/api/v1/events/{eventId}", 200, page.ETag);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=abc", null)]
    [InlineData("cursor=%00", "cursor")]
    [InlineData("cursor=MTIz", "cursor")]
    [InlineData("cursor=LTFfMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAw", "cursor")]
    [InlineData("from=ontem", "from")]
    [InlineData("from=05/12/2026", "from")]
    [InlineData("from=2026-12-05T20:00", "from")]
    [InlineData("to=2026-12-05 20:00:00Z", "to")]
    [InlineData("to=2026-02-30", "to")]
    [InlineData("organizerId=1", null)]
    public async Task A_bad_query_is_refused(string query, string? field)
    {
        var refused = await app.Anonymous.Get($"/api/v1/events?{query}", 400);

        Assert.Equal("invalid", refused.Code);
        if (field is not null)
            Assert.Equal([field], refused.ErrorFields);
    }

    [Theory]
    [InlineData("q=%00")]
    [InlineData("q=%EF%BF%BE%ED%A0%80")]
    [InlineData("q='%3B%20DROP%20TABLE%20events%3B--")]
    [InlineData("q=%F0%9F%8E%B8")]
    [InlineData("city=%00&category=%00")]
    [InlineData("from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z&limit=1")]
    [InlineData("from=9999-12-31T23:59:59Z")]
    public async Task A_strange_query_is_only_a_query(string query) =>
        await app.Anonymous.Get($"/api/v1/events?{query}");

    [Theory]
    [InlineData("nao-existe")]
    [InlineData("%EF%BF%BE")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("Caixa")]
    [InlineData("a%20b")]
    public async Task An_unknown_address_is_not_found(string idOrSlug) =>
        await app.Anonymous.Get($"/api/v1/events/{idOrSlug}", 404);

    private Task<Answer> Browse(Person organizer, string query = "") =>
        app.Anonymous.Get($"/api/v1/events?organizerId={organizer.OrganizerId}&{query}");

    private static string At(double days) => Uri.EscapeDataString(EventsApp.InDays(days).ToString("o"));

    /// <summary>As another replica would: what this one keeps is a moment old then.</summary>
    private async Task Execute(string sql)
    {
        await using var source = NpgsqlDataSource.Create(app.System.Database("events"));
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
        app.System.Services("events").GetRequiredService<AnswerCache>().Edited();
    }

    [Fact]
    public async Task A_session_is_put_into_a_calendar()
    {
        var ana = await app.Organizer();
        var (eventId, sessionId, _) = await ana.Published();
        var e = await ana.Get($"/api/v1/events/{eventId}");
        await ana.Patch(
            $"/api/v1/events/{eventId}",
            new { title = "Rock, Choro; e \\ " + string.Concat(Enumerable.Repeat("Łódź 東京 ", 10)) }
        );
        var http = app.Anonymous.Http;
        using var answer = await http.GetAsync($"/api/v1/sessions/{sessionId}/calendar");
        Assert.Equal("text/calendar", answer.Content.Headers.ContentType!.MediaType);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        var text = System.Text.Encoding.UTF8.GetString(bytes);
        Assert.All(text.Split("\r\n"), line => Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(line), 0, 75));
        var unfolded = text.Replace("\r\n ", "", StringComparison.Ordinal);
        Assert.Contains("SUMMARY:Rock\\, Choro\\; e \\\\ Łódź 東京", unfolded);
        Assert.Contains($"UID:{sessionId}@", unfolded);
        var starts = (DateTimeOffset)e["sessions"]![0]!["startsAt"]!;
        Assert.Contains($"DTSTART:{starts.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}\r\n", unfolded);
        Assert.Equal(404, (int)(await http.GetAsync($"/api/v1/sessions/{eventId}/calendar")).StatusCode);
    }

    [Fact]
    public async Task Colour_and_contact_go_with_what_is_told_of_an_event()
    {
        var ana = await app.Organizer();
        var (eventId, _, _) = await ana.Published();
        await ana.Patch($"/api/v1/events/{eventId}", new { accentColor = "#12aBcD" });
        Assert.Equal("#12aBcD", (string)(await ana.Get($"/api/v1/events/{eventId}"))["accentColor"]!);
        foreach (var wrong in new[] { "red", "#12345", "#1234567", "#12345g", "" })
            await ana.Patch($"/api/v1/events/{eventId}", new { accentColor = wrong }, 422);
        await ana.Patch($"/api/v1/organizers/{ana.OrganizerId}", new { contactEmail = "Ola@Aurora.example" });
        await ana.Patch($"/api/v1/organizers/{ana.OrganizerId}", new { contactEmail = "nobody" }, 422);
        var told = await app.ToldOf(eventId, 3);
        Assert.Contains(told, t => t.Snapshot?.AccentColor == "#12aBcD");
        Assert.Contains(told, t => t.Snapshot?.ContactEmail == "ola@aurora.example");
    }
}
