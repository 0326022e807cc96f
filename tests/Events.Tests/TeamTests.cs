using System.Net;
using Ticketing.Contracts;

namespace Ticketing.Events.Tests;

public sealed class TeamTests(EventsApp app)
{
    [Fact]
    public async Task Whoever_creates_an_organizer_owns_it_and_everybody_hears_of_it()
    {
        var ana = await app.Organizer();

        var mine = await ana.Get("/api/v1/organizers");
        Assert.Equal([ana.OrganizerId], mine.Ids);
        Assert.Equal("owner", (string)mine.Items[0]!["role"]!);
        var told = Assert.Single(await app.ToldOfMember(ana.OrganizerId, ana.Id, 1));
        Assert.Equal((TeamRole.Owner, 1), (told.Role, told.Version));
    }

    [Fact]
    public async Task An_organizer_has_a_public_profile_which_its_managers_edit()
    {
        var ana = await app.Organizer(name: "Velha Guarda");
        var path = $"/api/v1/organizers/{ana.OrganizerId}";
        var before = await app.Anonymous.Get(path);

        var after = await ana.Patch(
            path,
            new { description = "Sambas.\nDesde 1970.", website = "https://guarda.example" },
            ifMatch: before.ETag
        );

        Assert.Equal("Velha Guarda", (string)after["name"]!);
        Assert.Equal("Sambas.\nDesde 1970.", (string)after["description"]!);
        Assert.NotEqual(before.ETag, after.ETag);
        await ana.Patch(path, new { name = "Outra" }, 412, before.ETag);
        var cleared = await ana.Patch(path, new { website = (string?)null });
        Assert.Null(cleared.Body!["website"]);
        Assert.NotNull(cleared.Body!["description"]);
        await app.Person().Patch(path, new { name = "Minha" }, 404);
        await app.Anonymous.Patch(path, new { name = "Minha" }, 401);
    }

    [Fact]
    public async Task Who_joins_gains_what_the_role_allows()
    {
        var ana = await app.Organizer();
        var bia = app.Person();
        var eventId = await ana.Draft();
        await bia.Get($"/api/v1/events/{eventId}", 404);

        await app.Join(ana, bia, "door");
        await bia.Get($"/api/v1/events/{eventId}");
        await bia.Patch($"/api/v1/events/{eventId}", new { title = "Não" }, 403);

        await ana.Put($"{Members(ana)}/{bia.Id}", new { role = "manager" }, 200);
        await bia.Patch($"/api/v1/events/{eventId}", new { title = "Sim" });

        var told = await app.ToldOfMember(ana.OrganizerId, bia.Id, 2);
        Assert.Equal([TeamRole.Door, TeamRole.Manager], told.Select(t => t.Role!.Value));
        Assert.Equal([1, 2], told.Select(t => t.Version));
    }

    [Fact]
    public async Task An_event_tells_its_team_what_they_are_in_it()
    {
        var (ana, bia, admin) = (await app.Organizer(), app.Person(), app.Person("admin"));
        var draft = await ana.Draft();
        var (published, _, _) = await ana.Published();
        await app.Join(ana, bia, "door");

        foreach (var eventId in new[] { draft, published })
        {
            var path = $"/api/v1/events/{eventId}";
            var told = await bia.Get($"{path}?forTeam=true");
            var mine = (await bia.Get("/api/v1/organizers")).Items.Single();
            Assert.Equal(mine!.ToJsonString(), told["team"].ToJsonString());
            Assert.Equal("no-cache, private", told.CacheControl);
            Assert.Null((await bia.Get(path)).Body!["team"]);
            // Another role is another answer, though the event is the same.
            Assert.NotEqual(told.ETag, (await ana.Get($"{path}?forTeam=true")).ETag);
            Assert.Null((await admin.Get($"{path}?forTeam=true")).Body!["team"]);
            foreach (var other in new[] { app.Anonymous, app.Person(), await app.Organizer() })
                await other.Get($"{path}?forTeam=true", 404);
        }
        Assert.Null((await app.Anonymous.Get($"/api/v1/events/{published}")).Body!["team"]);
    }

    [Fact]
    public async Task Nobody_is_put_into_a_team_unasked()
    {
        var (ana, admin) = (await app.Organizer(), app.Person("admin"));
        foreach (var by in new[] { ana, admin })
            await by.Put($"{Members(ana)}/{app.Person().Id}", new { role = "door" }, 404);
        await ana.Post(Members(ana), new { email = app.Register(app.Person()), role = "door" }, 405);
        Assert.Single((await ana.Get(Members(ana))).Items);
    }

    [Fact]
    public async Task A_manager_neither_makes_nor_unmakes_owners()
    {
        var (ana, bia, caio) = (await app.Organizer(), app.Person(), app.Person());
        await app.Join(ana, bia, "manager");

        await app.Join(bia, caio, "finance", ana.OrganizerId);
        await bia.Put($"{Members(ana)}/{caio.Id}", new { role = "owner" }, 403);
        await bia.Put($"{Members(ana)}/{bia.Id}", new { role = "owner" }, 403);
        await bia.Put($"{Members(ana)}/{ana.Id}", new { role = "door" }, 403);
        await bia.Delete($"{Members(ana)}/{ana.Id}", 403);
        await caio.Put($"{Members(ana)}/{bia.Id}", new { role = "door" }, 403);
        await caio.Delete($"{Members(ana)}/{bia.Id}", 403);
        await app.Person().Put($"{Members(ana)}/{bia.Id}", new { role = "door" }, 404);
        await app.Person().Get(Members(ana), 404);
    }

    [Fact]
    public async Task Who_leaves_is_told_of_and_sees_nothing_more_and_may_come_back()
    {
        var (ana, bia) = (await app.Organizer(), app.Person());
        await app.Join(ana, bia, "door");
        await bia.Delete($"{Members(ana)}/{bia.Id}");

        await bia.Get(Members(ana), 404);
        await ana.Delete($"{Members(ana)}/{bia.Id}", 404);
        await ana.Put($"{Members(ana)}/{bia.Id}", new { role = "finance" }, 404);
        await app.Join(ana, bia, "finance");
        await ana.Put($"{Members(ana)}/{bia.Id}", new { role = "finance" }, 200);

        var told = await app.ToldOfMember(ana.OrganizerId, bia.Id, 3);
        Assert.Equal([TeamRole.Door, null, TeamRole.Finance], told.Select(t => t.Role));
        Assert.Equal([1, 2, 3], told.Select(t => t.Version));
    }

    [Fact]
    public async Task The_last_owner_stays()
    {
        var (ana, bia) = (await app.Organizer(), app.Person());

        var refused = await ana.Delete($"{Members(ana)}/{ana.Id}", 409);
        Assert.Equal("last-owner", refused.Code);
        await ana.Put($"{Members(ana)}/{ana.Id}", new { role = "door" }, 409);

        await app.Join(ana, bia, "owner");
        await ana.Delete($"{Members(ana)}/{ana.Id}");
        await bia.Delete($"{Members(ana)}/{bia.Id}", 409);
    }

    [Fact]
    public async Task Of_owners_that_all_leave_at_once_one_stays()
    {
        const int Owners = 8;
        var team = new List<Person> { await app.Organizer() };
        for (var i = 1; i < Owners; i++)
        {
            team.Add(app.Person());
            await app.Join(team[0], team[i], "owner");
        }

        var answers = await Task.WhenAll(team.Select(p => p.Try(HttpMethod.Delete, $"{Members(team[0])}/{p.Id}")));

        Assert.Equal(Owners - 1, answers.Count(a => a.Status == 204));
        Assert.Equal("last-owner", Assert.Single(answers, a => a.Status != 204).Code);
    }

    [Fact]
    public async Task Changes_of_one_member_at_once_are_told_in_one_order()
    {
        var (ana, bia) = (await app.Organizer(), app.Person());
        string[] roles = ["door", "finance", "manager", "owner"];
        await app.Join(ana, bia, "door");

        await Task.WhenAll(
            Enumerable.Range(0, 12).Select(i => ana.Put($"{Members(ana)}/{bia.Id}", new { role = roles[i % 4] }, 200))
        );

        var now = (await ana.Get(Members(ana))).Items.Single(m => (string)m!["userId"]! == bia.Id.ToString());
        var told = await app.ToldOfMember(ana.OrganizerId, bia.Id, 1);
        // Each version is told once; the newest is what stands.
        told = await TestKit.Eventually.GetAsync(
            () => app.ToldOfMember(ana.OrganizerId, bia.Id, 1),
            t =>
                t.Select(x => x.Version).SequenceEqual(Enumerable.Range(1, t.Count).Select(i => (long)i))
                && t[^1].Role.ToString()!.Equals((string)now!["role"]!, StringComparison.OrdinalIgnoreCase)
        );
        Assert.True(told.Zip(told.Skip(1)).All(pair => pair.First.Role != pair.Second.Role));
    }

    [Fact]
    public async Task Teams_are_read_in_pages()
    {
        var ana = await app.Organizer();
        for (var i = 0; i < 4; i++)
            await app.Join(ana, app.Person(), "door");

        var first = await ana.Get($"{Members(ana)}?limit=3");
        var second = await ana.Get($"{Members(ana)}?limit=3&cursor={first.Next}");

        Assert.Equal((3, 2), (first.Items.Count, second.Items.Count));
        Assert.Equal(4, first.Items.Concat(second.Items).Count(m => (string?)m!["name"] == "Ana"));
        Assert.Null(second.Next);
        Assert.Equal(5, first.Items.Concat(second.Items).Select(m => (string)m!["userId"]!).Distinct().Count());
        await ana.Get($"{Members(ana)}?cursor=xxx", 400);
        await ana.Get($"{Members(ana)}?limit=0", 400);
        await ana.Get($"{Members(ana)}?limit=101", 400);
    }

    [Fact]
    public async Task An_administrator_of_the_platform_acts_as_owner()
    {
        var ana = await app.Organizer();
        var admin = app.Person("admin");

        await admin.Get(Members(ana));
        await app.Join(admin, app.Person(), "owner", ana.OrganizerId);
    }

    [Fact]
    public async Task Who_is_erased_leaves_all_teams_once_also_as_the_last_owner()
    {
        var (ana, bia) = (await app.Organizer(), await app.Organizer());
        await app.Join(bia, ana, "door");
        var erased = new UserErased(ana.Id, EventsApp.InDays(0));
        var message = Guid.CreateVersion7();

        Assert.Equal(HttpStatusCode.OK, await Deliver(erased, message));
        Assert.Equal(HttpStatusCode.OK, await Deliver(erased, message));
        Assert.Equal(HttpStatusCode.OK, await Deliver(erased, Guid.CreateVersion7()));

        Assert.Empty((await ana.Get("/api/v1/organizers")).Items);
        Assert.Equal([bia.OrganizerId], (await bia.Get("/api/v1/organizers")).Ids);
        // A later change has the next version, so the messages before told of nothing more.
        await app.Join(bia, ana, "finance");
        var told = await app.ToldOfMember(bia.OrganizerId, ana.Id, 3);
        Assert.Equal([TeamRole.Door, null, TeamRole.Finance], told.Select(t => t.Role));
        Assert.Equal([1, 2, 3], told.Select(t => t.Version));
        Assert.Null((await app.ToldOfMember(ana.OrganizerId, ana.Id, 2))[1].Role);
    }

    [Fact]
    public async Task The_erasure_of_somebody_in_no_team_changes_nothing() =>
        Assert.Equal(
            HttpStatusCode.OK,
            await Deliver(new UserErased(Guid.CreateVersion7(), EventsApp.InDays(0)), Guid.CreateVersion7())
        );

    private Task<HttpStatusCode> Deliver(UserErased erased, Guid message) =>
        app.System.DeliverAsync(AppIds.Events, erased, message);

    internal static string Members(Person owner) => $"/api/v1/organizers/{owner.OrganizerId}/members";
}
