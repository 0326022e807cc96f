using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Dapr.Workflow;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Contracts;
using Ticketing.Orders.Reading;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;
using CreatePayment = Ticketing.Contracts.CreatePayment;

namespace Ticketing.Orders.Tests;

/// <summary>One buyer and one hold; what the neighbours know of them, were asked, and answer.</summary>
public sealed class Purchase(OrdersApp app)
{
    public Guid Id { get; } = Guid.CreateVersion7();
    public Guid BuyerId { get; set; } = Guid.CreateVersion7();
    public Guid OrganizerId { get; set; } = Guid.CreateVersion7();
    public Guid EventId { get; set; } = Guid.CreateVersion7();
    public Guid SessionId { get; set; } = Guid.CreateVersion7();
    public DateTimeOffset StartsAt { get; set; } = new(TimeProvider.System.GetUtcNow().Date.AddDays(60), TimeSpan.Zero);
    public long Price { get; set; } = 15000;
    public int Quantity { get; set; } = 2;
    public string Name { get; set; } = "Maria da Silva";
    public string Email { get; set; } = "maria@example.com";

    /// <summary>Of its first ticket.</summary>
    public string TicketNumber { get; } = RandomNumberGenerator.GetString("23456789ABCDEFGH", 8);

    /// <summary>Of the price.</summary>
    public long Fee { get; set; }
    public long PlatformFee { get; set; }
    public List<ProductLine> Products { get; } = [];
    public long Discount { get; set; }

    /// <summary>Names of who comes along.</summary>
    public List<string> Attendees { get; } = [];

    /// <summary>What the neighbours were asked about this purchase, in order.</summary>
    public ConcurrentQueue<PeerRequest> Asked { get; } = new();

    /// <summary>Answers other than the usual; null falls through to the next.</summary>
    public ConcurrentQueue<(string Pattern, Func<PeerRequest, Task<IResult?>> Answer)> Answers { get; } = new();

    public ConcurrentDictionary<int, PaymentSnapshot> Payments { get; } = new();

    public Purchase When(string pattern, Func<IResult?> answer)
    {
        Answers.Enqueue((pattern, _ => Task.FromResult(answer())));
        return this;
    }

    public Purchase When(string pattern, Func<PeerRequest, Task<IResult?>> answer)
    {
        Answers.Enqueue((pattern, answer));
        return this;
    }

    /// <summary>The first such call waits until the test lets it go.</summary>
    public (Task Reached, Action LetGo) Stop(string pattern)
    {
        var (reached, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        When(
            pattern,
            async _ =>
            {
                if (reached.TrySetResult())
                    await gate.Task;
                return null;
            }
        );
        return (reached.Task, gate.SetResult);
    }

    public Task SagaEndsAsync() =>
        Eventually.TrueAsync(async () => (await Sagas.GetWorkflowStateAsync(Id.ToString()))!.IsWorkflowCompleted);

    public int Count(string pattern) => Asked.Count(request => request.Is(pattern));

    public Task AskedAsync(string pattern) => Eventually.TrueAsync(() => Task.FromResult(Count(pattern) > 0));

    internal IResult Usual(PeerRequest request) =>
        request switch
        {
            _ when request.Is("POST /internal/holds/*/attach") => request.Read<AttachHold>().BuyerId == BuyerId
                ? PeerStub.Json(Hold())
                : PeerStub.Problem(404, "hold-not-found"),
            _ when request.Is("PUT /internal/holds/*") => PeerStub.Json(new ProductHold(Id, Later, Products)),
            _ when request.Is("PUT /internal/coupons/redemptions/*") => PeerStub.Json(
                new CouponRedemption(new(Discount, "BRL"))
            ),
            _ when request.Is("POST /internal/payments") => PeerStub.Json(
                Payments.GetOrAdd(request.Read<CreatePayment>().Attempt, _ => Pay(request.Read<CreatePayment>()))
            ),
            _ when request.Is("POST /internal/orders/*/close") => PeerStub.Json(
                new PaymentClosed(Payments.Values.Any(p => p.Status is PaymentStatus.Settled))
            ),
            // Tickets and Products have the same path; only Tickets' caller reads the answer.
            _ when request.Is("POST /internal/holds/*/commit") => PeerStub.Json(Issued()),
            _ when request.Is("POST /internal/orders/*/refunds") => PeerStub.Json(
                new RefundAccepted(new(0, "BRL"), false),
                202
            ),
            _ when request.Is("POST /internal/orders/*/refunds/parts") => PeerStub.Json(
                new RefundAccepted(new(request.Read<RefundPart>().Amount, "BRL"), true),
                202
            ),
            _ => Results.NoContent(),
        };

    private static DateTimeOffset Later => TimeProvider.System.GetUtcNow().AddMinutes(15);

    private HoldSnapshot Hold() =>
        new(
            Id,
            BuyerId,
            OrganizerId,
            EventId,
            "Noite de São João",
            SessionId,
            StartsAt,
            "Arena da Praça",
            "São Paulo",
            "America/Sao_Paulo",
            Later,
            [new(Guid.CreateVersion7(), "Pista", TicketKind.Full, new(Price, "BRL"), Quantity, [], Fee, PlatformFee)]
        );

    private IssuedTickets Issued() =>
        new([
            .. Enumerable
                .Range(1, Quantity)
                .Select(n => new IssuedTicket(
                    Guid.CreateVersion7(),
                    $"T{n}",
                    "Pista",
                    null,
                    "Maria",
                    $"/api/v1/tickets/{n}/pdf?sig=x"
                )),
        ]);

    private static PaymentSnapshot Pay(CreatePayment request) =>
        new(
            Guid.CreateVersion7(),
            request.OrderId,
            request.Attempt,
            request.Method,
            request.CardToken switch
            {
                "tok_approve" => PaymentStatus.Settled,
                "tok_decline" => PaymentStatus.Failed,
                _ => PaymentStatus.Pending,
            },
            request.Amount,
            request.Method is PaymentMethod.Pix ? new("tx1", "00020126...6304ABCD", request.ExpiresAt) : null,
            request.Method is PaymentMethod.Card
                ? new("visa", "4242", request.CardToken is "tok_3ds" ? "https://acs" : null)
                : null,
            request.CardToken is "tok_decline" ? "declined" : null
        );

    /// <summary>The event, whose date of this purchase does not take place.</summary>
    public EventSnapshot WithoutItsDate() =>
        new(
            EventId,
            2,
            OrganizerId,
            "Produtora",
            "Noite",
            "noite",
            new(Guid.CreateVersion7(), "Arena", "Rua 1", "São Paulo", "SP", "America/Sao_Paulo"),
            [new(SessionId, StartsAt, null, null, true, null, [], [])]
        );

    // What the buyer does.

    public HttpClient Buyer() => app.System.Client(AppIds.Orders, BuyerId);

    public object Body(object? payment = null) =>
        new
        {
            holdId = Id,
            buyer = new
            {
                name = Name,
                email = Email,
                cpf = "529.982.247-25",
            },
            products = Products.Select(p => new { p.ProductId, p.Quantity }).ToArray(),
            coupon = Discount > 0 ? "FESTA10" : null,
            attendees = Attendees.Select(name => new { name }).ToArray(),
            payment = payment ?? new { method = "pix" },
        };

    public async Task<HttpResponseMessage> PostAsync(object? payment = null)
    {
        using var http = Buyer();
        return await http.PostAsJsonAsync("/api/v1/orders", Body(payment), ServiceDefaultsExtensions.Json);
    }

    public async Task<OrderView> PlaceAsync(object? payment = null)
    {
        using var response = await PostAsync(payment);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await ReadAsync<OrderView>(response);
    }

    private DaprWorkflowClient Sagas => app.System.Services(AppIds.Orders).GetRequiredService<DaprWorkflowClient>();

    /// <summary>From now on it is too late to pay.</summary>
    public Task DeadlinePassesAsync() =>
        app.ScalarAsync<object>(
            "UPDATE orders SET expires_at = now() - interval '1 second', drive_after = now() WHERE id = $1",
            Id
        );

    /// <summary>Ends its saga in the middle: what it was doing is not done, and nobody is told.</summary>
    public Task LoseSagaAsync() =>
        Eventually.TrueAsync(async () =>
        {
            await Sagas.TerminateWorkflowAsync(Id.ToString());
            return (await Sagas.GetWorkflowStateAsync(Id.ToString()))!.IsWorkflowCompleted;
        });

    public async Task<OrderView> GetAsync()
    {
        using var http = Buyer();
        return (await http.GetFromJsonAsync<OrderView>($"/api/v1/orders/{Id}", ServiceDefaultsExtensions.Json))!;
    }

    public Task<OrderView> BecomesAsync(OrderStatus status) =>
        Eventually.GetAsync(GetAsync, order => order.Status == status);

    public async Task<HttpResponseMessage> SendAsync(string action, object? body = null, Guid? by = null)
    {
        using var http = app.System.Client(AppIds.Orders, by ?? BuyerId);
        return await http.PostAsJsonAsync(
            $"/api/v1/orders/{Id}/{action}",
            body ?? new { },
            ServiceDefaultsExtensions.Json
        );
    }

    // What Payments tells.

    public long Total => Price * Quantity + Products.Sum(p => p.UnitPrice.Amount * p.Quantity) - Discount;

    public PaymentSettled Settled(int attempt = 1) =>
        new(Payments[attempt].Id, Id, new(Total, "BRL"), Payments[attempt].Method, TimeProvider.System.GetUtcNow());

    public async Task SettleAsync(int attempt = 1)
    {
        await Eventually.GetAsync(
            () => Task.FromResult(Payments.ContainsKey(attempt) ? "" : $"no payment {attempt}"),
            missing => missing.Length == 0
        );
        Payments[attempt] = Payments[attempt] with { Status = PaymentStatus.Settled };
        Assert.Equal(HttpStatusCode.OK, await app.DeliverAsync(Settled(attempt)));
    }

    public async Task RefundedAsync(int attempt = 1) =>
        Assert.Equal(
            HttpStatusCode.OK,
            await app.DeliverAsync(
                new PaymentRefunded(
                    Payments[attempt].Id,
                    Payments[attempt].Id,
                    Id,
                    new(Total, "BRL"),
                    TimeProvider.System.GetUtcNow()
                )
            )
        );

    public async Task<OrderView> PaidAsync()
    {
        await PlaceAsync();
        await SettleAsync();
        return await BecomesAsync(OrderStatus.Fulfilled);
    }

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<T>(ServiceDefaultsExtensions.Json))!;

    public static async Task<string> ProblemAsync(HttpResponseMessage response)
    {
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        return problem.GetProperty("type").GetString()!.Replace(Problems.TypePrefix, "");
    }
}
