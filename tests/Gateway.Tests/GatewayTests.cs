using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Gateway.Tests;

/// <summary>The Gateway before stand-in services that answer which of them was asked, and what.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    private static readonly string[] Services =
    [
        AppIds.Users,
        AppIds.Events,
        AppIds.Tickets,
        AppIds.Products,
        AppIds.Orders,
        AppIds.Payments,
        AppIds.Notifications,
        AppIds.Sandbox,
        AppIds.Web,
    ];

    public TestSystem System { get; } = new();

    public Dictionary<string, PeerStub> Stubs { get; } = Services.ToDictionary(s => s, _ => new PeerStub());

    public async ValueTask InitializeAsync()
    {
        foreach (var (appId, stub) in Stubs)
        {
            stub.Handle = request => Task.FromResult(Answer(appId, request));
            System.Stub(appId, stub);
        }
        System.Service(
            AppIds.Gateway,
            GatewayService.Build,
            "Gateway:Sandbox=true",
            "Gateway:DevPages=true",
            "Gateway:CorsOrigins:0=https://shop.example",
            "Gateway:RateLimits:LoginsPerMinute=3"
        );
        await System.StartAsync();
    }

    private static IResult Answer(string appId, PeerRequest request) =>
        request.Path switch
        {
            "/api/v1/orders/boom" => Results.Problem(statusCode: 500, type: "/docs/errors#error"),
            _ => Results.Json(
                new
                {
                    appId,
                    request.Method,
                    request.Path,
                    request.Query,
                    request.Body,
                }
            ),
        };

    public ValueTask DisposeAsync() => System.DisposeAsync();
}

public sealed class GatewayTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private HttpClient Client(Guid? person = null) => fixture.System.Client(AppIds.Gateway, person);

    [Theory]
    [InlineData("/api/v1/users", AppIds.Users)]
    [InlineData("/api/v1/me", AppIds.Users)]
    [InlineData("/api/v1/me/tickets", AppIds.Tickets)]
    [InlineData("/api/v1/me/orders", AppIds.Orders)]
    [InlineData("/connect/userinfo", AppIds.Users)]
    [InlineData("/.well-known/openid-configuration", AppIds.Users)]
    [InlineData("/api/v1/events/some-slug", AppIds.Events)]
    [InlineData("/api/v1/sessions/1/ticket-types", AppIds.Events)]
    [InlineData("/api/v1/sessions/1/availability", AppIds.Tickets)]
    [InlineData("/api/v1/sessions/1/seats", AppIds.Tickets)]
    [InlineData("/api/v1/coupons/1", AppIds.Events)]
    [InlineData("/api/v1/holds/1", AppIds.Tickets)]
    [InlineData("/api/v1/check-ins", AppIds.Tickets)]
    [InlineData("/api/v1/products?sessionId=1", AppIds.Products)]
    [InlineData("/api/v1/orders/1", AppIds.Orders)]
    [InlineData("/api/v1/payments/webhooks/stripe", AppIds.Payments)]
    [InlineData("/api/v1/payments/webhooks/pix-api/secret/pix", AppIds.Payments)]
    [InlineData("/sandbox/pix/1/pay", AppIds.Sandbox)]
    [InlineData("/dev/mail", AppIds.Notifications)]
    public async Task A_path_reaches_its_service(string path, string appId)
    {
        using var http = Client();
        var answer = await http.GetFromJsonAsync<JsonNode>(path);
        Assert.Equal(appId, answer!["appId"]!.ToString());
        Assert.Equal(path, answer["path"]!.ToString() + answer["query"]);
    }

    /// <summary>Through the sidecar too: what arrives means what was sent, or is refused here.</summary>
    [Theory]
    [InlineData("a%20b", "a%20b")]
    [InlineData("a%2Fb", "a%2Fb")]
    [InlineData("..%2F..%2Finternal", "..%2F..%2Finternal")]
    [InlineData("a%5Cb", "a%5Cb")]
    [InlineData("a;v=1", "a;v=1")]
    [InlineData("a%3Bb", "a;b")]
    [InlineData("%C3%A9", "%C3%A9")]
    [InlineData("%F0%9F%8E%B8", "%F0%9F%8E%B8")]
    [InlineData("a%252Fb", null)]
    [InlineData("a%2541", null)]
    [InlineData("a%25", null)]
    [InlineData("a%3Fb", null)]
    [InlineData("a%23b", null)]
    [InlineData("a%01b", null)]
    [InlineData("a%7Fb", null)]
    [InlineData("a%zz", null)]
    [InlineData("a%F", null)]
    [InlineData("a%FF", null)]
    public async Task A_segment_means_the_same_behind_the_sidecar(string segment, string? arrives)
    {
        var asked = fixture.Stubs.Values.Sum(s => s.Requests.Count);
        var (status, body) = await BareAsync("/api/v1/events/" + segment);
        if (arrives is null)
        {
            Assert.Equal(400, status);
            Assert.Equal("/docs/errors#invalid", JsonNode.Parse(body)!["type"]!.ToString());
            Assert.Equal(asked, fixture.Stubs.Values.Sum(s => s.Requests.Count));
        }
        else
        {
            Assert.Equal(200, status);
            Assert.Equal("/api/v1/events/" + arrives, JsonNode.Parse(body)!["path"]!.ToString());
        }
    }

    [Fact]
    public async Task A_long_segment_arrives_and_one_without_end_or_with_NUL_does_not()
    {
        var segment = new string('a', 4000);
        Assert.Equal(200, (await BareAsync("/api/v1/events/" + segment)).Status);
        Assert.Equal(414, (await BareAsync("/api/v1/events/" + new string('a', 20_000))).Status);
        Assert.Equal(400, (await BareAsync("/api/v1/events/a%00b")).Status);
    }

    [Fact]
    public async Task A_path_is_refused_before_its_token_is_looked_at()
    {
        using var http = Client();
        http.DefaultRequestHeaders.Authorization = new("Bearer", "nonsense");
        using var response = await http.GetAsync("/api/v1/orders/100%25");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("/eventos/100%25")]
    [InlineData("/api/v1/orders/100%25")]
    public async Task Who_takes_no_JSON_is_refused_all_the_same(string path)
    {
        using var http = Client();
        http.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        using var response = await http.GetAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    /// <summary>Without a client that tidies the path up.</summary>
    private async Task<(int Status, string Body)> BareAsync(string path)
    {
        using var http = Client();
        using var socket = new System.Net.Sockets.TcpClient(http.BaseAddress!.Host, http.BaseAddress.Port);
        await using var wire = socket.GetStream();
        await wire.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(wire);
        var answer = await reader.ReadToEndAsync();
        var body = answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        // One chunk is all that these answers have.
        return (
            int.Parse(answer.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture),
            body.IndexOf('{', StringComparison.Ordinal) is >= 0 and var begin
                ? body[begin..(body.LastIndexOf('}') + 1)]
                : body
        );
    }

    [Fact]
    public async Task Method_and_body_pass_unchanged()
    {
        using var http = Client(Guid.CreateVersion7());
        using var response = await http.PatchAsync("/api/v1/orders/1", new StringContent("olá", null, "text/plain"));
        var answer = await response.Content.ReadFromJsonAsync<JsonNode>();
        Assert.Equal("PATCH", answer!["method"]!.ToString());
        Assert.Equal("olá", answer["body"]!.ToString());
    }

    [Theory]
    [InlineData("/internal/holds/1/commit")]
    [InlineData("/events/order-paid")]
    [InlineData("/dapr/subscribe")]
    [InlineData("/v1.0/invoke/tickets/method/internal/x")]
    [InlineData("/api/v1/../../internal/x")]
    [InlineData("/api/v1/orders/..%2f..%2f..%2finternal/x")]
    [InlineData("/api/nothing")]
    public async Task What_is_not_public_is_not_there(string path)
    {
        var asked = fixture.Stubs.Values.Sum(s => s.Requests.Count(r => r.Path.StartsWith("/internal", default)));
        using var http = Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Add("dapr-app-id", AppIds.Tickets);
        using var response = await http.SendAsync(request);
        if (response.IsSuccessStatusCode)
        {
            // An encoded path may reach the service named by its prefix, but as that path, never as an internal one.
            var answer = await response.Content.ReadFromJsonAsync<JsonNode>();
            Assert.StartsWith("/api/v1/", answer!["path"]!.ToString());
        }
        else
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(
            asked,
            fixture.Stubs.Values.Sum(s => s.Requests.Count(r => r.Path.StartsWith("/internal", default)))
        );
    }

    [Fact]
    public async Task A_client_cannot_choose_the_service_by_a_dapr_header()
    {
        using var http = Client();
        http.DefaultRequestHeaders.Add("dapr-app-id", AppIds.Payments);
        http.DefaultRequestHeaders.Add("dapr-caller-app-id", AppIds.Orders);
        var answer = await http.GetFromJsonAsync<JsonNode>("/api/v1/events");
        Assert.Equal(AppIds.Events, answer!["appId"]!.ToString());
    }

    [Fact]
    public async Task A_token_that_does_not_hold_is_refused_before_any_service()
    {
        using var http = Client();
        http.DefaultRequestHeaders.Authorization = new("Bearer", "not.a.token");
        using var response = await http.GetAsync("/api/v1/events");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("/api/v1/orders", 300_000, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("/api/v1/venues/1/seat-maps", 300_000, HttpStatusCode.OK)]
    [InlineData("/organizar/1/locais/1/mapas/novo", 2_000_000, HttpStatusCode.OK)]
    [InlineData("/api/v1/venues/1/seat-maps", 3_000_000, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_body_over_its_limit_is_refused(string path, int bytes, HttpStatusCode expected)
    {
        using var http = Client();
        http.DefaultRequestHeaders.ExpectContinue = true;
        using var response = await http.PostAsync(path, new ByteArrayContent(new byte[bytes]));
        Assert.Equal(expected, response.StatusCode);
        if (expected is not HttpStatusCode.RequestEntityTooLarge)
            return;
        var problem = await response.Content.ReadFromJsonAsync<JsonNode>();
        Assert.Equal("/docs/errors#too-large", problem!["type"]!.ToString());
    }

    [Fact]
    public async Task A_services_own_error_passes_and_keeps_its_trace_id()
    {
        using var http = Client();
        using var response = await http.GetAsync("/api/v1/orders/boom");
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Answers_carry_security_and_rate_limit_headers()
    {
        using var http = Client();
        using var response = await http.GetAsync("/api/v1/events");
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Contains("q=300;w=60", response.Headers.GetValues("RateLimit-Policy").Single());
        Assert.Matches("\"client\";r=\\d+", response.Headers.GetValues("RateLimit").Single());
        Assert.False(response.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("/connect/token/")]
    [InlineData("/Connect/Token")]
    [InlineData("/account/login/")]
    [InlineData("/api/v1/users/")]
    public async Task Written_otherwise_a_login_is_still_one(string path)
    {
        using var http = Client();
        http.DefaultRequestHeaders.Add("X-Forwarded-For", "192.0.2.1");
        using var response = await http.PostAsync(path, new StringContent(""));
        Assert.Equal("\"logins\";q=3;w=60", response.Headers.GetValues("RateLimit-Policy").Single());
    }

    [Fact]
    public async Task A_customer_with_many_addresses_is_one_client()
    {
        // At once: with the time, requests come back.
        var answers = await Task.WhenAll(
            Enumerable
                .Range(1, 5)
                .Select(async host =>
                {
                    using var http = Client();
                    http.DefaultRequestHeaders.Add("X-Forwarded-For", $"2001:db8:1:2::{host}");
                    return (await http.PostAsync("/connect/token", new StringContent(""))).StatusCode;
                })
        );
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        using var neighbour = Client();
        neighbour.DefaultRequestHeaders.Add("X-Forwarded-For", "2001:db8:1:3::1");
        using var other = await neighbour.PostAsync("/connect/token", new StringContent(""));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Guessing_passwords_is_limited_and_the_rest_is_not()
    {
        using var http = Client();
        var answers = new List<HttpResponseMessage>();
        foreach (var _ in Enumerable.Range(0, 10))
            answers.Add(await http.PostAsync("/connect/token", new StringContent("")));
        var refused = answers.First(a => a.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.NotNull(refused.Headers.RetryAfter);
        var problem = await refused.Content.ReadFromJsonAsync<JsonNode>();
        Assert.Equal("/docs/errors#rate-limited", problem!["type"]!.ToString());
        using var other = await http.GetAsync("/api/v1/events");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Theory]
    [InlineData("Cookie", "name=José")]
    [InlineData("Cookie", "guitar=🎸")]
    [InlineData("X-Anything", "olá")]
    [InlineData("User-Agent", "Navegação/1.0")]
    public async Task A_header_may_hold_any_text(string name, string value)
    {
        using var client = Client();
        using var http = new HttpClient(
            new SocketsHttpHandler { UseCookies = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }
        )
        {
            BaseAddress = client.BaseAddress,
        };
        http.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        using var response = await http.GetAsync("/api/v1/events");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(value, fixture.Stubs[AppIds.Events].Requests.Last(r => r.Headers.ContainsKey(name)).Headers[name]);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/api/v1/events")]
    public async Task HEAD_is_answered_as_GET_without_a_body(string path)
    {
        using var http = Client();
        using var head = new HttpRequestMessage(HttpMethod.Head, path);
        using var response = await http.SendAsync(head);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var whole = await http.GetAsync(path);
        Assert.Equal(whole.Content.Headers.ContentType, response.Content.Headers.ContentType);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("https://shop.example", true)]
    [InlineData("https://evil.example", false)]
    public async Task Only_named_origins_may_call_from_a_browser(string origin, bool allowed)
    {
        using var http = Client();
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/api/v1/holds");
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "authorization,idempotency-key");
        using var response = await http.SendAsync(preflight);
        Assert.Equal(allowed, response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task The_reference_page_opens()
    {
        using var http = Client();
        Assert.Contains("/docs/reference", await http.GetStringAsync("/docs/"));
    }

    [Theory]
    [InlineData("/", true)]
    [InlineData("/eventos/festival-mare-alta", true)]
    [InlineData("/assets/site.0123.css", true)]
    [InlineData("/api/v1/nothing", false)]
    [InlineData("/api", false)]
    [InlineData("/healthz/none", false)]
    [InlineData("/dapr/subscribe", false)]
    [InlineData("/internal/users", false)]
    [InlineData("/internal%2Fusers", false)]
    public async Task What_is_nobody_elses_is_a_page(string path, bool isPage)
    {
        using var http = Client();
        using var answer = await http.GetAsync(path);
        var body = await answer.Content.ReadFromJsonAsync<JsonNode>();
        if (isPage)
            Assert.Equal((AppIds.Web, path), (body!["appId"]!.ToString(), body["path"]!.ToString()));
        else
            Assert.Equal(Problems.TypePrefix + "not-found", body!["type"]!.ToString());
    }
}

/// <summary>Apart, because it spends what all requests of this machine have.</summary>
public sealed class SpentBudgetTests
{
    [Fact]
    public async Task Bad_tokens_spend_the_budget_of_their_network_and_are_refused_with_it()
    {
        await using var system = await new TestSystem()
            .Stub(AppIds.Events, new PeerStub())
            .Service(AppIds.Gateway, GatewayService.Build, "Gateway:RateLimits:PerClientPerMinute=3")
            .StartAsync();
        using var http = system.Client(AppIds.Gateway);
        http.DefaultRequestHeaders.Authorization = new("Bearer", "not.a.token");
        var answers = new List<HttpStatusCode>();
        foreach (var _ in Enumerable.Range(0, 10))
        {
            using var response = await http.GetAsync("/api/v1/events");
            answers.Add(response.StatusCode);
        }
        Assert.Equal(HttpStatusCode.Unauthorized, answers[0]);
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);

        // Who has an account has another budget.
        using var person = system.Client(AppIds.Gateway, Guid.CreateVersion7());
        using var other = await person.GetAsync("/api/v1/events");
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }
}

/// <summary>Apart, because it stops a service.</summary>
public sealed class UnavailableServiceTests
{
    [Fact]
    public async Task A_service_that_is_down_is_a_503_with_retry_after()
    {
        await using var system = await new TestSystem()
            .Stub(AppIds.Events, new PeerStub())
            .Service(AppIds.Gateway, GatewayService.Build)
            .StartAsync();
        await system.StopAsync(AppIds.Events);
        using var http = system.Client(AppIds.Gateway);
        using var response = await http.GetAsync("/api/v1/events");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        var problem = await response.Content.ReadFromJsonAsync<JsonNode>();
        Assert.Equal("/docs/errors#unavailable", problem!["type"]!.ToString());
    }

    [Fact]
    public async Task Sandbox_and_development_pages_are_off_unless_asked_for()
    {
        await using var system = await new TestSystem()
            .Stub(AppIds.Sandbox, new PeerStub())
            .Stub(AppIds.Notifications, new PeerStub())
            .Service(AppIds.Gateway, GatewayService.Build)
            .StartAsync();
        using var http = system.Client(AppIds.Gateway);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/sandbox/pix/1")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/dev/mail")).StatusCode);
    }
}
