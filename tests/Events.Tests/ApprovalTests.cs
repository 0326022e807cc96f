using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Tests;

public sealed class CarefulEvents : IAsyncLifetime
{
    public EventsApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync() => App = await EventsApp.StartCarefulAsync();

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

/// <summary>Nobody is written to in the name of an organizer that the platform does not know yet.</summary>
public sealed class ApprovalTests(CarefulEvents careful) : IClassFixture<CarefulEvents>
{
    private readonly EventsApp app = careful.App;

    private static string PathOf(Person owner) => $"/api/v1/organizers/{owner.OrganizerId}/approval";

    private static async Task<bool> ApprovedAsync(Person owner) =>
        (bool)(await owner.Get("/api/v1/organizers")).Items.Single()!["approved"]!;

    [Fact]
    public async Task A_new_organizer_prepares_and_publishes_and_invites_once_it_is_approved()
    {
        var (ana, admin) = (await app.Organizer(), app.Person(Auth.Admin));
        var eventId = await ana.Draft();
        await ana.TicketType(await ana.Session(eventId));
        var invitations = $"/api/v1/organizers/{ana.OrganizerId}/invitations";
        var somebody = new { email = "somebody@example.com", role = "door" };
        Assert.False(await ApprovedAsync(ana));
        foreach (
            var (path, body) in new (string, object?)[]
            {
                ($"/api/v1/events/{eventId}/publish", null),
                (invitations, somebody),
            }
        )
            Assert.Equal("organizer-not-approved", (await ana.Post(path, body, 409)).Code);
        Assert.Equal("draft", (string)(await ana.Get($"/api/v1/events/{eventId}"))["status"]!);
        Assert.DoesNotContain(app.Invited, i => i.ToEmail == somebody.email);
        Assert.Contains(ana.OrganizerId, (await admin.Get("/api/v1/organizers/awaiting-approval?limit=100")).Ids);

        for (var i = 0; i < 2; i++)
            await admin.Put(PathOf(ana), null, 204);

        Assert.True(await ApprovedAsync(ana));
        Assert.DoesNotContain(ana.OrganizerId, (await admin.Get("/api/v1/organizers/awaiting-approval?limit=100")).Ids);
        await ana.Post($"/api/v1/events/{eventId}/publish", null, 200);
        await ana.Post(invitations, somebody, 201);
        Assert.Single(
            await TestKit.Eventually.GetAsync(
                async () =>
                    (await ana.Get($"/api/v1/organizers/{ana.OrganizerId}/audit-log?action=organizer.approved"))
                        .Items.Select(e => (Guid)e!["actorId"]!)
                        .ToList(),
                acts => acts.Count > 0
            ),
            admin.Id
        );
    }

    [Fact]
    public async Task Refused_it_is_told_why_and_waits_again_once_its_profile_changed()
    {
        var (ana, admin) = (await app.Organizer(), app.Person(Auth.Admin));
        var refusal = $"/api/v1/organizers/{ana.OrganizerId}/refusal";
        const string awaiting = "/api/v1/organizers/awaiting-approval?limit=100";
        await admin.Put(PathOf(ana), null, 204);

        for (var i = 0; i < 2; i++)
            await admin.Put(refusal, new { reason = " O site não existe. " }, 204);

        var seen = (await ana.Get("/api/v1/organizers")).Items.Single()!;
        Assert.Equal((false, "O site não existe."), ((bool)seen["approved"]!, (string?)seen["refusal"]));
        Assert.DoesNotContain(ana.OrganizerId, (await admin.Get(awaiting)).Ids);
        await ana.Patch($"/api/v1/organizers/{ana.OrganizerId}", new { website = "https://ana.example" }, 200);
        Assert.Contains(ana.OrganizerId, (await admin.Get(awaiting)).Ids);
        Assert.Null((string?)(await ana.Get("/api/v1/organizers")).Items.Single()!["refusal"]);
        await admin.Put(refusal, new { reason = "Ainda não." }, 204);
        await admin.Put(PathOf(ana), null, 204);
        Assert.True(await ApprovedAsync(ana));

        await admin.Put(refusal, new { reason = "" }, 400);
        await ana.Put(refusal, new { reason = "x" }, 403);
        var acts = await TestKit.Eventually.GetAsync(
            async () =>
                (await ana.Get($"/api/v1/organizers/{ana.OrganizerId}/audit-log?action=organizer.refused"))
                    .Items.Select(e => e!.ToJsonString())
                    .ToList(),
            found => found.Count == 2
        );
        Assert.DoesNotContain("site", string.Concat(acts), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_organizer_is_looked_up_by_the_beginning_of_its_name_or_its_id()
    {
        var (ana, admin) = (await app.Organizer(), app.Person(Auth.Admin));
        var name = $"Órbita {Guid.CreateVersion7():N} 100%_";
        await ana.Patch($"/api/v1/organizers/{ana.OrganizerId}", new { name }, 200);
        foreach (var q in new[] { name[..20].ToUpperInvariant(), name, $"{ana.OrganizerId}" })
            Assert.Equal(
                [ana.OrganizerId],
                (await admin.Get($"/api/v1/organizers/search?q={Uri.EscapeDataString(q)}")).Ids
            );
        Assert.Empty((await admin.Get($"/api/v1/organizers/search?q={Uri.EscapeDataString(name[1..])}")).Ids);
        Assert.Empty((await admin.Get("/api/v1/organizers/search?q=%25")).Ids);
        var other = await app.Organizer();
        var both = await admin.Get($"/api/v1/organizers/search?id={ana.OrganizerId}&id={other.OrganizerId}");
        Assert.Equivalent(new[] { ana.OrganizerId, other.OrganizerId }, both.Ids, strict: true);
        await admin.Get("/api/v1/organizers/search?q=", 400);
        await admin.Get("/api/v1/organizers/search?id=x", 400);
        await admin.Get("/api/v1/organizers/search", 422);
        await admin.Get($"/api/v1/organizers/search?q=a&id={ana.OrganizerId}", 422);
        var many = string.Join('&', Enumerable.Repeat($"id={ana.OrganizerId}", 21));
        await admin.Get($"/api/v1/organizers/search?{many}", 400);
        await ana.Get("/api/v1/organizers/search?q=a", 403);
    }

    [Fact]
    public async Task Withdrawn_it_publishes_nothing_more_and_what_is_published_stays()
    {
        var (ana, admin) = (await app.Organizer(), app.Person(Auth.Admin));
        await admin.Put(PathOf(ana), null, 204);
        var (eventId, _, _) = await ana.Published();

        await admin.Delete(PathOf(ana), 204);

        await ana.Post($"/api/v1/events/{eventId}/publish", null, 200);
        var other = await ana.Draft();
        await ana.TicketType(await ana.Session(other));
        Assert.Equal("organizer-not-approved", (await ana.Post($"/api/v1/events/{other}/publish", null, 409)).Code);
        Assert.Equal("published", (string)(await ana.Get($"/api/v1/events/{eventId}"))["status"]!);
    }

    [Fact]
    public async Task What_an_administrator_founds_is_known_and_nobody_else_approves()
    {
        var (ana, admin) = (await app.Organizer(), await app.Organizer(app.Person(Auth.Admin)));
        Assert.True(await ApprovedAsync(admin));
        await admin.Published();
        foreach (var person in new[] { ana, app.Person() })
        {
            await person.Put(PathOf(ana), null, 403);
            await person.Delete(PathOf(ana), 403);
            await person.Get("/api/v1/organizers/awaiting-approval", 403);
        }
        await app.Anonymous.Put(PathOf(ana), null, 401);
        await admin.Put($"/api/v1/organizers/{Guid.CreateVersion7()}/approval", null, 404);
    }
}
