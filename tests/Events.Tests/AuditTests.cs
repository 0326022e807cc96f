using System.Net;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Events.Tests;

public sealed class AuditTests(EventsApp app)
{
    [Fact]
    public async Task What_a_team_does_is_told_with_who_and_what_and_from_where()
    {
        var (ana, bia) = (await app.Organizer(), app.Person());
        var (eventId, sessionId, typeId) = await ana.Published();
        await ana.Patch($"/api/v1/ticket-types/{typeId}", new { name = "Outro nome" });
        await ana.Patch($"/api/v1/ticket-types/{typeId}", new { price = new { amount = 99, currency = "BRL" } });
        var coupon = await ana.Post($"/api/v1/events/{eventId}/coupons", new { code = "DEZ", percentOff = 10 }, 201);
        await ana.Patch($"/api/v1/coupons/{coupon.Id}", new { maxRedemptions = 5 });
        await app.Join(ana, bia, "door");
        await ana.Put($"{TeamTests.Members(ana)}/{bia.Id}", new { role = "finance" }, 200);
        await bia.Delete($"{TeamTests.Members(ana)}/{bia.Id}");
        await ana.Post($"/api/v1/events/{eventId}/cancel", new { reason = "Chuva" }, 200);

        var log = await LogOf(ana, 11);

        Assert.Equal(
            [
                "organizer.created",
                "ticket-type.added",
                "event.published",
                "ticket-type.price-changed",
                "coupon.created",
                "coupon.changed",
                "invitation.offered",
                "member.joined",
                "member.role-changed",
                "member.left",
                "event.cancelled",
            ],
            log.Select(e => e.Action)
        );
        var price = log.Single(e => e.Action == "ticket-type.price-changed");
        Assert.Equal((ana.Id, ana.OrganizerId, typeId), (price.ActorId, price.OrganizerId, price.SubjectId));
        Assert.Equal("15000 BRL", price.Details["priceBefore"]);
        Assert.Equal("99 BRL", price.Details["priceAfter"]);
        Assert.Equal("127.0.0.0/24", price.Network);
        Assert.False(price.AsAdmin);
        Assert.Equal(bia.Id, log.Single(e => e.Action == "member.left").ActorId);
        Assert.All(log, e => Assert.DoesNotContain("Chuva", e.ToString(), StringComparison.Ordinal));
        Assert.Contains(log, e => e.SubjectId == eventId);
        Assert.DoesNotContain(log, e => e.SubjectId == sessionId);
    }

    [Fact]
    public async Task What_was_refused_is_not_told()
    {
        var ana = await app.Organizer();
        var (eventId, _, typeId) = await ana.Published();
        await LogOf(ana, 3);

        await ana.Patch($"/api/v1/ticket-types/{typeId}", new { price = new { amount = 9, currency = "XXX" } }, 422);
        await app.Person().Post($"/api/v1/events/{eventId}/cancel", new { reason = "Não" }, 404);
        await ana.Post($"/api/v1/events/{eventId}/cancel", new { reason = "Sim" }, 200);

        Assert.Equal("event.cancelled", (await LogOf(ana, 4))[^1].Action);
    }

    [Fact]
    public async Task Only_owners_and_administrators_read_it_page_by_page()
    {
        var (ana, bia, admin) = (await app.Organizer(), app.Person(), app.Person(Auth.Admin));
        await app.Join(ana, bia, "manager");
        await bia.Post("/api/v1/venues", Venue(ana.OrganizerId), 201);
        await LogOf(ana, 3);

        await bia.Get(PathOf(ana), 403);
        await app.Person().Get(PathOf(ana), 404);
        await app.Anonymous.Get(PathOf(ana), 401);
        await ana.Get("/api/v1/audit-log", 403);
        Assert.Equal(3, (await admin.Get(PathOf(ana))).Items.Count);

        var first = await ana.Get($"{PathOf(ana)}?limit=1");
        Assert.Equal("member.joined", (string)first.Items[0]!["action"]!);
        var second = await ana.Get($"{PathOf(ana)}?limit=1&cursor={first.Next}");
        Assert.Equal("invitation.offered", (string)second.Items[0]!["action"]!);
        var third = await ana.Get($"{PathOf(ana)}?limit=1&cursor={second.Next}");
        Assert.Null(third.Next);
        await ana.Get($"{PathOf(ana)}?cursor=x", 400);
    }

    [Fact]
    public async Task It_is_searched_by_actor_action_and_time()
    {
        var (ana, admin) = (await app.Organizer(), app.Person(Auth.Admin));
        var caio = app.Person();
        await app.Join(ana, caio, "door");
        await admin.Put($"{TeamTests.Members(ana)}/{caio.Id}", new { role = "finance" }, 200);
        var log = await LogOf(ana, 4);

        var byAdmin = await Search(ana, $"actorId={admin.Id}");
        Assert.True(byAdmin.Single().AsAdmin);
        Assert.Equal("member.role-changed", byAdmin.Single().Action);
        Assert.Equal(caio.Id, (await Search(ana, "action=member.joined")).Single().ActorId);
        Assert.Single(await Search(ana, $"actorId={caio.Id}"));
        var now = Uri.EscapeDataString($"{EventsApp.InDays(0.1):O}");
        Assert.Equal(4, (await Search(ana, $"until={now}")).Count);
        Assert.Empty(await Search(ana, $"from={now}"));
        Assert.Contains(log[3].Id, (await admin.Get($"/api/v1/audit-log?actorId={admin.Id}")).Ids);
    }

    [Fact]
    public async Task Owners_and_administrators_take_it_with_them_as_CSV()
    {
        var (ana, bia, admin) = (await app.Organizer(), app.Person(), app.Person(Auth.Admin));
        await app.Join(ana, bia, "manager");
        var log = await LogOf(ana, 3);
        var path = PathOf(ana) + "/export";

        var lines = await Csv(ana, path);

        Assert.Equal("id,at,action,actorId,asAdmin,organizerId,subjectId,network,reason,details", lines[0]);
        Assert.Equal(
            log.Select(e => $"{e.Id},{e.At.UtcDateTime:O},{e.Action},{e.ActorId},false,{ana.OrganizerId}"),
            lines.Skip(1).Select(line => string.Join(',', line.Split(',').Take(6)))
        );
        Assert.Contains(
            """
            "{""role"": ""Manager""}"
            """.Trim(),
            lines[2],
            StringComparison.Ordinal
        );
        Assert.Equal(lines, await Csv(admin, path));
        Assert.Superset(lines.ToHashSet(), (await Csv(admin, "/api/v1/audit-log/export")).ToHashSet());
        var now = Uri.EscapeDataString($"{EventsApp.InDays(0.1):O}");
        Assert.Equal(4, (await Csv(ana, $"{path}?until={now}")).Count);
        Assert.Single(await Csv(ana, $"{path}?from={now}"));
        await bia.Get(path, 403);
        await app.Person().Get(path, 404);
        await ana.Get("/api/v1/audit-log/export", 403);
    }

    private static async Task<List<string>> Csv(Person person, string path)
    {
        using var answer = await person.Http.GetAsync(path);
        Assert.Equal("text/csv; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("audit-log.csv", answer.Content.Headers.ContentDisposition!.FileName);
        return [.. (await answer.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries)];
    }

    [Fact]
    public async Task Nobody_changes_an_entry_nor_removes_it_before_its_time()
    {
        var ana = await app.Organizer();
        await LogOf(ana, 1);
        await using var source = NpgsqlDataSource.Create(app.System.Database(AppIds.Events));

        foreach (
            var sql in (string[])
                [
                    $"UPDATE audit_log SET actor_id = NULL WHERE organizer_id = '{ana.OrganizerId}'",
                    $"DELETE FROM audit_log WHERE organizer_id = '{ana.OrganizerId}'",
                    "TRUNCATE audit_log",
                    $"UPDATE audit_log SET recorded_at = '2001-01-01' WHERE organizer_id = '{ana.OrganizerId}'",
                ]
        )
        {
            await using var command = source.CreateCommand(sql);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());
            Assert.Equal(PostgresErrorCodes.RestrictViolation, refused.SqlState);
        }
        // A writer that lies about the time does not shorten it.
        await using var insert = source.CreateCommand(
            "INSERT INTO audit_log (id, action, as_admin, at, details, recorded_at) "
                + "VALUES (gen_random_uuid(), 'x', false, now(), '{}', '2001-01-01') RETURNING recorded_at > '2026-01-01'"
        );
        Assert.Equal(true, await insert.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_repeated_message_is_one_entry()
    {
        var ana = await app.Organizer();
        var act = new ActRecorded(
            Guid.CreateVersion7(),
            "refund.requested",
            ana.Id,
            false,
            ana.OrganizerId,
            Guid.CreateVersion7(),
            EventsApp.InDays(0),
            null,
            "organizer",
            new Dictionary<string, string>()
        );
        var message = Guid.CreateVersion7();
        Assert.Equal(HttpStatusCode.OK, await app.System.DeliverAsync(AppIds.Events, act, message));
        Assert.Equal(HttpStatusCode.OK, await app.System.DeliverAsync(AppIds.Events, act, message));

        Assert.Equal(["organizer.created", "refund.requested"], (await LogOf(ana, 2)).Select(e => e.Action));
    }

    private static string PathOf(Person owner) => $"/api/v1/organizers/{owner.OrganizerId}/audit-log";

    private static object Venue(Guid organizerId) =>
        new
        {
            organizerId,
            name = "Casa",
            address = "Rua Um, 1",
            city = "Recife",
            state = "PE",
            timeZone = "America/Recife",
        };

    private static async Task<List<ActRecorded>> Search(Person owner, string query) =>
        [.. (await owner.Get($"{PathOf(owner)}?limit=100&{query}")).Read<Page<ActRecorded>>().Items];

    /// <summary>Oldest first, once there are as many.</summary>
    private static async Task<List<ActRecorded>> LogOf(Person owner, int count)
    {
        var log = await Eventually.GetAsync(() => Search(owner, ""), found => found.Count >= count);
        log.Reverse();
        return log;
    }
}
