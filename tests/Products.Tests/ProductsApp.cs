using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Products.Catalog;
using Ticketing.Products.Tests;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

[assembly: AssemblyFixture(typeof(ProductsApp))]

namespace Ticketing.Products.Tests;

/// <summary>The service on a real database and sidecar; Events, whose facts it copies, is played by the test.</summary>
public sealed class ProductsApp : IAsyncLifetime
{
    private readonly string[] settings;

    public ProductsApp()
        : this([]) { }

    private ProductsApp(string[] settings) => this.settings = settings;

    /// <summary>A system of its own, for tests that measure all of it.</summary>
    public static async Task<ProductsApp> StartAsync(params string[] settings)
    {
        var app = new ProductsApp(settings);
        await app.InitializeAsync();
        return app;
    }

    public TestSystem System { get; } = new();
    public PeerStub Events { get; } = new();
    public HeardActs Acts { get; } = new();

    public ChangeFeed Changes { get; } = new();

    /// <summary>Sessions that Events was not heard to speak of.</summary>
    public ConcurrentDictionary<Guid, SessionOwner> Drafts { get; } = new();

    public async ValueTask InitializeAsync()
    {
        Events.Handle = request =>
            Task.FromResult(
                request.Is("GET /internal/sessions/*")
                && Drafts.TryGetValue(Guid.Parse(request.Segment(2)), out var draft)
                    ? PeerStub.Json(draft)
                    : Changes.Answer(request) ?? PeerStub.Problem(404, "not-found")
            );
        await System
            .Service(
                AppIds.Products,
                ProductsService.Build,
                ["Products:SweepSeconds=0.1", "Pull:IdleSeconds=0.2", .. settings]
            )
            .Stub(AppIds.Events, Events)
            .Service("acts", Acts.Build)
            .StartAsync();
    }

    public ValueTask DisposeAsync() => System.DisposeAsync();

    public HttpClient As(Guid? person, params string[] roles) => System.Client(AppIds.Products, person, roles);

    /// <summary>Orders' side: internal requests through the sidecar.</summary>
    public HttpClient Orders() => System.Peer(AppIds.Products);

    public NpgsqlDataSource Database() => NpgsqlDataSource.Create(System.Database(AppIds.Products));

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var source = Database();
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>An organizer's event with one session on sale.</summary>
    public async Task<Show> PublishShow()
    {
        var show = new Show(this);
        await show.Join(show.Manager, TeamRole.Manager);
        await show.Publish(version: 1);
        return show;
    }
}

/// <summary>One organizer's event with its team, and the products sold with it.</summary>
public sealed class Show(ProductsApp app)
{
    private long memberVersion;

    public Guid EventId { get; } = Guid.CreateVersion7();
    public Guid OrganizerId { get; } = Guid.CreateVersion7();
    public Guid SessionId { get; } = Guid.CreateVersion7();
    public Guid Manager { get; } = Guid.CreateVersion7();

    public EventSnapshot Snapshot(long version, params (Guid Id, bool Cancelled)[] sessions) =>
        new(
            EventId,
            version,
            OrganizerId,
            "Produtora",
            "Noite de São João",
            "noite-de-sao-joao",
            new(Guid.CreateVersion7(), "Teatro", "Rua A, 1", "São Paulo", "SP", "America/Sao_Paulo"),
            [
                .. sessions.Select(s => new SessionSnapshot(
                    s.Id,
                    new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero),
                    null,
                    null,
                    s.Cancelled,
                    null,
                    [],
                    []
                )),
            ]
        );

    public async Task Publish(long version) =>
        Assert.Equal(
            HttpStatusCode.OK,
            await app.System.DeliverAsync(AppIds.Products, new EventPublished(Snapshot(version, (SessionId, false))))
        );

    public async Task Join(Guid person, TeamRole? role) =>
        Assert.Equal(
            HttpStatusCode.OK,
            await app.System.DeliverAsync(
                AppIds.Products,
                new TeamMemberChanged(OrganizerId, person, role, ++memberVersion)
            )
        );

    public JsonObject Body(int stock = 10, int maxPerOrder = 4, long price = 5_000) =>
        new()
        {
            ["sessionId"] = SessionId,
            ["name"] = "Camiseta",
            ["price"] = new JsonObject { ["amount"] = price, ["currency"] = "BRL" },
            ["stock"] = stock,
            ["maxPerOrder"] = maxPerOrder,
        };

    public async Task<ProductResponse> Add(int stock = 10, int maxPerOrder = 4, long price = 5_000)
    {
        using var http = app.As(Manager);
        using var response = await http.PostAsJsonAsync("/api/v1/products", Body(stock, maxPerOrder, price));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return await response.ReadAsync<ProductResponse>();
    }

    public async Task<ProductStock> Stock(Guid product)
    {
        using var http = app.As(Manager);
        using var response = await http.GetAsync($"/api/v1/products/{product}");
        return (await response.ReadAsync<ProductResponse>()).Stock!;
    }

    public async Task<HttpResponseMessage> Edit(Guid product, JsonObject body, string? etag = null)
    {
        using var http = app.As(Manager);
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/v1/products/{product}")
        {
            Content = JsonContent.Create(body),
        };
        if (etag is not null)
            request.Headers.TryAddWithoutValidation("If-Match", etag);
        return await http.SendAsync(request);
    }

    public HoldProducts Wants(params (Guid Product, int Quantity)[] items) =>
        new(Buyer, SessionId, [.. items.Select(i => new ProductQuantity(i.Product, i.Quantity))], 600);

    public Guid Buyer { get; } = Guid.CreateVersion7();

    public async Task<HttpResponseMessage> TryHold(Guid order, HoldProducts request)
    {
        using var http = app.Orders();
        return await http.PutAsJsonAsync($"/internal/holds/{order}", request, ServiceDefaultsExtensions.Json);
    }

    public async Task<ProductHold> Hold(Guid order, HoldProducts request)
    {
        using var response = await TryHold(order, request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.ReadAsync<ProductHold>();
    }

    public async Task<HttpResponseMessage> Post(Guid order, string step)
    {
        using var http = app.Orders();
        return await http.PostAsync($"/internal/holds/{order}/{step}", null);
    }

    public async Task<HttpResponseMessage> Return(Guid order, Guid refund, params (Guid Product, int Quantity)[] items)
    {
        using var http = app.Orders();
        return await http.PostAsJsonAsync(
            $"/internal/holds/{order}/returns",
            new ReturnProducts(refund, [.. items.Select(i => new ProductQuantity(i.Product, i.Quantity))])
        );
    }

    public async Task Done(Guid order, string step)
    {
        using var response = await Post(order, step);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }
}

public static class Answers
{
    public static async Task<T> ReadAsync<T>(this HttpResponseMessage response)
    {
        Assert.True(
            response.IsSuccessStatusCode,
            $"{response.StatusCode} {await response.Content.ReadAsStringAsync()}"
        );
        return (await response.Content.ReadFromJsonAsync<T>(ServiceDefaultsExtensions.Json))!;
    }

    /// <summary>The problem's code, after its status was checked.</summary>
    public static async Task<string> ProblemAsync(this HttpResponseMessage response, int status)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{response.StatusCode} {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return JsonNode.Parse(body)!["type"]!.GetValue<string>()[Problems.TypePrefix.Length..];
    }

    /// <summary>The fields that the problem names.</summary>
    public static async Task<string[]> FieldsAsync(this HttpResponseMessage response) =>
        [.. JsonNode.Parse(await response.Content.ReadAsStringAsync())!["errors"]!.AsObject().Select(e => e.Key)];
}
