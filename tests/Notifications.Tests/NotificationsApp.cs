using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Notifications.Tests;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

[assembly: AssemblyFixture(typeof(NotificationsApp))]

namespace Ticketing.Notifications.Tests;

/// <summary>A mail as /dev/mail tells it.</summary>
public sealed record ReadMail(
    string Id,
    string From,
    string To,
    string Subject,
    string Text,
    string Html,
    DateTimeOffset Date
);

public sealed record ReadDelivery(
    Guid Id,
    string Kind,
    string State,
    int Attempts,
    string? LastError,
    DateTimeOffset? SentAt
);

/// <summary>
/// Two replicas of the service on one database, with the mail folder of the local email component.
/// </summary>
public sealed class NotificationsApp : IAsyncLifetime
{
    public const string BaseUrl = "https://tickets.example";

    private const string Replica = "notifications2";

    private readonly string[] settings;
    private readonly PeerStub users = new();
    private readonly ConcurrentDictionary<Guid, UserRef> people = [];
    private NpgsqlDataSource? database;

    public NotificationsApp()
        : this([]) { }

    private NotificationsApp(string[] settings) => this.settings = settings;

    public TestSystem System { get; } = new();

    public string MailFolder => Path.Combine(System.Folder, "mails");

    /// <summary>A system of its own, for tests that change what all see.</summary>
    public static async Task<NotificationsApp> StartAsync(params string[] settings)
    {
        var app = new NotificationsApp(settings);
        await app.InitializeAsync();
        return app;
    }

    public async ValueTask InitializeAsync()
    {
        var connection = await TestPostgres.CreateDatabaseAsync("notifications");
        database = NpgsqlDataSource.Create(connection);
        users.Handle = request =>
            Task.FromResult(
                request.Is("GET /internal/users/several")
                    ? PeerStub.Json(
                        request
                            .Query["?ids=".Length..]
                            .Split(',')
                            .Select(Guid.Parse)
                            .Select(id => people.GetValueOrDefault(id) ?? Buyers.GetValueOrDefault(id))
                            .OfType<UserRef>()
                    )
                : request.Is("GET /internal/users/*")
                && people.TryGetValue(Guid.Parse(request.Segment(2)), out var person)
                    ? PeerStub.Json(person)
                : PeerStub.Problem(404, "not-found")
            );
        string[] all =
        [
            $"ConnectionStrings:Database={connection}",
            $"Public:BaseUrl={BaseUrl}",
            $"Notifications:MailFolder={MailFolder}",
            "Notifications:RetrySeconds=0",
            "Notifications:Senders=4",
            .. settings,
        ];
        await System
            .Stub(AppIds.Users, users)
            .Service(AppIds.Notifications, NotificationsService.Build, all)
            .Service(Replica, NotificationsService.Build, all)
            .StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await System.DisposeAsync();
        if (database is not null)
            await database.DisposeAsync();
    }

    /// <summary>Both replicas' metrics together.</summary>
    public Task<Scrape> ScrapeAsync() => System.ScrapeAsync(AppIds.Notifications, Replica);

    /// <summary>A file where the folder should be: the binding fails.</summary>
    public async Task BreakMailServer()
    {
        if (Directory.Exists(MailFolder))
            Directory.Delete(MailFolder, recursive: true);
        await File.WriteAllTextAsync(MailFolder, "");
    }

    public void RepairMailServer() => File.Delete(MailFolder);

    public async Task<int> ExecuteAsync(string sql)
    {
        await using var command = database!.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = database!.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task Deliver<TEvent>(TEvent message, Guid? id = null)
        where TEvent : IEvent =>
        Assert.Equal(HttpStatusCode.OK, await System.DeliverAsync(AppIds.Notifications, message, id));

    public HttpClient Anyone() => System.Client(AppIds.Notifications);

    public HttpClient Admin() => System.Client(AppIds.Notifications, Guid.CreateVersion7(), "admin");

    /// <summary>Waits for the mails to this address.</summary>
    public async Task<IReadOnlyList<ReadMail>> MailsTo(string address, int count = 1)
    {
        using var http = Anyone();
        var page = await Eventually.GetAsync(
            async () =>
                (
                    await http.GetFromJsonAsync<Page<MailId>>(
                        $"/dev/mail?format=json&to={Uri.EscapeDataString(address)}",
                        ServiceDefaultsExtensions.Json
                    )
                )!,
            found => found.Items.Count >= count
        );
        var mails = new List<ReadMail>();
        foreach (var item in page.Items)
            mails.Add(
                (
                    await http.GetFromJsonAsync<ReadMail>(
                        $"/dev/mail/{item.Id}?format=json",
                        ServiceDefaultsExtensions.Json
                    )
                )!
            );
        return mails;
    }

    private sealed record MailId(string Id);

    public async Task<ReadMail> MailTo(string address) => Assert.Single(await MailsTo(address));

    public async Task<IReadOnlyList<ReadDelivery>> Deliveries(Guid orderId)
    {
        using var http = Admin();
        var page = await http.GetFromJsonAsync<Page<ReadDelivery>>(
            $"/api/v1/notifications?orderId={orderId}",
            ServiceDefaultsExtensions.Json
        );
        return page!.Items;
    }

    public async Task<ReadDelivery> Delivery(Guid orderId, string state) =>
        (await Eventually.GetAsync(() => Deliveries(orderId), found => found.Count == 1 && found[0].State == state))[0];

    /// <summary>Somebody with an account.</summary>
    public UserRef Person(string name = "Ana Conceição", string locale = "pt-BR")
    {
        var person = new UserRef(Guid.CreateVersion7(), name, NewAddress(), locale, true);
        people[person.Id] = person;
        return person;
    }

    public static TicketSummary TicketOf(OrderSummary order, string? seat = "Plateia · A · 13") =>
        new(
            Guid.CreateVersion7(),
            order.Id,
            order.EventTitle,
            order.VenueName,
            order.VenueCity,
            order.TimeZone,
            order.StartsAt,
            "Plateia (inteira)",
            seat,
            ShowOf(order)
        );

    public static ShowDetails ShowOf(OrderSummary order) =>
        new(
            new Guid("0198d5a0-0000-7000-8000-000000000001"),
            "Produções Aurora",
            "ola@aurora.example",
            "Praça Ramos de Azevedo, s/n",
            "SP",
            order.StartsAt.AddHours(-2),
            order.StartsAt.AddHours(3),
            "https://aurora.example/sao-joao.jpg",
            "#E4572E"
        );

    public static string NewAddress() => $"p{Guid.CreateVersion7():N}@example.com";

    /// <summary>Who placed the orders below.</summary>
    private static readonly ConcurrentDictionary<Guid, UserRef> Buyers = [];

    /// <param name="proven">The buyer's account has proven the address.</param>
    public static OrderSummary Order(
        string? address = null,
        string locale = "pt-BR",
        string title = "Noite de São João",
        string buyer = "Ana Conceição",
        Guid? buyerId = null,
        bool proven = true
    )
    {
        var person = new UserRef(buyerId ?? Guid.CreateVersion7(), buyer, address ?? NewAddress(), locale, proven);
        Buyers[person.Id] = person with { Email = person.Email.ToLowerInvariant() };
        return new(
            Guid.CreateVersion7(),
            "TK-7Q2M4",
            buyer,
            person.Email,
            locale,
            title,
            "Teatro Municipal",
            "São Paulo",
            "America/Sao_Paulo",
            new DateTimeOffset(2027, 6, 24, 0, 30, 0, TimeSpan.Zero),
            [new("Plateia (inteira)", 2, new(60_000, "BRL")), new("Estacionamento", 1, new(3_456, "BRL"))],
            new(123_456, "BRL"),
            person.Id
        );
    }

    public static OrderFulfilled Fulfilled(OrderSummary order, params IssuedTicket[] tickets) =>
        new(
            order,
            tickets.Length > 0
                ? tickets
                :
                [
                    Ticket("A1B2C3D4", "Plateia · A · 12", "Ana Conceição"),
                    Ticket("E5F6G7H8", "Plateia · A · 13", "João d'Ávila"),
                ],
            order.StartsAt,
            ShowOf(order),
            "/api/v1/tickets/pdf?orderId=1&key=abc",
            order.StartsAt.AddDays(-2)
        );

    public static IssuedTicket Ticket(string number, string? seat, string holder)
    {
        var id = Guid.CreateVersion7();
        return new(id, number, "Plateia (inteira)", seat, holder, $"/api/v1/tickets/{id}/pdf?sig=abc_-123&exp=9");
    }
}
