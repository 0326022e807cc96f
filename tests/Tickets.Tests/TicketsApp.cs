using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;
using Ticketing.Tickets.Tests;
using Ticketing.Tickets.Transfers;
using HoldView = Ticketing.Tickets.Holds.HoldView;

[assembly: AssemblyFixture(typeof(TicketsApp))]

namespace Ticketing.Tickets.Tests;

/// <summary>
/// Two replicas of the service on one database; Events and Users are stand-ins. Shared by all tests: each sells its own
/// event.
/// </summary>
public sealed class TicketsApp : IAsyncLifetime
{
    internal const string Replica = "tickets2";
    private const string Listener = "listener";

    private readonly PeerStub events = new();
    private readonly PeerStub users = new();
    private readonly ConcurrentDictionary<Guid, SeatMapSeats> maps = [];

    /// <summary>What Events keeps, by its event.</summary>
    public ConcurrentDictionary<Guid, byte[]> Pictures { get; } = [];
    private readonly ConcurrentDictionary<Guid, UserRef> people = [];

    private readonly string[] settings;

    public TicketsApp()
        : this([]) { }

    private TicketsApp(string[] settings) => this.settings = settings;

    /// <summary>A system of its own, for tests that measure all of it.</summary>
    public static async Task<TicketsApp> StartAsync(params string[] settings)
    {
        var app = new TicketsApp(settings);
        await app.InitializeAsync();
        return app;
    }

    public TestSystem System { get; } = new();
    public NpgsqlDataSource Database { get; private set; } = null!;
    public PeerStub Events => events;
    public ChangeFeed Changes { get; } = new();

    public async ValueTask InitializeAsync()
    {
        events.Handle = request =>
            Task.FromResult(
                Changes.Answer(request) is { } changes ? changes
                : request.Is("GET /internal/seat-maps/*")
                && maps.TryGetValue(Guid.Parse(request.Segment(2)), out var map)
                    ? PeerStub.Json(map)
                : request.Is("GET /internal/pictures/*")
                && Pictures.TryGetValue(Guid.Parse(request.Segment(2)), out var picture)
                    ? Results.Bytes(picture, "image/jpeg")
                : PeerStub.Problem(404, "not-found")
            );
        users.Handle = request =>
            Task.FromResult(
                request.Is("GET /internal/users/*")
                && people.TryGetValue(Guid.Parse(request.Segment(2)), out var person)
                    ? PeerStub.Json(person)
                    : PeerStub.Problem(404, "not-found")
            );
        var database = await TestPostgres.CreateDatabaseAsync("tickets");
        string[] all = [$"ConnectionStrings:Database={database}", "Tickets:SweepSeconds=1", .. settings];
        await System
            .Stub(AppIds.Events, events)
            .Stub(AppIds.Users, users)
            .Service(AppIds.Tickets, TicketsService.Build, all)
            .Service(Replica, TicketsService.Build, all)
            .Service(Listener, BuildListener)
            .Service("acts", Acts.Build)
            .StartAsync();
        Database = NpgsqlDataSource.Create(database);
    }

    public async ValueTask DisposeAsync()
    {
        retaining.Dispose();
        await Database.DisposeAsync();
        await System.DisposeAsync();
    }

    /// <summary>A client of a person; every second one talks to the other replica.</summary>
    public HttpClient Person(Guid? id = null, params string[] roles) =>
        System.Client(
            Interlocked.Increment(ref clients) % 2 == 0 ? AppIds.Tickets : Replica,
            id ?? Guid.CreateVersion7(),
            roles
        );

    private int clients;

    public HttpClient Anonymous() => System.Client(AppIds.Tickets);

    /// <summary>Both replicas' metrics together.</summary>
    public Task<Scrape> ScrapeAsync() => System.ScrapeAsync(AppIds.Tickets, Replica);

    public void AddSeatMap(SeatMapSeats map) => maps[map.SeatMapId] = map;

    public UserRef AddPerson(UserRef person) => people[person.Id] = person;

    /// <summary>Somebody with an account and a proven address.</summary>
    public UserRef NewPerson(Guid? id = null, bool verified = true)
    {
        var person = id ?? Guid.CreateVersion7();
        return AddPerson(new(person, "Bruna", $"{person:N}+x@example.com", "pt-BR", verified));
    }

    public void Forget(Guid person) => people.TryRemove(person, out _);

    /// <summary>What the service told.</summary>
    public ConcurrentQueue<object> Told { get; } = new();

    public HeardActs Acts { get; } = new();

    public async Task<TEvent> HeardAsync<TEvent>(Func<TEvent, bool> which)
        where TEvent : IEvent
    {
        await Eventually.TrueAsync(() => Task.FromResult(Told.OfType<TEvent>().Any(which)));
        return Told.OfType<TEvent>().First(which);
    }

    private WebApplication BuildListener(string[] args)
    {
        var builder = ServiceDefaultsExtensions.CreateBuilder(Listener, args);
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapEvent<TransferOffered>((TransferOffered e) => Told.Enqueue(e));
        app.MapEvent<TicketTransferred>((TicketTransferred e) => Told.Enqueue(e));
        app.MapEvent<TransferDeclined>((TransferDeclined e) => Told.Enqueue(e));
        app.MapEvent<TransferExpired>((TransferExpired e) => Told.Enqueue(e));
        app.MapEvent<TransferWithdrawn>((TransferWithdrawn e) => Told.Enqueue(e));
        app.MapEvent<TicketRescheduled>((TicketRescheduled e) => Told.Enqueue(e));
        app.MapEvent<TicketVoided>((TicketVoided e) => Told.Enqueue(e));
        return app;
    }

    /// <summary>The owner, who has an account, offers the ticket.</summary>
    public async Task<HttpResponseMessage> OfferAsync(
        Guid owner,
        Guid ticket,
        string email,
        string name = "Bruna Lisboa"
    )
    {
        if (!people.ContainsKey(owner))
            NewPerson(owner);
        using var http = Person(owner);
        return await http.PostAsJsonAsync($"/api/v1/tickets/{ticket}/transfers", new { email, name });
    }

    public async Task<HttpResponseMessage> AcceptAsync(Guid person, Guid ticket, Guid transfer, string? key = null)
    {
        using var http = Person(person);
        return await http.PostAsync($"/api/v1/tickets/{ticket}/transfers/{transfer}/accept{key}", null);
    }

    /// <summary>Offered and accepted; answers who has it now.</summary>
    public async Task<UserRef> TransferAsync(Guid owner, Guid ticket)
    {
        var friend = NewPerson();
        var offer = await (await OfferAsync(owner, ticket, friend.Email)).ReadAsync<TransferView>(201);
        (await AcceptAsync(friend.Id, ticket, offer.Id)).EnsureSuccessStatusCode();
        return friend;
    }

    /// <summary>Publishes a show as Events would, and waits for nothing: the answer comes when it is applied.</summary>
    public async Task<Show> SellAsync(Show show)
    {
        Assert.Equal(HttpStatusCode.OK, await System.DeliverAsync(AppIds.Tickets, new EventPublished(show.Snapshot())));
        return show;
    }

    public async Task TeamMemberAsync(Show show, Guid userId, TeamRole? role, long version = 1) =>
        Assert.Equal(
            HttpStatusCode.OK,
            await System.DeliverAsync(AppIds.Tickets, new TeamMemberChanged(show.OrganizerId, userId, role, version))
        );

    // As Orders would ask, through Dapr.

    public Task<HttpResponseMessage> AttachAsync(Guid hold, Guid buyer, int leaseSeconds = 900, byte[][]? cpf = null) =>
        PeerAsync($"/internal/holds/{hold}/attach", new AttachHold(buyer, leaseSeconds, cpf));

    public Task<HttpResponseMessage> CommitAsync(Guid hold, Guid buyer, string locale, params Attendee[] attendees) =>
        PeerAsync(
            $"/internal/holds/{hold}/commit",
            new CommitHold(buyer, "Ana Conceição", attendees, "7GK2M9QX", locale)
        );

    public Task<HttpResponseMessage> CommitAsync(Guid hold, Guid buyer, params Attendee[] attendees) =>
        PeerAsync($"/internal/holds/{hold}/commit", new CommitHold(buyer, "Ana Conceição", attendees, "7GK2M9QX"));

    public Task<HttpResponseMessage> ReleaseAsync(Guid hold) => PeerAsync($"/internal/holds/{hold}/release", null);

    public Task<HttpResponseMessage> VoidAsync(
        Guid order,
        bool evenIfUsed = false,
        bool evenIfTransferred = false,
        string reason = "refund",
        IReadOnlyList<Guid>? only = null
    ) => PeerAsync($"/internal/orders/{order}/void", new VoidTickets(reason, evenIfUsed, evenIfTransferred, only));

    public async Task DisputeAsync(Guid order) =>
        (
            await PeerAsync($"/internal/orders/{order}/block", new BlockTickets("payment-disputed"))
        ).EnsureSuccessStatusCode();

    public async Task DisputeIsWonAsync(Guid order) =>
        (
            await PeerAsync($"/internal/orders/{order}/unblock", new UnblockTickets("payment-disputed"))
        ).EnsureSuccessStatusCode();

    private async Task<HttpResponseMessage> PeerAsync(string path, object? body)
    {
        using var peer = System.Peer(AppIds.Tickets);
        return await peer.PostAsJsonAsync(path, body, ServiceDefaultsExtensions.Json);
    }

    /// <summary>Buys: hold, attach, commit.</summary>
    public async Task<Purchase> BuyAsync(Guid sessionId, Guid? buyerId = null, params object[] items)
    {
        var buyer = buyerId ?? Guid.CreateVersion7();
        using var http = Person(buyer);
        var hold = await (await http.HoldAsync(sessionId, items)).ReadAsync<HoldView>(201);
        (await AttachAsync(hold.Id, buyer)).EnsureSuccessStatusCode();
        var issued = await (await CommitAsync(hold.Id, buyer)).ReadAsync<Contracts.IssuedTickets>();
        return new(hold.Id, buyer, issued.Tickets);
    }

    /// <summary>The lease is over now; whether it is swept already is the sweeper's matter.</summary>
    public async Task LapseAsync(Guid hold) =>
        Assert.Equal(
            1,
            await ExecuteAsync("UPDATE holds SET expires_at = now() - interval '1 minute' WHERE id = $1", hold)
        );

    /// <summary>Retention looks when it starts, then by the hour.</summary>
    public async Task RetainAsync()
    {
        var retention = System
            .Services(AppIds.Tickets)
            .GetServices<IHostedService>()
            .Single(s => s.GetType().Name == "Retention");
        await retaining.WaitAsync();
        try
        {
            await retention.StopAsync(CancellationToken.None);
            await retention.StartAsync(CancellationToken.None);
        }
        finally
        {
            retaining.Release();
        }
    }

    private readonly SemaphoreSlim retaining = new(1);

    public async Task UntilStatusAsync(Guid hold, string status) =>
        await Eventually.GetAsync(
            () => ScalarAsync<string>("SELECT status FROM holds WHERE id = $1", hold),
            s => s == status
        );

    public async Task<int> ExecuteAsync(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql, params object[] parameters)
    {
        await using var command = Command(sql, parameters);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private NpgsqlCommand Command(string sql, object[] parameters)
    {
        var command = Database.CreateCommand(sql);
        foreach (var value in parameters)
            command.Parameters.AddWithValue(value);
        return command;
    }

    public async Task<PoolState> PoolAsync(Guid pool)
    {
        await using var command = Command(
            "SELECT capacity, available, held, sold, blocked FROM pools WHERE id = $1",
            [pool]
        );
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        return new(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt32(4));
    }

    /// <summary>I1 and I2 of the session, counted from what is really there.</summary>
    public async Task AssertInvariantsAsync(Guid sessionId)
    {
        const string broken = """
            SELECT 'pool ' || p.id || ': ' || p.available || ' ' || p.held || ' ' || p.sold || ' of ' || p.capacity
            FROM pools p
            WHERE p.session_id = $1 AND (
                p.available + p.held + p.sold + p.blocked <> p.capacity
                OR least(p.available, p.held, p.sold, p.blocked) < 0
                OR p.held <> (SELECT coalesce(sum(i.quantity), 0) FROM holds h JOIN hold_items i ON i.hold_id = h.id
                    WHERE i.pool_id = p.id AND h.status IN ('Held', 'Ordered'))
                OR p.sold <> (SELECT count(*) FROM tickets t WHERE t.pool_id = p.id AND t.status <> 'Voided')
                OR p.section_id IS NOT NULL AND (
                    p.available <> (SELECT count(*) FROM seats s WHERE s.pool_id = p.id AND s.status = 'Free')
                    OR p.held <> (SELECT count(*) FROM seats s WHERE s.pool_id = p.id AND s.status = 'Held')
                    OR p.sold <> (SELECT count(*) FROM seats s WHERE s.pool_id = p.id AND s.status = 'Sold')))
            UNION ALL
            SELECT 'seat ' || seat FROM (
                SELECT unnest(i.seat_ids) AS seat FROM holds h JOIN hold_items i ON i.hold_id = h.id
                WHERE h.session_id = $1 AND h.status IN ('Held', 'Ordered')
                UNION ALL
                SELECT seat_id FROM tickets WHERE session_id = $1 AND seat_id IS NOT NULL AND status <> 'Voided') taken
            GROUP BY seat HAVING count(*) > 1
            UNION ALL
            SELECT 'seat ' || s.seat_id || ' ' || s.status FROM seats s LEFT JOIN holds h ON h.id = s.hold_id
            WHERE s.session_id = $1 AND s.status <> CASE h.status WHEN 'Committed' THEN 'Sold'
                WHEN 'Held' THEN 'Held' WHEN 'Ordered' THEN 'Held' ELSE 'Free' END
            """;
        await using var command = Command(broken, [sessionId]);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            Assert.Fail(reader.GetString(0));
    }
}

public sealed record PoolState(int Capacity, int Available, int Held, int Sold, int Blocked);

public sealed record Purchase(Guid OrderId, Guid BuyerId, IReadOnlyList<IssuedTicket> Tickets);

/// <summary>What tests say over HTTP.</summary>
public static class Wire
{
    public static object Some(Guid ticketTypeId, int quantity = 1) => new { ticketTypeId, quantity };

    public static object Seats(Guid ticketTypeId, params Guid[] seatIds) => new { ticketTypeId, seatIds };

    public static Task<HttpResponseMessage> HoldAsync(this HttpClient http, Guid sessionId, params object[] items) =>
        http.HoldAsync(null, sessionId, items);

    public static async Task<HttpResponseMessage> HoldAsync(
        this HttpClient http,
        string? key,
        Guid sessionId,
        params object[] items
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/holds")
        {
            Content = JsonContent.Create(new { sessionId, items }),
        };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await http.SendAsync(request);
    }

    public static async Task<T> ReadAsync<T>(this HttpResponseMessage response, int status = 200)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode}: {body}");
        return JsonSerializer.Deserialize<T>(body, ServiceDefaultsExtensions.Json)!;
    }

    /// <summary>Asserts status and code of a problem; answers the whole of it.</summary>
    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage response, int status, string code)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode}: {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonSerializer.Deserialize<JsonElement>(body);
        Assert.Equal(Problems.TypePrefix + code, problem.GetProperty("type").GetString());
        Assert.True(problem.TryGetProperty("traceId", out _));
        return problem;
    }

    /// <summary>The one field that the problem names.</summary>
    public static string Field(this JsonElement problem) =>
        Assert.Single(problem.GetProperty("errors").EnumerateObject()).Name;
}
