using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Payments.Tests;
using Ticketing.Sandbox;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

[assembly: AssemblyFixture(typeof(PaymentsApp))]
[assembly: AssemblyFixture(typeof(ReconcilingApp))]

namespace Ticketing.Payments.Tests;

/// <summary>
/// Payments and the sandbox provider, with a wire in each direction between them. Here reconciliation never comes: what
/// happens, the requests and webhooks did.
/// </summary>
public class PaymentsApp : IAsyncLifetime
{
    private const string Listener = "listener";
    public const string Reais = "BRL";

    private readonly ConcurrentQueue<(string Topic, JsonElement Event)> events = new();
    private NpgsqlDataSource? database;

    protected virtual double ReconcileSeconds => 3600;

    public TestSystem System { get; } = new();

    /// <summary>From Payments to the provider.</summary>
    public Wire ProviderWire { get; private set; } = null!;

    /// <summary>From the provider to Payments.</summary>
    public Wire WebhookWire { get; private set; } = null!;

    public HttpClient Payments { get; private set; } = null!;
    public HttpClient Public { get; private set; } = null!;
    public HttpClient Sandbox { get; private set; } = null!;
    public string WebhookSecret { get; private set; } = null!;
    public NpgsqlDataSource Database => database!;

    public virtual async ValueTask InitializeAsync()
    {
        ProviderWire = await Wire.StartAsync();
        WebhookWire = await Wire.StartAsync();
        await System
            .Service(
                AppIds.Payments,
                PaymentsService.Build,
                $"Payments:Sandbox:BaseUrl={ProviderWire.Url}",
                $"Payments:ReconcileSeconds={ReconcileSeconds}",
                "Payments:MerchantName=Ingressos São João Produções e Eventos Ltda",
                "Payments:MerchantCity=São Paulo"
            )
            .Service(
                AppIds.Sandbox,
                SandboxService.Build,
                $"Sandbox:WebhookUrl={WebhookWire.Url}/api/v1/payments/webhooks/sandbox",
                "Sandbox:WebhookRetrySeconds=0.1",
                "Sandbox:SettleLateSeconds=0.5",
                "Sandbox:DuplicateWebhooks=true"
            )
            .Service(Listener, BuildListener)
            .StartAsync();
        Payments = System.Peer(AppIds.Payments);
        Public = System.Client(AppIds.Payments);
        Sandbox = System.Client(AppIds.Sandbox);
        ProviderWire.Target = Sandbox.BaseAddress;
        WebhookWire.Target = Public.BaseAddress;
        database = NpgsqlDataSource.Create(System.Database(AppIds.Payments));
        var secrets = JsonSerializer.Deserialize<Dictionary<string, string>>(
            await File.ReadAllTextAsync(Path.Combine(System.Folder, "secrets.json"))
        )!;
        WebhookSecret = secrets[SecretNames.SandboxWebhookSecret];
        Sandbox.DefaultRequestHeaders.Authorization = new(
            "Bearer",
            secrets[SecretNames.SandboxApiKey]
        );
    }

    private WebApplication BuildListener(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        string[] topics =
        [
            PaymentSettled.Type,
            PaymentFailed.Type,
            PaymentRefunded.Type,
            PaymentDisputed.Type,
        ];
        app.MapGet(
            "/dapr/subscribe",
            () =>
                topics.Select(t => new
                {
                    pubsubname = Components.PubSub,
                    topic = OutboxExtensions.TopicOf(t),
                    route = $"/{t}",
                })
        );
        app.MapPost(
            "/{type}",
            (string type, JsonElement envelope) =>
            {
                events.Enqueue((type, envelope.GetProperty("data").Clone()));
                return Results.Ok();
            }
        );
        return app;
    }

    /// <summary>What Payments told the world about an order, so far.</summary>
    public IReadOnlyList<T> Published<T>(Guid orderId)
        where T : IEvent =>
        [
            .. events
                .Where(e =>
                    e.Topic == T.Type && e.Event.GetProperty("orderId").GetGuid() == orderId
                )
                .Select(e => e.Event.Deserialize<T>(ServiceDefaultsExtensions.Json)!),
        ];

    /// <summary>Waits for the one such event of the order.</summary>
    public async Task<T> PublishedOnceAsync<T>(Guid orderId)
        where T : IEvent =>
        Assert.Single(
            await Eventually.GetAsync(
                () => Task.FromResult(Published<T>(orderId)),
                found => found.Count > 0
            )
        );

    public static CreatePayment Pix(Guid orderId, int attempt = 1, long amount = 15000) =>
        new(
            orderId,
            attempt,
            "A1B2C3",
            new(amount, Reais),
            PaymentMethod.Pix,
            null,
            "Maria da Conceição",
            "12345678909",
            TimeProvider.System.GetUtcNow().AddMinutes(10)
        );

    public static CreatePayment Card(
        Guid orderId,
        string token,
        int attempt = 1,
        long amount = 15000
    ) => Pix(orderId, attempt, amount) with { Method = PaymentMethod.Card, CardToken = token };

    public Task<HttpResponseMessage> SendAsync(CreatePayment request) =>
        Payments.PostAsJsonAsync("/internal/payments", request, ServiceDefaultsExtensions.Json);

    public async Task<PaymentSnapshot> CreateAsync(CreatePayment request)
    {
        using var response = await SendAsync(request);
        return await ReadAsync<PaymentSnapshot>(response);
    }

    public async Task<PaymentSnapshot> LatestAsync(Guid orderId)
    {
        using var response = await Payments.GetAsync($"/internal/orders/{orderId}/payment");
        return await ReadAsync<PaymentSnapshot>(response);
    }

    public Task<PaymentSnapshot> LatestAsync(Guid orderId, PaymentStatus status) =>
        Eventually.GetAsync(() => LatestAsync(orderId), payment => payment.Status == status);

    public Task<HttpResponseMessage> SendCloseAsync(Guid orderId) =>
        Payments.PostAsync($"/internal/orders/{orderId}/close", null);

    public async Task<bool> CloseAsync(Guid orderId)
    {
        using var response = await SendCloseAsync(orderId);
        return (await ReadAsync<PaymentClosed>(response)).Settled;
    }

    public async Task<RefundAccepted> RefundAsync(
        Guid orderId,
        string operationId,
        Guid? paymentId = null
    )
    {
        using var response = await Payments.PostAsJsonAsync(
            $"/internal/orders/{orderId}/refunds",
            new RefundOrder(operationId, "buyer", paymentId),
            ServiceDefaultsExtensions.Json
        );
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return await ReadAsync<RefundAccepted>(response);
    }

    /// <summary>The buyer's bank pays.</summary>
    public async Task PayAsync(string txid, bool late = false)
    {
        using var response = late
            ? await Sandbox.PostAsJsonAsync($"/sandbox/pix/{txid}/pay", new { late })
            : await Sandbox.PostAsync($"/sandbox/pix/{txid}/pay", null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>A token of its own, to tell this test's card on the wire.</summary>
    public async Task<string> TokenAsync(string number)
    {
        using var response = await Sandbox.PostAsJsonAsync(
            "/sandbox/cards/tokens",
            new
            {
                number,
                expMonth = 12,
                expYear = 2090,
                cvc = "123",
            }
        );
        return (await ReadAsync<JsonElement>(response)).GetProperty("token").GetString()!;
    }

    /// <summary>A payment that was paid.</summary>
    public async Task<PaymentSnapshot> PaidAsync(Guid orderId, int attempt = 1)
    {
        var payment = await CreateAsync(Pix(orderId, attempt));
        await PayAsync(payment.Pix!.TxId);
        return await LatestAsync(orderId, PaymentStatus.Settled);
    }

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode} {body}");
        return JsonSerializer.Deserialize<T>(body, ServiceDefaultsExtensions.Json)!;
    }

    public static async Task<string> ProblemAsync(
        HttpResponseMessage response,
        HttpStatusCode status
    )
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{response.StatusCode} {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(body).RootElement.GetProperty("type").GetString()![
            Problems.TypePrefix.Length..
        ];
    }

    public async Task<long> ScalarAsync(string sql, params object[] parameters)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.AddWithValue(parameter);
        return Convert.ToInt64(
            await command.ExecuteScalarAsync(),
            global::System.Globalization.CultureInfo.InvariantCulture
        );
    }

    /// <summary>What an account holds for an order.</summary>
    public Task<long> BalanceAsync(Guid orderId, string account) =>
        ScalarAsync(
            "SELECT coalesce(sum(amount), 0) FROM ledger_entries WHERE order_id = $1 AND account = $2",
            orderId,
            account
        );

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (database is not null)
            await database.DisposeAsync();
        await System.DisposeAsync();
        await ProviderWire.DisposeAsync();
        await WebhookWire.DisposeAsync();
    }
}

/// <summary>Here no webhook ever arrives: only reconciliation can find out what happened.</summary>
public sealed class ReconcilingApp : PaymentsApp
{
    protected override double ReconcileSeconds => 0.2;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        WebhookWire.Cut(_ => true);
    }
}
