using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Orders.Tests;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

[assembly: AssemblyFixture(typeof(OrdersApp))]

namespace Ticketing.Orders.Tests;

/// <summary>
/// The service on a real database and the embedded Dapr runtime, its neighbours played over the wire, and somebody who
/// hears its events.
/// </summary>
public sealed class OrdersApp : IAsyncLifetime
{
    private const string Listener = "listener";
    private readonly string[] settings;

    public OrdersApp()
        : this([]) { }

    private OrdersApp(string[] settings) => this.settings = settings;

    public TestSystem System { get; } = new();
    public Neighbours Neighbours { get; } = new();
    public HeardActs Acts { get; } = new();

    /// <summary>What the service told, by event type.</summary>
    public ConcurrentQueue<(string Type, Guid OrderId, JsonElement Body)> Told { get; } = new();

    /// <summary>A system of its own, for what must not disturb (or wait for) other tests.</summary>
    public static async Task<OrdersApp> StartAsync(params string[] settings)
    {
        var app = new OrdersApp(settings);
        await app.InitializeAsync();
        return app;
    }

    public async ValueTask InitializeAsync()
    {
        System.Service(
            AppIds.Orders,
            OrdersService.Build,
            // A busy machine answers 201 all the same.
            ["Orders:SweepSeconds=1", "Orders:GraceSeconds=2", "Orders:InlineSeconds=30", .. settings]
        );
        foreach (var (appId, stub) in Neighbours.Stubs)
            System.Stub(appId, stub);
        System.Service(Listener, BuildListener).Service("acts", Acts.Build);
        await System.StartAsync();
    }

    public ValueTask DisposeAsync() => System.DisposeAsync();

    private WebApplication BuildListener(string[] args)
    {
        var builder = ServiceDefaultsExtensions.CreateBuilder(Listener, args);
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapEvent<OrderFulfilled>((OrderFulfilled e) => Hear(e, e.Order.Id));
        app.MapEvent<OrderExpired>((OrderExpired e) => Hear(e, e.Order.Id));
        app.MapEvent<OrderCancelled>((OrderCancelled e) => Hear(e, e.Order.Id));
        app.MapEvent<OrderDisputed>((OrderDisputed e) => Hear(e, e.OrderId));
        app.MapEvent<PayoutAccountChanged>((PayoutAccountChanged e) => Hear(e, e.OrganizerId));
        app.MapEvent<OrderRefunded>((OrderRefunded e) => Hear(e, e.Order.Id));
        app.MapEvent<OrderPartiallyRefunded>((OrderPartiallyRefunded e) => Hear(e, e.Order.Id));
        app.MapEvent<OrderRescheduled>((OrderRescheduled e) => Hear(e, e.Order.Id));
        return app;
    }

    private void Hear<TEvent>(TEvent message, Guid orderId)
        where TEvent : IEvent =>
        Told.Enqueue(
            (TEvent.Type, orderId, JsonSerializer.SerializeToElement(message, ServiceDefaultsExtensions.Json))
        );

    /// <summary>Waits until the service told of it.</summary>
    public async Task<TEvent> HeardAsync<TEvent>(Guid orderId)
        where TEvent : IEvent
    {
        bool Match((string Type, Guid OrderId, JsonElement Body) told) =>
            told.Type == TEvent.Type && told.OrderId == orderId;
        await Eventually.TrueAsync(() => Task.FromResult(Told.Any(Match)));
        return Told.First(Match).Body.Deserialize<TEvent>(ServiceDefaultsExtensions.Json)!;
    }

    public int CountTold<TEvent>(Guid orderId)
        where TEvent : IEvent =>
        Told.Where(t => t.Type == TEvent.Type && t.OrderId == orderId).DistinctBy(t => t.Body.GetRawText()).Count();

    public Task<HttpStatusCode> DeliverAsync<TEvent>(TEvent message, Guid? id = null)
        where TEvent : IEvent => System.DeliverAsync(AppIds.Orders, message, id);

    /// <summary>A buyer in front of a hold that Tickets keeps.</summary>
    public Purchase NewPurchase(Action<Purchase>? change = null)
    {
        var purchase = new Purchase(this);
        change?.Invoke(purchase);
        Neighbours.Add(purchase);
        return purchase;
    }

    public async Task<Guid> NewTeamMemberAsync(Guid organizerId, TeamRole role = TeamRole.Finance)
    {
        var person = Guid.CreateVersion7();
        Assert.Equal(HttpStatusCode.OK, await DeliverAsync(new TeamMemberChanged(organizerId, person, role, 1)));
        return person;
    }

    /// <summary>Looks at (or changes) what cannot be reached from outside.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, params object[] parameters)
    {
        await using var source = NpgsqlDataSource.Create(System.Database(AppIds.Orders));
        await using var command = source.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        var value = await command.ExecuteScalarAsync();
        return value is null or DBNull ? default : (T)value;
    }
}
