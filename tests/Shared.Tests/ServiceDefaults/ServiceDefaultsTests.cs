using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapr;
using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Shared.Tests.ServiceDefaults;

public sealed class ProbeSystem : IAsyncLifetime
{
    public TestSystem System { get; } =
        new TestSystem().Service(ProbeService.AppId, ProbeService.Build, "Traces:SampleRatio=1");

    public async ValueTask InitializeAsync() => await System.StartAsync();

    public ValueTask DisposeAsync() => System.DisposeAsync();
}

public sealed class ServiceDefaultsTests(ProbeSystem fixture) : IClassFixture<ProbeSystem>
{
    private readonly TestSystem system = fixture.System;
    private readonly Guid person = Guid.CreateVersion7();

    private HttpClient Person() => system.Client(ProbeService.AppId, person);

    private async Task<int> NotesAsync(string text)
    {
        await using var scope = system.Services(ProbeService.AppId).CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ProbeDb>().Notes.CountAsync(n => n.Text == text);
    }

    private static async Task<JsonNode> ProblemAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal("/docs/errors#" + code, problem["type"]!.ToString());
        Assert.NotNull(problem["traceId"]);
        return problem;
    }

    [Fact]
    public async Task An_endpoint_that_says_nothing_needs_a_person()
    {
        using var anonymous = system.Client(ProbeService.AppId);
        await ProblemAsync(
            await anonymous.PostAsJsonAsync("/api/v1/notes", new { text = "a" }),
            HttpStatusCode.Unauthorized,
            "unauthenticated"
        );
    }

    [Theory]
    [InlineData("aud", "somebody-else")]
    [InlineData("token_use", "id")]
    public async Task A_token_for_something_else_is_refused(string claim, string value)
    {
        var claims = new Dictionary<string, object> { ["sub"] = person.ToString(), ["aud"] = "ticketing" };
        claims[claim] = value;
        await AssertRefusedAsync(system.Issuer.Token(claims));
    }

    [Fact]
    public async Task An_expired_token_is_refused() =>
        await AssertRefusedAsync(
            system.Issuer.Token(
                new Dictionary<string, object> { ["sub"] = person.ToString(), ["aud"] = "ticketing" },
                TimeSpan.FromMinutes(-5)
            )
        );

    [Fact]
    public async Task A_token_that_held_makes_no_other_hold()
    {
        var token = system.Issuer.Token(person);
        using var http = system.Client(ProbeService.AppId);
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        foreach (var _ in Enumerable.Range(0, 3))
        {
            using var response = await http.PostAsJsonAsync("/api/v1/notes", new { text = "known" });
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        }
        var signature = token.LastIndexOf('.') + 1;
        await AssertRefusedAsync(token[..signature] + (token[signature] == 'A' ? 'B' : 'A') + token[(signature + 1)..]);
        var other = system.Issuer.Token(Guid.CreateVersion7());
        await AssertRefusedAsync(token[..signature] + other[(other.LastIndexOf('.') + 1)..]);
    }

    private async Task AssertRefusedAsync(string token)
    {
        using var http = system.Client(ProbeService.AppId);
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var response = await http.PostAsJsonAsync("/api/v1/notes", new { text = "a" });
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_broken_rule_is_a_typed_problem()
    {
        using var http = Person();
        await ProblemAsync(
            await http.PostAsJsonAsync("/api/v1/notes", new { text = "forbidden" }),
            HttpStatusCode.Conflict,
            "forbidden-word"
        );
    }

    [Theory]
    [InlineData("""{"text":"much too long a text"}""", "text")]
    [InlineData("""{}""", "text")]
    [InlineData("""{"text":null}""", "text")]
    [InlineData("""{"text":5}""", "text")]
    [InlineData("""{"text":"a","copies":"2"}""", "copies")]
    [InlineData("""{"text":"a","at":"2027-01-01"}""", "at")]
    [InlineData("""{"text":"a","at":"2027-01-01T10:00:00"}""", "at")]
    [InlineData("""{"text":"a","at":5}""", "at")]
    [InlineData("", "body")]
    [InlineData("null", "body")]
    [InlineData("""[]""", "body")]
    [InlineData("""{"text":""", "text")]
    [InlineData("""{"text":"a","text":"b"}""", "text")]
    [InlineData("""{"text":"a","Text":"b"}""", "text")]
    public async Task Bad_input_names_the_field(string body, string field)
    {
        using var http = Person();
        using var content = new StringContent(body, null, "application/json");
        var problem = await ProblemAsync(
            await http.PostAsync("/api/v1/notes", content),
            HttpStatusCode.BadRequest,
            "invalid"
        );
        Assert.Contains(field, problem["errors"]!.AsObject().Select(e => e.Key));
        // Not the framework's words, which speak to the programmer.
        Assert.DoesNotContain("parameter", problem.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"text":""}""", "text", "A value is needed.")]
    [InlineData("""{"text":"much too long"}""", "text", "At most 10 characters.")]
    [InlineData("""{"text":"a","copies":6}""", "copies", "From 1 to 5.")]
    [InlineData("""{"text":"a","pages":[]}""", "pages", "At least 1 entries.")]
    [InlineData("""{"text":"a","pages":[1,2,3]}""", "pages", "At most 2 entries.")]
    [InlineData("""{"text":"a","title":"abcd"}""", "title", "At most 3 characters.")]
    [InlineData("""{"text":"a","code":"a"}""", "code", "From 2 to 3 characters.")]
    [InlineData("""{"text":"a","form":"b"}""", "form", "Not in the form that the API's document gives.")]
    [InlineData("""{"text":"a","email":"b"}""", "email", "This is not an e-mail address.")]
    [InlineData("""{"text":"a","locale":"fr"}""", "locale", "Not one of the values that the API's document gives.")]
    [InlineData("""{"text":"a","own":"b"}""", "own", "Only a.")]
    [InlineData("""{"text":"a","ofParameter":"abcd"}""", "ofParameter", "At most 3 characters.")]
    [InlineData("""{"text":"a","labels":[]}""", "labels", "From 1 to 2 entries.")]
    [InlineData("""{"text":"a","labels":[{"name":"ab"},{"name":""}]}""", "labels[1].name", "A value is needed.")]
    [InlineData("""{"text":"a","labels":[{"name":"abcd"}]}""", "labels[0].name", "From 2 to 3 characters.")]
    public async Task What_is_not_valid_is_told_to_people(string body, string field, string says)
    {
        using var http = Person();
        using var content = new StringContent(body, null, "application/json");
        var problem = await ProblemAsync(
            await http.PostAsync("/api/v1/notes", content),
            HttpStatusCode.BadRequest,
            "invalid"
        );
        Assert.Equal(says, Assert.Single(problem["errors"]![field]!.AsArray())!.ToString());
    }

    [Fact]
    public async Task What_is_not_valid_in_the_query_is_told_to_people()
    {
        using var http = Person();
        var problem = await ProblemAsync(
            await http.GetAsync("/api/v1/notes/sizes?size=4"),
            HttpStatusCode.BadRequest,
            "invalid"
        );
        Assert.Equal("From 1 to 3.", Assert.Single(problem["errors"]!["size"]!.AsArray())!.ToString());
    }

    [Fact]
    public async Task Every_field_that_is_not_valid_is_named()
    {
        using var http = Person();
        using var content = new StringContent(
            """{"text":"a","email":"no","labels":[{"name":"abcd"},{"name":"a"}]}""",
            null,
            "application/json"
        );
        var problem = await ProblemAsync(
            await http.PostAsync("/api/v1/notes", content),
            HttpStatusCode.BadRequest,
            "invalid"
        );
        Assert.Equal(
            ["email", "labels[0].name", "labels[1].name"],
            problem["errors"]!.AsObject().Select(e => e.Key).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_time_of_any_offset_is_taken_in_UTC()
    {
        using var http = Person();
        await http.PostAsJsonAsync("/api/v1/notes", new { text = "a", at = "2027-01-01T10:00:00-03:00" });
        Assert.Equal(1, await NotesAsync("2027-01-01T13:00:00.0000000+00:00"));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("limit=x", "limit")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("cursor=%25%25", "cursor")]
    public async Task Bad_paging_is_a_problem(string query, string field)
    {
        using var http = Person();
        var problem = await ProblemAsync(
            await http.GetAsync("/api/v1/notes?" + query),
            HttpStatusCode.BadRequest,
            "invalid"
        );
        Assert.Equal([field], problem["errors"]!.AsObject().Select(e => e.Key));
    }

    [Fact]
    public async Task Other_media_types_and_huge_bodies_are_refused()
    {
        using var http = Person();
        await ProblemAsync(
            await http.PostAsync("/api/v1/notes", new StringContent("text")),
            HttpStatusCode.UnsupportedMediaType,
            "unsupported-media-type"
        );
        http.DefaultRequestHeaders.ExpectContinue = true;
        await ProblemAsync(
            await http.PostAsJsonAsync("/api/v1/notes", new { text = new string('a', 300_000) }),
            HttpStatusCode.RequestEntityTooLarge,
            "too-large"
        );
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"data_base64":5}""")]
    [InlineData("""{"data":{"text":"a"}}""")]
    public async Task Only_the_sidecar_sends_CloudEvents(string body)
    {
        using var http = Person();
        using var content = new StringContent(body, null, "application/cloudevents+json");
        var answer = await http.PostAsync("/api/v1/notes", content);
        await ProblemAsync(answer, HttpStatusCode.BadRequest, "invalid");
    }

    [Theory]
    [InlineData("bogus")]
    [InlineData("utf-7")]
    public async Task An_unknown_charset_is_refused(string charset)
    {
        using var http = Person();
        using var content = new StringContent("""{"text":"a"}""");
        content.Headers.ContentType = new("application/json") { CharSet = charset };
        await ProblemAsync(
            await http.PostAsync("/api/v1/notes", content),
            HttpStatusCode.UnsupportedMediaType,
            "unsupported-media-type"
        );
    }

    [Fact]
    public async Task A_charset_may_be_quoted()
    {
        using var http = Person();
        using var content = new StringContent("""{"text":"a"}""");
        content.Headers.ContentType = new("application/json") { CharSet = "\"UTF-8\"" };
        using var answer = await http.PostAsync("/api/v1/notes", content);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
    }

    [Theory]
    [InlineData("""{"text":"a\u0000"}""", "text")]
    [InlineData("""{"topic":"\\\u0000","text":"a"}""", "topic")]
    [InlineData("""{"text":"a","labels":[{"name":"ab"},{"name":"a\u0000"}]}""", "labels[1].name")]
    [InlineData("\"\\u0000\"", "body")]
    public async Task Text_with_the_NUL_character_is_refused(string body, string field)
    {
        using var http = Person();
        http.DefaultRequestHeaders.Add("Idempotency-Key", $"{Guid.CreateVersion7()}");
        using var content = new StringContent(body, null, "application/json");
        var answer = await http.PostAsync("/api/v1/notes", content);
        var problem = await ProblemAsync(answer, HttpStatusCode.BadRequest, "invalid");
        Assert.Equal(field, Assert.Single(problem["errors"]!.AsObject()).Key);
    }

    [Fact]
    public async Task What_only_looks_like_the_NUL_character_is_text()
    {
        using var http = Person();
        http.DefaultRequestHeaders.Add("Idempotency-Key", $"{Guid.CreateVersion7()}");
        using var content = new StringContent("""{"text":"\\u0000"}""", null, "application/json");
        using var answer = await http.PostAsync("/api/v1/notes", content);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(@"\u0000", (await answer.Content.ReadFromJsonAsync<JsonNode>())!["text"]!.ToString());
    }

    [Theory]
    [InlineData("/api/v1/notes")]
    [InlineData("/healthz/live")]
    public async Task HEAD_is_answered_as_GET_without_a_body(string path)
    {
        using var http = system.Client(ProbeService.AppId);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotNull(answer.Content.Headers.ContentType);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task An_unknown_path_is_a_problem_too()
    {
        using var http = Person();
        await ProblemAsync(await http.GetAsync("/api/v1/nothing"), HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task The_same_idempotency_key_replays_the_first_answer()
    {
        using var http = Person();
        http.DefaultRequestHeaders.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        var first = await http.PostAsJsonAsync("/api/v1/notes", new { text = "once" });
        var second = await http.PostAsJsonAsync("/api/v1/notes", new { text = "once" });
        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal(1, await NotesAsync("once"));
        await ProblemAsync(
            await http.PostAsJsonAsync("/api/v1/notes", new { text = "other" }),
            HttpStatusCode.UnprocessableEntity,
            "invalid"
        );
    }

    [Fact]
    public async Task The_same_key_in_parallel_has_one_effect()
    {
        using var http = Person();
        http.DefaultRequestHeaders.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => http.PostAsJsonAsync("/api/v1/notes", new { text = "racing" }))
        );
        Assert.All(
            answers,
            a => Assert.True(a.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict, $"{a.StatusCode}")
        );
        Assert.Contains(answers, a => a.StatusCode == HttpStatusCode.Created);
        Assert.Equal(1, await NotesAsync("racing"));
    }

    [Fact]
    public async Task After_a_refusal_the_same_key_may_try_again()
    {
        using var http = Person();
        http.DefaultRequestHeaders.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        using var refused = await http.PostAsJsonAsync("/api/v1/notes", new { text = "forbidden" });
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        using var accepted = await http.PostAsJsonAsync("/api/v1/notes", new { text = "allowed" });
        Assert.Equal(HttpStatusCode.Created, accepted.StatusCode);
    }

    [Fact]
    public async Task What_is_published_is_heard_once_however_often_it_is_delivered()
    {
        using var http = Person();
        var note = await (
            await http.PostAsJsonAsync("/api/v1/notes", new { text = "say it" })
        ).Content.ReadFromJsonAsync<Note>();
        await Eventually.TrueAsync(async () => await NotesAsync($"heard {note!.Id}") == 1);

        var heard = new NoteWritten(Guid.CreateVersion7());
        var id = Guid.CreateVersion7();
        foreach (var _ in Enumerable.Range(0, 3))
            Assert.Equal(HttpStatusCode.OK, await system.DeliverAsync(ProbeService.AppId, heard, id));
        Assert.Equal(1, await NotesAsync($"heard {heard.NoteId}"));
    }

    [Fact]
    public async Task What_a_handler_does_not_find_is_not_taken_for_done()
    {
        // Dapr drops what is answered with 404.
        var unknown = new NoteWritten(Guid.Empty);
        Assert.Equal(HttpStatusCode.InternalServerError, await system.DeliverAsync(ProbeService.AppId, unknown));
    }

    [Fact]
    public async Task The_inbox_forgets_what_is_old()
    {
        await using var other = await new TestSystem().Service(ProbeService.AppId, ProbeService.Build).StartAsync();
        await other.StopAsync(ProbeService.AppId);
        await using var source = NpgsqlDataSource.Create(other.Database(ProbeService.AppId));
        await using var insert = source.CreateCommand(
            """
            INSERT INTO inbox (id, processed_at)
            VALUES ('old', now() - interval '8 days'), ('young', now() - interval '6 days')
            """
        );
        await insert.ExecuteNonQueryAsync();
        await using var app = ProbeService.Build([
            $"--ConnectionStrings:Database={other.Database(ProbeService.AppId)}",
            "--urls=http://127.0.0.1:0",
            "--Logging:LogLevel:Default=Warning",
        ]);
        await app.StartAsync();
        await using var left = source.CreateCommand("SELECT string_agg(id, ' ') FROM inbox");
        Assert.Equal("young", await Eventually.GetAsync(left.ExecuteScalarAsync, ids => ids is "young"));
    }

    [Fact]
    public async Task Without_the_issuer_nothing_is_decided()
    {
        await using var app = ProbeService.Build([
            "--ConnectionStrings:Database=" + system.Database(ProbeService.AppId),
            "--urls=http://127.0.0.1:0",
            "--Auth:Authority=" + system.Issuer.Authority,
            "--Auth:MetadataAddress=http://127.0.0.1:9/.well-known/openid-configuration",
            "--Logging:LogLevel:Default=Critical",
        ]);
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", system.Issuer.Token(person));
        await ProblemAsync(
            await http.PostAsJsonAsync("/api/v1/notes", new { text = "a" }),
            HttpStatusCode.ServiceUnavailable,
            "unavailable"
        );
    }

    [Fact]
    public async Task A_sidecar_that_never_answers_is_given_up()
    {
        using var silent = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var app = ProbeService.Build([
            "--ConnectionStrings:Database=" + system.Database(ProbeService.AppId),
            "--urls=http://127.0.0.1:0",
            "--Auth:Authority=" + system.Issuer.Authority,
            $"--DAPR_GRPC_ENDPOINT=http://{silent.LocalEndpoint}",
            "--Logging:LogLevel:Default=None",
        ]);
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        http.DefaultRequestHeaders.Authorization = new("Bearer", system.Issuer.Token(person));
        http.DefaultRequestHeaders.Add("Idempotency-Key", "a");
        await ProblemAsync(
            await http.PostAsJsonAsync("/api/v1/notes", new { text = "a" }),
            HttpStatusCode.ServiceUnavailable,
            "unavailable"
        );
    }

    [Fact]
    public void The_reason_of_a_failure_is_the_innermost_one_without_addresses()
    {
        var rpc = new RpcException(new Status(StatusCode.Internal, "550 <ana@example.com>: no such mailbox"));
        Assert.Equal(
            "Internal: 550 <***>: no such mailbox",
            new DaprException("Binding operation failed. See InnerException for details.", rpc).Reason()
        );
        Assert.Equal("two", new InvalidOperationException("one", new IOException("two")).Reason());
    }

    [Fact]
    public async Task Statements_that_come_often_are_prepared_by_EF_and_by_hand()
    {
        await using var scope = system.Services(ProbeService.AppId).CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ProbeDb>();
        await db.Database.OpenConnectionAsync();
        foreach (var i in Enumerable.Range(0, 3))
        {
            await db.Notes.Where(n => n.Text == $"prepared {i}").CountAsync();
            await db.Database.ExecuteSqlAsync($"UPDATE notes SET text = 'x' WHERE text = {$"prepared {i}"}");
        }
        var prepared = await db
            .Database.SqlQueryRaw<string>("SELECT statement AS \"Value\" FROM pg_prepared_statements")
            .ToListAsync();
        Assert.Contains(prepared, s => s.Contains("count(*)", StringComparison.Ordinal));
        Assert.Contains(prepared, s => s.StartsWith("UPDATE notes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_is_logged_without_its_query()
    {
        await using var talkative = await new TestSystem()
            .Service(ProbeService.AppId, ProbeService.Build, "Logging:LogLevel:Default=Information")
            .StartAsync();
        using var log = new LogLines();
        talkative.Services(ProbeService.AppId).GetRequiredService<ILoggerFactory>().AddProvider(log);
        using var http = talkative.Client(ProbeService.AppId);
        // An address, as administrators search for one.
        await http.GetAsync("/api/v1/notes?cursor=ana%40example.com");
        await Eventually.TrueAsync(() =>
            Task.FromResult(
                log.All.Any(l =>
                    l.Contains("/api/v1/notes", StringComparison.Ordinal) && l.Contains("400", StringComparison.Ordinal)
                )
            )
        );
        Assert.DoesNotContain(log.All, l => l.Contains("example.com", StringComparison.Ordinal));
    }

    [Fact]
    public void No_file_of_the_configuration_is_watched()
    {
        var configuration = system.Services(ProbeService.AppId).GetRequiredService<IConfiguration>();
        var files = ((IConfigurationRoot)configuration).Providers.OfType<FileConfigurationProvider>().ToList();
        Assert.NotEmpty(files);
        Assert.DoesNotContain(files, file => file.Source.ReloadOnChange);
    }

    [Fact]
    public async Task Only_the_sidecar_reaches_internal_paths()
    {
        using var outside = system.Client(ProbeService.AppId, person);
        Assert.Equal(HttpStatusCode.NotFound, (await outside.GetAsync("/internal/whoami")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await outside.GetAsync("/dapr/subscribe")).StatusCode);
        using var peer = system.Peer(ProbeService.AppId);
        Assert.Equal(HttpStatusCode.OK, (await peer.GetAsync("/internal/whoami")).StatusCode);
    }

    [Fact]
    public async Task Personal_data_is_unreadable_at_rest_and_found_by_its_blind_index()
    {
        var protector = system.Services(ProbeService.AppId).GetRequiredService<PersonalDataProtector>();
        var place = new Place("people.cpf", Guid.CreateVersion7());
        var first = await protector.EncryptAsync("145.382.206-20", place);
        Assert.NotEqual(first, await protector.EncryptAsync("145.382.206-20", place));
        Assert.Equal("145.382.206-20", await protector.DecryptAsync(first, place));
        var one = Assert.Single(await protector.BlindIndexesAsync("1"));
        Assert.Equal(one, (await protector.BlindIndexesAsync("1"))[0]);
        Assert.NotEqual(one, (await protector.BlindIndexesAsync("2"))[0]);
    }
}
