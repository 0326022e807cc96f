using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Ticketing.Contracts;
using Ticketing.Payments.Tests;
using Ticketing.Sandbox;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

[assembly: AssemblyFixture(typeof(PaymentsApp))]
[assembly: AssemblyFixture(typeof(CheckingApp))]

namespace Ticketing.Payments.Tests;

/// <summary>
/// Payments and the sandbox provider, with a wire in each direction between them. Here no check ever comes: what
/// happens, the requests and webhooks did.
/// </summary>
public class PaymentsApp : IAsyncLifetime
{
    private const string Listener = "listener";
    public const string Reais = "BRL";
    public const string PixKey = "pix@ticketing.example";

    private readonly ConcurrentQueue<(string Topic, string Id, JsonElement Event)> events = new();
    private NpgsqlDataSource? database;
    private NpgsqlDataSource? sandboxDatabase;

    protected virtual double CheckSeconds => 3600;
    protected virtual double RefundSeconds => 0;
    protected virtual int TokenSeconds => 3600;

    /// <summary>Longer than any answer takes on a busy machine: no check would repeat the question.</summary>
    protected virtual int ProviderTimeoutSeconds => 60;

    /// <summary>Of Payments.</summary>
    protected virtual IReadOnlyList<string> MoreSettings => [];

    public TestSystem System { get; } = new();

    /// <summary>What Events says of shows.</summary>
    public ChangeFeed Changes { get; } = new();

    /// <summary>From Payments to the provider.</summary>
    public Wire ProviderWire { get; private set; } = null!;

    /// <summary>From the provider to Payments.</summary>
    public Wire WebhookWire { get; private set; } = null!;

    public HttpClient Payments { get; private set; } = null!;
    public HttpClient Public { get; private set; } = null!;
    public HttpClient Sandbox { get; private set; } = null!;

    /// <summary>The sandbox's API Pix, with a token.</summary>
    public HttpClient Bank { get; private set; } = null!;
    public string WebhookSecret { get; private set; } = null!;
    public string PixWebhookPath { get; private set; } = null!;
    public string PixClientSecret { get; private set; } = null!;
    public NpgsqlDataSource Database => database!;

    public virtual async ValueTask InitializeAsync()
    {
        ProviderWire = await Wire.StartAsync();
        WebhookWire = await Wire.StartAsync();
        await System
            .Service(
                AppIds.Payments,
                PaymentsService.Build,
                [
                    $"Payments:PixApi:BaseUrl={ProviderWire.Url}/api-pix",
                    $"Payments:PixApi:OAuthUrl={ProviderWire.Url}/api-pix/oauth/token",
                    "Payments:PixApi:ClientId=ticketing",
                    $"Payments:PixApi:Receiver={PixKey}",
                    $"Payments:PixApi:WebhookOrigin={WebhookWire.Url}",
                    "Payments:PixApi:WebhookRetrySeconds=0.1",
                    $"Payments:Stripe:BaseUrl={ProviderWire.Url}/stripe",
                    FormattableString.Invariant($"Payments:CheckSeconds={CheckSeconds}"),
                    $"Payments:ProviderTimeoutSeconds={ProviderTimeoutSeconds}",
                    "Pull:IdleSeconds=0.2",
                    .. MoreSettings,
                ]
            )
            .Service(
                AppIds.Sandbox,
                SandboxService.Build,
                $"Sandbox:WebhookUrl={WebhookWire.Url}/api/v1/payments/webhooks/stripe",
                "Sandbox:WebhookRetrySeconds=0.1",
                "Sandbox:SettleLateSeconds=0.5",
                "Sandbox:DuplicateWebhooks=true",
                "Sandbox:MerchantName=Ingressos São João Produções e Eventos Ltda",
                "Sandbox:MerchantCity=São Paulo",
                $"Sandbox:TokenSeconds={TokenSeconds}",
                FormattableString.Invariant($"Sandbox:RefundSeconds={RefundSeconds}")
            )
            .Service(Listener, BuildListener)
            .Stub(
                AppIds.Events,
                new()
                {
                    Handle = request => Task.FromResult(Changes.Answer(request) ?? PeerStub.Problem(404, "not-found")),
                }
            )
            .StartAsync();
        Payments = System.Peer(AppIds.Payments);
        Public = System.Client(AppIds.Payments);
        Sandbox = System.Client(AppIds.Sandbox);
        ProviderWire.Target = Sandbox.BaseAddress;
        Connect();
        WebhookWire.Target = Public.BaseAddress;
        database = NpgsqlDataSource.Create(System.Database(AppIds.Payments));
        sandboxDatabase = NpgsqlDataSource.Create(System.Database(AppIds.Sandbox));
        var secrets = JsonSerializer.Deserialize<Dictionary<string, string>>(
            await File.ReadAllTextAsync(Path.Combine(System.Folder, "secrets.json"))
        )!;
        WebhookSecret = secrets[SecretNames.StripeWebhookSecret];
        PixWebhookPath = Convert.ToHexStringLower(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(secrets[SecretNames.PixWebhookSecret]), "path"u8)
        );
        PixClientSecret = secrets[SecretNames.PixClientSecret];
        Bank = System.Client(AppIds.Sandbox);
        Bank.DefaultRequestHeaders.Authorization = new("Bearer", await TokenAsync());
        // From here on the bank tells us of payments.
        await Eventually.TrueAsync(async () =>
            await SandboxScalarAsync("SELECT count(*) FROM pix_webhooks WHERE key = $1", PixKey) == 1
        );
        Sandbox.DefaultRequestHeaders.Authorization = new("Bearer", secrets[SecretNames.StripeApiKey]);
    }

    /// <summary>What lies between Payments and the provider's wire.</summary>
    protected virtual void Connect() { }

    private WebApplication BuildListener(string[] args)
    {
        var builder = PeerStub.CreateBuilder(args);
        var app = builder.Build();
        string[] topics =
        [
            PaymentSettled.Type,
            PaymentFailed.Type,
            PaymentRefunded.Type,
            PaymentDisputed.Type,
            PaymentDisputeWon.Type,
            PaymentDisputeLost.Type,
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
                events.Enqueue((type, envelope.GetProperty("id").GetString()!, envelope.GetProperty("data").Clone()));
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
                .Where(e => e.Topic == T.Type && e.Event.GetProperty("orderId").GetGuid() == orderId)
                // Told at least once: the same one has the same id.
                .DistinctBy(e => e.Id)
                .Select(e => e.Event.Deserialize<T>(ServiceDefaultsExtensions.Json)!),
        ];

    /// <summary>Waits for that many such events of the order.</summary>
    public Task<IReadOnlyList<T>> WaitForAsync<T>(Guid orderId, int count)
        where T : IEvent =>
        Eventually.GetAsync(() => Task.FromResult(Published<T>(orderId)), found => found.Count == count);

    /// <summary>Waits for the one such event of the order.</summary>
    public async Task<T> PublishedOnceAsync<T>(Guid orderId)
        where T : IEvent =>
        Assert.Single(
            await Eventually.GetAsync(() => Task.FromResult(Published<T>(orderId)), found => found.Count > 0)
        );

    /// <summary>Whose payments the tests are, unless they say otherwise.</summary>
    public static readonly Guid Organizer = Guid.CreateVersion7();
    public static readonly Guid Event = Guid.CreateVersion7();

    /// <summary>A tenth of it is the platform's.</summary>
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
            TimeProvider.System.GetUtcNow().AddMinutes(10),
            Organizer,
            Event,
            PlatformFee: amount / 10
        );

    public static CreatePayment Card(Guid orderId, string token, int attempt = 1, long amount = 15000) =>
        Pix(orderId, attempt, amount) with
        {
            Method = PaymentMethod.Card,
            CardToken = token,
        };

    public Task<HttpResponseMessage> SendAsync(CreatePayment request) =>
        Payments.PostAsJsonAsync("/internal/payments", request, ServiceDefaultsExtensions.Json);

    public async Task<PaymentSnapshot> CreateAsync(CreatePayment request)
    {
        using var response = await SendAsync(request);
        return await ReadAsync<PaymentSnapshot>(response);
    }

    public async Task<PaymentSnapshot> LatestAsync(Guid orderId)
    {
        await using var command = Database.CreateCommand(
            """
            SELECT id, attempt, method, status, amount, currency, card_brand, card_last4, challenge_url, failure_reason
            FROM payments WHERE order_id = $1 ORDER BY attempt DESC LIMIT 1
            """
        );
        command.Parameters.AddWithValue(orderId);
        await using var row = await command.ExecuteReaderAsync();
        Assert.True(await row.ReadAsync());
        var method = Enum.Parse<PaymentMethod>(row.GetString(2));
        return new(
            row.GetGuid(0),
            orderId,
            row.GetInt32(1),
            method,
            Enum.Parse<PaymentStatus>(row.GetString(3)),
            new(row.GetInt64(4), row.GetString(5)),
            null,
            method == PaymentMethod.Card ? new(Text(6), Text(7), Text(8)) : null,
            Text(9)
        );

        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
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

    public Task<HttpResponseMessage> SendRefundAsync(Guid orderId, string operationId, Guid? paymentId = null) =>
        Payments.PostAsJsonAsync(
            $"/internal/orders/{orderId}/refunds",
            new RefundOrder(operationId, "buyer", paymentId),
            ServiceDefaultsExtensions.Json
        );

    public async Task<RefundAccepted> RefundAsync(Guid orderId, string operationId, Guid? paymentId = null)
    {
        using var response = await SendRefundAsync(orderId, operationId, paymentId);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return await ReadAsync<RefundAccepted>(response);
    }

    public Task<HttpResponseMessage> SendPartAsync(PaymentSnapshot payment, Guid id, long amount, long fee = 0) =>
        Payments.PostAsJsonAsync(
            $"/internal/orders/{payment.OrderId}/refunds/parts",
            new RefundPart(id, payment.Id, amount, fee),
            ServiceDefaultsExtensions.Json
        );

    public async Task<RefundAccepted> RefundPartAsync(PaymentSnapshot payment, Guid id, long amount, long fee = 0)
    {
        using var response = await SendPartAsync(payment, id, amount, fee);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return await ReadAsync<RefundAccepted>(response);
    }

    /// <summary>The buyer answers the card issuer's challenge.</summary>
    public async Task AnswerChallengeAsync(PaymentSnapshot payment, string answer)
    {
        var path = new Uri(payment.Card!.ChallengeUrl!).AbsolutePath;
        using var response = await Sandbox.PostAsync($"{path}/{answer}", null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>Posts a webhook as the provider would; <paramref name="secret"/> and time can be wrong.</summary>
    public async Task<HttpResponseMessage> PostWebhookAsync(
        string body,
        string? secret = null,
        TimeSpan age = default,
        string? signature = null,
        string provider = "stripe"
    )
    {
        var time = (TimeProvider.System.GetUtcNow() - age).ToUnixTimeSeconds();
        var mac = HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(secret ?? WebhookSecret),
            Encoding.UTF8.GetBytes($"{time}.{body}")
        );
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/payments/webhooks/{provider}")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.ExpectContinue = true;
        request.Headers.TryAddWithoutValidation(
            "Stripe-Signature",
            signature ?? $"t={time},v1={Convert.ToHexStringLower(mac)}"
        );
        return await Public.SendAsync(request);
    }

    public static string CardWebhook(Guid paymentId, string? eventId = null) =>
        JsonSerializer.Serialize(
            new
            {
                id = eventId ?? $"evt_{Guid.CreateVersion7():N}",
                @object = "event",
                api_version = "2026-10-28.endive",
                created = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
                type = "payment_intent.succeeded",
                data = new
                {
                    @object = new
                    {
                        id = $"pi_{Guid.CreateVersion7():N}",
                        @object = "payment_intent",
                        amount = 15000,
                        currency = "brl",
                        metadata = new { payment_id = paymentId },
                    },
                },
            }
        );

    /// <summary>Posts a form to the sandbox's card processor, as the merchant.</summary>
    public async Task<HttpResponseMessage> StripeAsync(
        string path,
        IEnumerable<KeyValuePair<string, string>> form,
        string? key = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/stripe/v1/{path}")
        {
            Content = new FormUrlEncodedContent(form),
        };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await Sandbox.SendAsync(request);
    }

    /// <summary>Charges a card there.</summary>
    public Task<HttpResponseMessage> IntentAsync(
        string token,
        string? key = null,
        long amount = 1000,
        string reference = "reference",
        string currency = "brl"
    ) =>
        StripeAsync(
            "payment_intents",
            [
                new("amount", $"{amount}"),
                new("currency", currency),
                new("confirm", "true"),
                new("payment_method", token),
                new("metadata[payment_id]", reference),
                new("return_url", "http://localhost:8080/orders"),
            ],
            key
        );

    /// <summary>Posts a webhook as the Pix bank would; the <paramref name="path"/> can be wrong.</summary>
    public async Task<HttpResponseMessage> PostPixWebhookAsync(string body, string? path = null)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await Public.PostAsync($"/api/v1/payments/webhooks/pix-api/{path ?? PixWebhookPath}/pix", content);
    }

    public static string PixWebhook(params string[] txids) =>
        JsonSerializer.Serialize(new { pix = txids.Select(t => PixOf(t)) });

    /// <summary>A Pix as a webhook tells it.</summary>
    public static object PixOf(string txid, string? e2eid = null, object[]? devolucoes = null) =>
        new
        {
            endToEndId = e2eid ?? NewE2eid(),
            txid,
            chave = PixKey,
            valor = "150.00",
            horario = TimeProvider.System.GetUtcNow(),
            devolucoes,
        };

    public static string NewE2eid() => $"E{Guid.CreateVersion7():N}"[..32];

    /// <summary>A token of the sandbox's API Pix.</summary>
    public async Task<string> TokenAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api-pix/oauth/token")
        {
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials")]),
        };
        request.Headers.Authorization = new(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"ticketing:{PixClientSecret}"))
        );
        using var response = await Sandbox.SendAsync(request);
        return (await ReadAsync<JsonElement>(response)).GetProperty("access_token").GetString()!;
    }

    /// <summary>The buyer's bank pays.</summary>
    public async Task PayAsync(string txid, bool late = false, long? amount = null, bool again = false)
    {
        using var response =
            late || again || amount is not null
                ? await Sandbox.PostAsJsonAsync(
                    $"/sandbox/pix/{txid}/pay",
                    new
                    {
                        late,
                        amount,
                        again,
                    }
                )
                : await Sandbox.PostAsync($"/sandbox/pix/{txid}/pay", null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>The payer's bank asks for the money back.</summary>
    public async Task DisputeAsync(PaymentSnapshot payment)
    {
        using var response = await Sandbox.PostAsync(await DisputePathAsync(payment), null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    public async Task<string> DisputePathAsync(PaymentSnapshot payment) =>
        payment.Method == PaymentMethod.Card
            ? $"/sandbox/cards/charges/{Guid.ParseExact((await ChargeIdAsync(payment.Id))["pi_".Length..], "N")}/dispute"
            : $"/sandbox/pix/{payment.OrderId:N}{payment.Attempt:00}/dispute";

    /// <summary>The bank decides.</summary>
    public async Task EndDisputeAsync(PaymentSnapshot payment, bool won)
    {
        var path = $"{await DisputePathAsync(payment)}/{(won ? "win" : "lose")}";
        using var response = await Sandbox.PostAsync(path, null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    public async Task<IReadOnlyList<DisputeSnapshot>> DisputesAsync(Guid orderId) =>
        (
            await Payments.GetFromJsonAsync<DisputeList>(
                $"/internal/orders/{orderId}/disputes",
                ServiceDefaultsExtensions.Json
            )
        )!.Items;

    /// <summary>Waits until the order's one dispute is there, and as it is then.</summary>
    public async Task<DisputeSnapshot> DisputeAsync(Guid orderId, params DisputeState[] states) =>
        (
            await Eventually.GetAsync(
                () => DisputesAsync(orderId),
                found => found is [var one] && states.Contains(one.State)
            )
        )[0];

    /// <summary>Waits until Payments knows of the dispute.</summary>
    public Task DisputedAsync(Guid paymentId) =>
        Eventually.TrueAsync(async () =>
            await ScalarAsync("SELECT count(*) FROM payments WHERE id = $1 AND disputed_at IS NOT NULL", paymentId) == 1
        );

    /// <summary>A token of its own, to tell this test's card on the wire.</summary>
    public async Task<string> CardTokenAsync(string number)
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

    public static async Task<string> ProblemAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{response.StatusCode} {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(body).RootElement.GetProperty("type").GetString()![Problems.TypePrefix.Length..];
    }

    public async Task ExecuteAsync(string sql, params object[] parameters)
    {
        await using var command = Database.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.AddWithValue(parameter);
        await command.ExecuteNonQueryAsync();
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

    /// <summary>The provider's rows with this value, of one card token if given.</summary>
    public async Task<long> SandboxCountAsync(string table, string column, string value, string? token = null)
    {
        await using var command = sandboxDatabase!.CreateCommand(
            $"SELECT count(*) FROM {table} WHERE {column} = $1" + (token is null ? "" : " AND token = $2")
        );
        command.Parameters.AddWithValue(value);
        if (token is not null)
            command.Parameters.AddWithValue(token);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async Task<long> SandboxScalarAsync(string sql, params object[] parameters)
    {
        await using var command = sandboxDatabase!.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.AddWithValue(parameter);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>The ids of the order's payments, as the provider's references.</summary>
    public async Task<string[]> PaymentIdsAsync(Guid orderId)
    {
        await using var command = Database.CreateCommand(
            "SELECT coalesce(array_agg(id::text), ARRAY[]::text[]) FROM payments WHERE order_id = $1"
        );
        command.Parameters.AddWithValue(orderId);
        return (string[])(await command.ExecuteScalarAsync())!;
    }

    public async Task SandboxExecuteAsync(string sql, params object[] parameters)
    {
        await using var command = sandboxDatabase!.CreateCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.AddWithValue(parameter);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The provider's id of a payment.</summary>
    public async Task<string> ChargeIdAsync(Guid paymentId)
    {
        await using var command = Database.CreateCommand("SELECT settlement_id FROM payments WHERE id = $1");
        command.Parameters.AddWithValue(paymentId);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>How many refunds the provider made of the order's payments.</summary>
    public async Task<long> RefundsAtProviderAsync(Guid orderId)
    {
        var payment = await LatestAsync(orderId);
        return await SandboxScalarAsync(
            "SELECT count(*) FROM refunds WHERE charge = $1 AND nature IS DISTINCT FROM 'MED_FRAUDE'",
            await ChargeIdAsync(payment.Id)
        );
    }

    /// <summary>What an account holds for an order.</summary>
    public Task<long> BalanceAsync(Guid orderId, string account) =>
        ScalarAsync(
            "SELECT coalesce(sum(amount), 0) FROM ledger_entries WHERE order_id = $1 AND account = $2",
            orderId,
            account
        );

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (database is not null)
            await database.DisposeAsync();
        if (sandboxDatabase is not null)
            await sandboxDatabase.DisposeAsync();
        await System.DisposeAsync();
        await ProviderWire.DisposeAsync();
        await WebhookWire.DisposeAsync();
    }
}

/// <summary>Here no webhook ever arrives: only a check can find out what happened.</summary>
public sealed class CheckingApp : PaymentsApp
{
    /// <summary>Of whose tests one starts the service anew.</summary>
    public const string Name = "checking";

    protected override double CheckSeconds => 0.2;
    protected override double RefundSeconds => 0.5;
    protected override IReadOnlyList<string> MoreSettings => ["Payments:DisputeWatchSeconds=0.2"];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        WebhookWire.Cut(_ => true);
    }
}
