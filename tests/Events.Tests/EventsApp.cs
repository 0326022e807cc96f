using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

[assembly: AssemblyFixture(typeof(Ticketing.Events.Tests.EventsApp))]

namespace Ticketing.Events.Tests;

/// <summary>The Events service, a listener to what it says in Tickets' place, and Users played by the test.</summary>
public sealed class EventsApp : IAsyncLifetime
{
    private readonly TestSystem system = new();
    private readonly string[] settings;

    public EventsApp()
        : this(["Events:ApproveOrganizers=false"]) { }

    private EventsApp(string[] settings) => this.settings = settings;

    /// <summary>Where an administrator approves organizers, and not every currency is taken.</summary>
    public static async Task<EventsApp> StartCarefulAsync()
    {
        var app = new EventsApp(["Events:Currencies=BRL USD"]);
        await app.InitializeAsync();
        return app;
    }

    private readonly ConcurrentDictionary<string, UserRef> registered = new();
    private readonly Heard heard = new();

    /// <summary>Every invitation that was told.</summary>
    public IReadOnlyCollection<TeamInvitationOffered> Invited => heard.Invited;

    public PeerStub Users { get; } = new();

    public TestSystem System => system;

    public async ValueTask InitializeAsync()
    {
        Users.Handle = request =>
        {
            if (request.Is("GET /internal/users/several"))
                return Task.FromResult(
                    PeerStub.Json(
                        registered.Values.Where(u => request.Query.Contains($"{u.Id}", StringComparison.Ordinal))
                    )
                );
            var found = registered.Values.FirstOrDefault(u => request.Is($"GET /internal/users/{u.Id}"));
            return Task.FromResult(found is null ? PeerStub.Problem(404, "not-found") : PeerStub.Json(found));
        };
        await system
            .Service(AppIds.Events, EventsService.Build, settings)
            .Service(AppIds.Tickets, heard.Build)
            .Stub(AppIds.Users, Users)
            .StartAsync();
    }

    public ValueTask DisposeAsync() => system.DisposeAsync();

    /// <summary>Somebody with a token; nobody knows the person yet.</summary>
    public Person Person(params string[] roles)
    {
        var id = Guid.CreateVersion7();
        return new(id, system.Client(AppIds.Events, id, roles));
    }

    public Person Anonymous => new(Guid.Empty, system.Client(AppIds.Events));

    /// <summary>Makes the person known to Users.</summary>
    public string Register(Person person, bool verified = true)
    {
        var email = $"{person.Id:N}@example.com";
        registered[email] = new UserRef(person.Id, "Ana", email, "pt-BR", verified);
        return email;
    }

    /// <summary>Invited by one of the team, the person joins it.</summary>
    public async Task Join(Person by, Person person, string role, Guid? organizerId = null)
    {
        var path = $"/api/v1/organizers/{organizerId ?? by.OrganizerId}/invitations";
        var invitation = await by.Post(path, new { email = Register(person), role }, 201);
        await person.Post($"{path}/{invitation.Id}/accept", null, 200);
    }

    public HttpClient Peer => system.Peer(AppIds.Events);

    /// <summary>Every message about an event, oldest version first, once there are as many.</summary>
    public async Task<IReadOnlyList<Told>> ToldOf(Guid eventId, int count) =>
        await Eventually.GetAsync(() => Task.FromResult(heard.Of(eventId)), told => told.Count >= count);

    /// <summary>Every change of a person's place in a team, once there are as many.</summary>
    public async Task<IReadOnlyList<TeamMemberChanged>> ToldOfMember(Guid organizerId, Guid userId, int count) =>
        await Eventually.GetAsync(
            () => Task.FromResult(heard.OfMember(organizerId, userId)),
            told => told.Count >= count
        );

    public async Task<Person> Organizer(Person? owner = null, string name = "Casa de Shows")
    {
        owner ??= Person();
        var organizer = await owner.Post("/api/v1/organizers", new { name }, 201);
        owner.OrganizerId = organizer.Id;
        return owner;
    }

    public static DateTimeOffset InDays(double days) => TimeProvider.System.GetUtcNow().AddDays(days);
}

/// <summary>What was said about an event.</summary>
public sealed record Told(string Type, long Version, EventSnapshot? Snapshot, string? Reason);

internal sealed class Heard
{
    private readonly ConcurrentBag<(Guid EventId, Told Told)> events = [];
    private readonly ConcurrentBag<TeamMemberChanged> members = [];

    public ConcurrentBag<TeamInvitationOffered> Invited { get; } = [];

    public IReadOnlyList<Told> Of(Guid eventId) =>
        [.. events.Where(e => e.EventId == eventId).Select(e => e.Told).OrderBy(t => t.Version)];

    public IReadOnlyList<TeamMemberChanged> OfMember(Guid organizerId, Guid userId) =>
        [.. members.Where(m => m.OrganizerId == organizerId && m.UserId == userId).OrderBy(m => m.Version)];

    public WebApplication Build(string[] args)
    {
        var builder = ServiceDefaultsExtensions.CreateBuilder(AppIds.Tickets, args);
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapEvent<EventPublished>((EventPublished e) => Add("published", e.Event));
        app.MapEvent<EventChanged>((EventChanged e) => Add("changed", e.Event));
        app.MapEvent<EventCancelled>(
            (EventCancelled e) => events.Add((e.EventId, new("cancelled", e.Version, null, e.Reason)))
        );
        app.MapEvent<TeamMemberChanged>((TeamMemberChanged e) => members.Add(e));
        app.MapEvent<TeamInvitationOffered>((TeamInvitationOffered e) => Invited.Add(e));
        return app;
    }

    private void Add(string type, EventSnapshot e) => events.Add((e.Id, new(type, e.Version, e, null)));
}

/// <summary>Somebody who calls the public API.</summary>
public sealed class Person(Guid id, HttpClient http)
{
    public Guid Id { get; } = id;
    public Guid OrganizerId { get; set; }
    public HttpClient Http { get; } = http;

    public Task<Answer> Get(string path, int status = 200, string? ifNoneMatch = null) =>
        Send(HttpMethod.Get, path, null, status, ifNoneMatch: ifNoneMatch);

    public Task<Answer> Post(string path, object? body, int status) => Send(HttpMethod.Post, path, body, status);

    public Task<Answer> Put(string path, object? body, int status, string? ifMatch = null) =>
        Send(HttpMethod.Put, path, body, status, ifMatch);

    public Task<Answer> Patch(string path, object body, int status = 200, string? ifMatch = null) =>
        Send(HttpMethod.Patch, path, body, status, ifMatch);

    public Task<Answer> Delete(string path, int status = 204) => Send(HttpMethod.Delete, path, null, status);

    public async Task<Answer> Try(
        HttpMethod method,
        string path,
        object? body = null,
        string? ifMatch = null,
        string? ifNoneMatch = null
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is string raw)
            request.Content = new StringContent(raw, null, "application/json");
        else if (body is not null)
            request.Content = JsonContent.Create(body);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (ifNoneMatch is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new(
            (int)response.StatusCode,
            text.Length == 0 ? null : JsonNode.Parse(text),
            response.Headers.TryGetValues("ETag", out var etag) ? etag.Single() : null,
            response.Headers.CacheControl?.ToString(),
            response.Headers.Location?.ToString(),
            text
        );
    }

    private async Task<Answer> Send(
        HttpMethod method,
        string path,
        object? body,
        int status,
        string? ifMatch = null,
        string? ifNoneMatch = null
    )
    {
        var answer = await Try(method, path, body, ifMatch, ifNoneMatch);
        Assert.True(answer.Status == status, $"{method} {path}: {answer.Status} instead of {status}: {answer.Text}");
        return answer;
    }
}

public sealed record Answer(
    int Status,
    JsonNode? Body,
    string? ETag,
    string? CacheControl,
    string? Location,
    string Text
)
{
    public JsonNode this[string name] => Body![name] ?? throw new InvalidOperationException($"No {name} in {Text}");

    public Guid Id => Guid.Parse((string)this["id"]!);

    /// <summary>The problem's code.</summary>
    public string Code => ((string)this["type"]!).Replace(Problems.TypePrefix, "");

    public IEnumerable<string> ErrorFields => this["errors"].AsObject().Select(p => p.Key).Order();

    public JsonArray Items => this["items"].AsArray();

    public IEnumerable<Guid> Ids => Items.Select(i => Guid.Parse((string)i!["id"]!));

    public string? Next => (string?)Body!["next"];

    public T Read<T>() => Body.Deserialize<T>(ServiceDefaultsExtensions.Json)!;
}
