using System.Net;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Events.Tests;

public sealed class InvitationTests(EventsApp app)
{
    [Fact]
    public async Task Whoever_has_proven_the_address_accepts_and_nobody_else()
    {
        var (ana, bia, eve, unproven) = (await app.Organizer(), app.Person(), app.Person(), app.Person());
        app.Register(eve);
        var invitation = await ana.Post(
            PathOf(ana),
            new { email = $"  {app.Register(bia).ToUpperInvariant()} ", role = "finance" },
            201
        );
        var path = $"{PathOf(ana)}/{invitation.Id}";
        Assert.Equal(path, invitation.Location);

        foreach (var stranger in new[] { eve, ana, app.Person() })
        {
            await stranger.Get(path, 404);
            await stranger.Post($"{path}/accept", null, 404);
            await stranger.Post($"{path}/decline", null, 404);
        }
        await app.Anonymous.Get(path, 401);
        var seen = await bia.Get(path);
        Assert.Equal(
            ("finance", "offered", "Casa de Shows"),
            ((string)seen["role"]!, (string)seen["status"]!, (string)seen["organizerName"]!)
        );
        await bia.Get(TeamTests.Members(ana), 404);

        for (var i = 0; i < 2; i++)
            Assert.Equal("finance", (string)(await bia.Post($"{path}/accept", null, 200))["role"]!);
        await bia.Get(TeamTests.Members(ana));
        await bia.Post($"{path}/decline", null, 409);

        var second = await ana.Post(
            PathOf(ana),
            new { email = app.Register(unproven, verified: false), role = "door" },
            201
        );
        var refused = await unproven.Post($"{PathOf(ana)}/{second.Id}/accept", null, 403);
        Assert.Equal("address-not-proven", refused.Code);
        app.Register(unproven);
        await unproven.Post($"{PathOf(ana)}/{second.Id}/accept", null, 200);
    }

    [Fact]
    public async Task The_answer_says_nothing_of_accounts_and_the_address_is_told_by_mail()
    {
        var ana = await app.Organizer();
        var known = app.Register(app.Person());
        foreach (var email in new[] { known, $"{Guid.CreateVersion7():N}@example.org" })
        {
            var answer = await ana.Post(PathOf(ana), new { email, role = "door" }, 201);
            // Neither by its address nor by the account, whose id the address begins with.
            Assert.DoesNotContain(
                app.Users.Requests,
                r =>
                    $"{r.Path}{r.Query}{r.Body}"
                        .Replace("-", "", StringComparison.Ordinal)
                        .Contains(email[..32], StringComparison.Ordinal)
            );
            Assert.Equal(
                ["email", "expiresAt", "id", "offeredAt", "organizerId", "organizerName", "role", "status"],
                answer.Body!.AsObject().Select(p => p.Key).Order()
            );
            var told = await Eventually.GetAsync(
                () => Task.FromResult(app.Invited.FirstOrDefault(i => i.InvitationId == answer.Id)!),
                found => found is not null
            );
            Assert.Equal((email, ana.Id, TeamRole.Door), (told.ToEmail, told.InvitedBy, told.Role));
            Assert.EndsWith($"{answer.Id}", told.Path, StringComparison.Ordinal);
        }
        var bad = await ana.Post(PathOf(ana), new { email = "no address", role = "door" }, 422);
        Assert.Equal(["email"], bad.ErrorFields);
    }

    [Fact]
    public async Task It_is_declined_withdrawn_replaced_and_over_for_good()
    {
        var (ana, bia) = (await app.Organizer(), app.Person());
        var email = app.Register(bia);

        var declined = await Invite(ana, email);
        await bia.Post($"{declined}/decline", null, 204);
        await bia.Post($"{declined}/decline", null, 204);
        Assert.Equal("invitation-ended", (await bia.Post($"{declined}/accept", null, 409)).Code);

        var withdrawn = await Invite(ana, email);
        await app.Person().Delete(withdrawn, 404);
        await ana.Delete(withdrawn);
        await ana.Delete(withdrawn);
        await bia.Post($"{withdrawn}/accept", null, 409);

        var older = await Invite(ana, email);
        var newer = await Invite(ana, email);
        await bia.Post($"{older}/accept", null, 409);
        await Sql($"UPDATE invitations SET expires_at = now() WHERE id = '{newer.Split('/')[^1]}'");
        await bia.Post($"{newer}/accept", null, 409);
        Assert.Equal(
            ["expired", "withdrawn", "withdrawn", "declined"],
            (await ana.Get(PathOf(ana))).Items.Select(i => (string)i!["status"]!)
        );

        await bia.Post($"{await Invite(ana, email)}/accept", null, 200);
        Assert.Equal("too-many-invitations", (await ana.Post(PathOf(ana), new { email, role = "door" }, 429)).Code);
    }

    [Fact]
    public async Task Who_may_not_invite_any_more_has_none_open()
    {
        var (ana, bia, caio) = (await app.Organizer(), app.Person(), app.Person());
        await app.Join(ana, bia, "manager");
        await bia.Post(PathOf(ana), new { email = "x@example.com", role = "owner" }, 403);
        var path = await Invite(bia, app.Register(caio), ana.OrganizerId);

        await ana.Put($"{TeamTests.Members(ana)}/{bia.Id}", new { role = "door" }, 200);

        await caio.Post($"{path}/accept", null, 409);
        await bia.Post(PathOf(ana), new { email = "x@example.com", role = "door" }, 403);
        await bia.Get(PathOf(ana), 403);
    }

    [Fact]
    public async Task A_member_accepts_no_second_role_and_two_accept_at_once_only_once()
    {
        var (ana, bia) = (await app.Organizer(), app.Person());
        var path = await Invite(ana, app.Register(bia));
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => bia.Try(HttpMethod.Post, $"{path}/accept"))
        );
        Assert.All(answers, a => Assert.Equal(200, a.Status));
        Assert.Single(await app.ToldOfMember(ana.OrganizerId, bia.Id, 1));

        var again = await Invite(ana, app.Register(bia));
        Assert.Equal("already-member", (await bia.Post($"{again}/accept", null, 409)).Code);
    }

    [Fact]
    public async Task An_erasure_withdraws_what_was_offered_and_forgets_the_address()
    {
        var (ana, bia, caio) = (await app.Organizer(), app.Person(), app.Person());
        await app.Join(ana, bia, "owner");
        var path = await Invite(bia, app.Register(caio), ana.OrganizerId);

        await app.System.DeliverAsync(AppIds.Events, new UserErased(bia.Id, EventsApp.InDays(0)));

        await caio.Post($"{path}/accept", null, 409);
        Assert.Null((await ana.Get(PathOf(ana))).Items[1]!["email"]);
    }

    private static string PathOf(Person owner) => $"/api/v1/organizers/{owner.OrganizerId}/invitations";

    private static async Task<string> Invite(Person by, string email, Guid? organizerId = null)
    {
        var path = $"/api/v1/organizers/{organizerId ?? by.OrganizerId}/invitations";
        return $"{path}/{(await by.Post(path, new { email, role = "door" }, 201)).Id}";
    }

    private async Task Sql(string sql)
    {
        await using var source = NpgsqlDataSource.Create(app.System.Database(AppIds.Events));
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
