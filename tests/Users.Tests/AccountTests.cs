using System.Net;
using System.Net.Http.Json;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Users.Tests;

public sealed class AccountTests(UsersApp users)
{
    [Fact]
    public async Task An_administrator_makes_another_and_takes_it_back()
    {
        using var admin = await users.AdminAsync();
        var person = await users.RegisterAsync();
        var tokens = await users.TokensAsync(person);
        var granted = await PutRolesAsync(admin, person.Id, "admin", "admin");
        Assert.Equal("""["admin"]""", (await granted.IsOkAsync())["roles"]!.ToJsonString());

        using var http = users.Anonymous();
        var refreshed = await Tokens.ReadAsync(await http.RefreshAsync(tokens.Refresh!));
        using var second = users.Bearer(refreshed.Access);
        await (await second.GetAsync($"/api/v1/users/{person.Id}")).IsOkAsync();

        await PutRolesAsync(admin, person.Id);
        var after = await Tokens.ReadAsync(await http.RefreshAsync(refreshed.Refresh!));
        using var third = users.Bearer(after.Access);
        await (await third.GetAsync("/api/v1/users")).IsProblemAsync(403, "forbidden");
    }

    [Fact]
    public async Task What_an_administrator_reads_and_changes_is_told_to_the_audit_log()
    {
        using var admin = await users.AdminAsync();
        var person = await users.RegisterAsync();
        await (await admin.GetAsync($"/api/v1/users/{person.Id}")).IsOkAsync();
        await (await admin.GetAsync($"/api/v1/users?email={person.Email}")).IsOkAsync();
        await (await PutRolesAsync(admin, person.Id, "admin")).IsOkAsync();

        var read = await users.Acts.OfAsync("user.read", person.Id);
        Assert.True(read is { AsAdmin: true, ActorId: not null, OrganizerId: null, Reason: "by-id" });
        Assert.StartsWith("10.", read.Network, StringComparison.Ordinal);
        Assert.EndsWith(".0/24", read.Network, StringComparison.Ordinal);
        var roles = await users.Acts.OfAsync("user.roles-changed", person.Id, read.ActorId);
        Assert.Equal(("", "admin"), (roles.Details["rolesBefore"], roles.Details["rolesAfter"]));
        var searched = await users.Acts.OfAsync("users.listed", null, read.ActorId);
        Assert.All(searched.Details["userIds"].Split(' '), id => Assert.True(Guid.TryParse(id, out _)));
    }

    [Fact]
    public async Task Only_administrators_see_and_change_accounts()
    {
        var person = await users.RegisterAsync();
        using var me = await users.SignInAsync(person);
        await (await me.GetAsync("/api/v1/users")).IsProblemAsync(403, "forbidden");
        await (await me.GetAsync($"/api/v1/users/{person.Id}")).IsProblemAsync(403, "forbidden");
        await (await PutRolesAsync(me, person.Id, "admin")).IsProblemAsync(403, "forbidden");
    }

    [Fact]
    public async Task Roles_that_do_not_exist_and_people_who_do_not_exist_are_refused()
    {
        using var admin = await users.AdminAsync();
        var person = await users.RegisterAsync();
        await (await PutRolesAsync(admin, person.Id, "god")).IsProblemAsync(422, "invalid", "roles");
        await (await PutRolesAsync(admin, Guid.Empty, "admin")).IsProblemAsync(404, "not-found");
        await (await admin.GetAsync($"/api/v1/users/{Guid.Empty}")).IsProblemAsync(404, "not-found");
    }

    [Fact]
    public async Task Accounts_are_listed_page_by_page_and_found_by_address()
    {
        using var admin = await users.AdminAsync();
        var people = new List<Person>();
        for (var i = 0; i < 3; i++)
            people.Add(await users.RegisterAsync());
        var seen = new List<Guid>();
        var next = "";
        do
        {
            var page = await (await admin.GetAsync($"/api/v1/users?limit=2{next}")).IsOkAsync();
            seen.AddRange(page["items"]!.AsArray().Select(u => u!["id"]!.GetValue<Guid>()));
            next = page["next"] is { } cursor ? $"&cursor={cursor.GetValue<string>()}" : null;
        } while (next is not null);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Subset(seen.ToHashSet(), people.Select(p => p.Id).ToHashSet());

        var found = await (
            await admin.GetAsync($"/api/v1/users?email={people[1].Email.ToUpperInvariant()}")
        ).IsOkAsync();
        Assert.Equal(people[1].Id, found["items"]!.AsArray().Single()!["id"]!.GetValue<Guid>());
        foreach (var query in new[] { "email=%00", "email=nobody" })
        {
            var none = await (await admin.GetAsync($"/api/v1/users?{query}")).IsOkAsync();
            Assert.Empty(none["items"]!.AsArray());
        }
        foreach (var query in new[] { "limit=0", "limit=101", "limit=x", "cursor=x", "cursor=%00" })
            await (await admin.GetAsync($"/api/v1/users?{query}")).IsProblemAsync(400, "invalid");
    }

    [Fact]
    public async Task Other_services_find_a_person_by_id()
    {
        var person = await users.RegisterVerifiedAsync();
        var unproven = await users.RegisterAsync();
        using var peer = users.System.Peer(AppIds.Users);
        Assert.Equal(
            new UserRef(person.Id, "Ana Conceição", person.Email, "pt-BR", EmailVerified: true),
            await peer.GetFromJsonAsync<UserRef>($"/internal/users/{person.Id}", ServiceDefaultsExtensions.Json)
        );
        var other = await peer.GetFromJsonAsync<UserRef>(
            $"/internal/users/{unproven.Id}",
            ServiceDefaultsExtensions.Json
        );
        Assert.False(other!.EmailVerified);
        using var nobody = await peer.GetAsync($"/internal/users/{Guid.Empty}");
        Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);
        var several = await peer.GetFromJsonAsync<List<UserRef>>(
            $"/internal/users/several?ids={person.Id},x,{Guid.CreateVersion7()},{unproven.Id}",
            ServiceDefaultsExtensions.Json
        );
        Assert.Equal(new HashSet<Guid> { person.Id, unproven.Id }, several!.Select(u => u.Id).ToHashSet());
        var tooMany = string.Join(',', Enumerable.Range(0, FindUsers.Most + 1).Select(_ => Guid.CreateVersion7()));
        using var refused = await peer.GetAsync($"/internal/users/several?ids={tooMany}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
    }

    [Fact]
    public async Task Nobody_else_reaches_what_is_for_other_services()
    {
        var person = await users.RegisterAsync();
        using var admin = await users.AdminAsync();
        var answer = await admin.GetAsync($"/internal/users/{person.Id}");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public Task The_api_document_is_the_committed_one() => OpenApiSnapshot.VerifyAsync(users.System, AppIds.Users);

    private static Task<HttpResponseMessage> PutRolesAsync(HttpClient http, Guid id, params string[] roles) =>
        http.PutAsJsonAsync($"/api/v1/users/{id}/roles", new { roles });
}
