using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Users.Tests;

public sealed class ProfileTests(UsersApp users)
{
    private const int AtOnce = 8;

    [Fact]
    public async Task A_profile_is_edited_by_its_version()
    {
        var cpf = CpfTests.Valid.Single();
        using var me = await users.SignInAsync(await users.RegisterAsync());
        var edited = await PatchAsync(
            me,
            new
            {
                name = "Ana Lima",
                cpf,
                locale = "en",
            },
            "\"1\""
        );
        var profile = await edited.IsOkAsync();
        Assert.Equal("\"2\"", edited.Headers.ETag?.Tag);
        Assert.Equal("Ana Lima", profile["name"]!.GetValue<string>());
        Assert.Equal("en", profile["locale"]!.GetValue<string>());
        Assert.Equal($"***.{cpf[3..6]}.{cpf[6..9]}-**", profile["cpf"]!.GetValue<string>());
        var read = await me.GetAsync("/api/v1/me");
        Assert.Equal("\"2\"", read.Headers.ETag?.Tag);
        Assert.Equal(profile.ToJsonString(), (await read.IsOkAsync()).ToJsonString());

        var late = await PatchAsync(me, new { name = "Late" }, "\"1\"");
        await late.IsProblemAsync(412, "precondition-failed");
        await (await PatchAsync(me, new { name = "Any" }, "*")).IsOkAsync();
        await (await PatchAsync(me, new { name = "Either" }, "\"9\", \"3\"")).IsOkAsync();
        await (await PatchAsync(me, new { })).IsOkAsync();
    }

    [Fact]
    public async Task Of_many_edits_of_one_version_at_once_one_wins()
    {
        using var me = await users.SignInAsync(await users.RegisterAsync());
        var answers = await Task.WhenAll(
            Enumerable.Range(0, AtOnce).Select(i => PatchAsync(me, new { name = $"Name {i}" }, "\"1\""))
        );
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        Assert.Equal(AtOnce - 1, answers.Count(a => a.StatusCode == HttpStatusCode.PreconditionFailed));
    }

    [Fact]
    public async Task A_profile_refuses_what_is_not_acceptable()
    {
        var cpf = CpfTests.Valid.Single();
        await users.RegisterAsync(cpf: cpf);
        using var me = await users.SignInAsync(await users.RegisterAsync());
        await (await PatchAsync(me, new { cpf })).IsProblemAsync(409, "cpf-taken");
        await (await PatchAsync(me, new { cpf = "123" })).IsProblemAsync(422, "invalid", "cpf");
        await (await PatchAsync(me, new { name = "" })).IsProblemAsync(422, "invalid", "name");
        await (await PatchAsync(me, new { locale = "" })).IsProblemAsync(422, "invalid", "locale");
        await (await PatchAsync(me, new { name = 1 })).IsProblemAsync(400, "invalid", "name");
    }

    [Fact]
    public async Task A_cpf_is_cleared_by_null_and_then_anybodys()
    {
        var cpf = CpfTests.Valid.Single();
        using var me = await users.SignInAsync(await users.RegisterAsync(cpf: cpf));
        var profile = await (await PatchAsync(me, new { name = "Ana", locale = (string?)null })).IsOkAsync();
        Assert.NotNull(profile["cpf"]);

        profile = await (await PatchAsync(me, new { cpf = (string?)null })).IsOkAsync();

        Assert.Null(profile["cpf"]);
        await users.RegisterAsync(cpf: cpf);
    }

    [Theory]
    [InlineData("GET", "/api/v1/me")]
    [InlineData("PATCH", "/api/v1/me")]
    [InlineData("DELETE", "/api/v1/me")]
    [InlineData("PUT", "/api/v1/me/password")]
    [InlineData("GET", "/api/v1/me/consents")]
    [InlineData("PUT", "/api/v1/me/consents")]
    [InlineData("GET", "/api/v1/me/export")]
    [InlineData("POST", "/api/v1/me/email")]
    [InlineData("POST", "/api/v1/me/email/verification")]
    [InlineData("POST", "/api/v1/me/email/confirmation")]
    [InlineData("GET", "/api/v1/me/sessions")]
    [InlineData("DELETE", "/api/v1/me/sessions")]
    [InlineData("DELETE", "/api/v1/me/sessions/00000000-0000-0000-0000-000000000001")]
    [InlineData("GET", "/api/v1/users")]
    [InlineData("PUT", "/api/v1/users/00000000-0000-0000-0000-000000000001/roles")]
    public async Task Nothing_is_told_without_a_token(string method, string path)
    {
        using var http = users.Anonymous();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        await (await http.SendAsync(request)).IsProblemAsync(401, "unauthenticated");
    }

    [Fact]
    public async Task Only_access_tokens_of_this_provider_open_the_api()
    {
        var person = await users.RegisterAsync();
        var tokens = await users.TokensAsync(person);
        foreach (
            var token in new[]
            {
                tokens.Id!,
                tokens.Refresh!,
                users.System.Issuer.Token(person.Id),
                tokens.Access[..^4] + "AAAA",
            }
        )
        {
            using var http = users.Bearer(token);
            await (await http.GetAsync("/api/v1/me")).IsProblemAsync(401, "unauthenticated");
        }
    }

    [Fact]
    public async Task A_new_password_ends_what_the_old_one_began()
    {
        const string Next = "staple battery horse";
        var person = await users.RegisterAsync();
        var tokens = await users.TokensAsync(person);
        using var me = users.Bearer(tokens.Access);
        var wrong = await PutPasswordAsync(me, "not my password", Next);
        await wrong.IsProblemAsync(403, "wrong-password");
        var weak = await PutPasswordAsync(me, UsersApp.Password, "1234567890");
        await weak.IsProblemAsync(422, "invalid", "newPassword");
        var changed = await PutPasswordAsync(me, UsersApp.Password, Next);
        Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);

        using var http = users.Anonymous();
        await (await http.RefreshAsync(tokens.Refresh!)).IsOAuthErrorAsync("invalid_grant");
        await (await http.PasswordAsync(person.Email, UsersApp.Password)).IsOAuthErrorAsync("invalid_grant");
        await users.TokensAsync(person, password: Next);
    }

    [Fact]
    public async Task Of_many_password_changes_at_once_one_wins()
    {
        using var me = await users.SignInAsync(await users.RegisterAsync());
        var answers = await Task.WhenAll(
            Enumerable.Range(0, AtOnce).Select(i => PutPasswordAsync(me, UsersApp.Password, $"a new password {i}"))
        );
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.NoContent);
        // Of so many at once some are not even looked at.
        Assert.Equal(
            AtOnce - 1,
            answers.Count(a => a.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests)
        );
    }

    [Fact]
    public async Task Consents_are_logged_with_their_time()
    {
        using var me = await users.SignInAsync(await users.RegisterAsync());
        Assert.Empty((await ConsentsAsync(me))["history"]!.AsArray());
        var first = await PutConsentsAsync(me, ("terms", true), ("marketing", true));
        Assert.Equal(2, (await first.IsOkAsync())["history"]!.AsArray().Count);
        // The same again is no decision; what is left out is withdrawn.
        await PutConsentsAsync(me, ("terms", true), ("marketing", true));
        await PutConsentsAsync(me, ("terms", true));
        var view = await ConsentsAsync(me);
        Assert.Equal(3, view["history"]!.AsArray().Count);
        Assert.Equal("marketing", view["history"]![0]!["purpose"]!.GetValue<string>());
        Assert.False(view["history"]![0]!["granted"]!.GetValue<bool>());
        Assert.Equal(
            [("Marketing", false), ("Terms", true)],
            view["consents"]!
                .AsArray()
                .Select(c =>
                    (
                        char.ToUpperInvariant(c!["purpose"]!.GetValue<string>()[0])
                            + c["purpose"]!.GetValue<string>()[1..],
                        c["granted"]!.GetValue<bool>()
                    )
                )
                .Order()
        );

        var twice = await PutConsentsAsync(me, ("terms", true), ("terms", false));
        await twice.IsProblemAsync(422, "invalid", "consents");
        var unknown = await PutConsentsAsync(me, ("world domination", true));
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        var many = await PutConsentsAsync(me, [.. Enumerable.Repeat(("terms", true), 11)]);
        await many.IsProblemAsync(400, "invalid", "consents");
        var none = await me.PutAsJsonAsync("/api/v1/me/consents", new { consents = new object?[] { null } });
        await none.IsProblemAsync(422, "invalid", "consents");
    }

    [Fact]
    public async Task Consents_at_once_are_logged_once()
    {
        using var me = await users.SignInAsync(await users.RegisterAsync());
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => PutConsentsAsync(me, ("terms", true))));
        Assert.Single((await ConsentsAsync(me))["history"]!.AsArray());
    }

    [Fact]
    public async Task Consent_to_organizers_is_told_when_it_changes()
    {
        var person = await users.RegisterAsync();
        using var me = await users.SignInAsync(person);
        await PutConsentsAsync(me, ("marketing", true));
        await PutConsentsAsync(me, ("organizers", true));
        await PutConsentsAsync(me, ("organizers", true));
        await PutConsentsAsync(me);

        await Eventually.TrueAsync(() => Task.FromResult(Told().Count == 2));
        Assert.Equal([true, false], Told().Select(c => c.Granted));

        List<OrganizerConsentChanged> Told() =>
            [.. users.Consents.Where(c => c.UserId == person.Id).DistinctBy(c => c.At).OrderBy(c => c.At)];
    }

    [Fact]
    public async Task A_person_gets_all_that_is_kept()
    {
        var cpf = CpfTests.Valid.Single();
        var person = await users.RegisterAsync(cpf: cpf);
        using var me = await users.SignInAsync(person);
        await PutConsentsAsync(me, ("organizers", true));
        var answer = await me.GetAsync("/api/v1/me/export");
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("application/zip", answer.Content.Headers.ContentType?.MediaType);
        using var archive = new ZipArchive(await answer.Content.ReadAsStreamAsync());
        var files = archive.Entries.ToDictionary(e => e.Name, e => JsonNode.Parse(e.Open())!);
        Assert.Equal(
            ["account.json", "mails.json", "orders.json", "teams.json", "tickets.json"],
            files.Keys.Order(StringComparer.Ordinal)
        );
        foreach (var what in new[] { "orders", "tickets", "mails", "teams" })
            Assert.Equal($"{what} of {person.Id}", $"{files[what + ".json"]["kept"]}");
        var export = files["account.json"];
        Assert.Equal(person.Email, export["email"]!.GetValue<string>());
        Assert.Equal(cpf, export["cpf"]!.GetValue<string>());
        Assert.Equal("organizers", export["consents"]![0]!["purpose"]!.GetValue<string>());
        Assert.NotEmpty(export["sessions"]![0]!["network"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_erased_person_is_nobody()
    {
        var cpf = CpfTests.Valid.Single();
        var person = await users.RegisterAsync(cpf: cpf);
        var tokens = await users.TokensAsync(person);
        using var me = users.Bearer(tokens.Access);
        var wrong = await me.DeleteJsonAsync("/api/v1/me", new { password = "not my password" });
        await wrong.IsProblemAsync(403, "wrong-password");
        await (await me.DeleteAsync("/api/v1/me")).IsProblemAsync(400, "invalid");

        var body = new { password = UsersApp.Password };
        // Through the sidecar, as the Gateway forwards it: a DELETE keeps its body.
        using var forwarded = users.System.Peer(AppIds.Users);
        forwarded.DefaultRequestHeaders.Authorization = me.DefaultRequestHeaders.Authorization;
        var erased = await forwarded.DeleteJsonAsync("/api/v1/me", body);
        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        await Eventually.TrueAsync(() => Task.FromResult(users.Erased.Any(e => e.UserId == person.Id)));
        await (await me.DeleteJsonAsync("/api/v1/me", body)).IsProblemAsync(404, "not-found");
        foreach (var path in new[] { "", "/consents", "/export" })
            await (await me.GetAsync("/api/v1/me" + path)).IsProblemAsync(404, "not-found");
        await (await PatchAsync(me, new { name = "Again" })).IsProblemAsync(404, "not-found");
        using var http = users.Anonymous();
        await (await http.RefreshAsync(tokens.Refresh!)).IsOAuthErrorAsync("invalid_grant");
        await (await http.PasswordAsync(person.Email, UsersApp.Password)).IsOAuthErrorAsync("invalid_grant");
        using var peer = users.System.Peer(AppIds.Users);
        var found = await peer.GetAsync($"/internal/users/{person.Id}");
        Assert.Equal(HttpStatusCode.NotFound, found.StatusCode);
        // Address and CPF are free again, for somebody else.
        var next = await users.RegisterAsync(person.Email, cpf);
        Assert.NotEqual(person.Id, next.Id);
        Assert.Single(users.Erased, e => e.UserId == person.Id);
    }

    private static async Task<HttpResponseMessage> PatchAsync(HttpClient http, object body, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, "/api/v1/me")
        {
            Content = JsonContent.Create(body),
        };
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await http.SendAsync(request);
    }

    private static Task<HttpResponseMessage> PutPasswordAsync(
        HttpClient http,
        string currentPassword,
        string newPassword
    ) => http.PutAsJsonAsync("/api/v1/me/password", new { currentPassword, newPassword });

    private static Task<HttpResponseMessage> PutConsentsAsync(
        HttpClient http,
        params (string Purpose, bool Granted)[] choices
    ) =>
        http.PutAsJsonAsync(
            "/api/v1/me/consents",
            new { consents = choices.Select(c => new { purpose = c.Purpose, granted = c.Granted }) }
        );

    private static async Task<JsonNode> ConsentsAsync(HttpClient http) =>
        await (await http.GetAsync("/api/v1/me/consents")).IsOkAsync();
}
