using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Claims;
using Bunit;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Contracts;
using Ticketing.TestKit;
using Ticketing.Web.Api;
using Ticketing.Web.Buyer;
using Ticketing.Web.Hosting;

namespace Ticketing.Web.Tests;

/// <summary>A page without a browser, in states that the whole system is not easily brought into: what the API answers is played.</summary>
public abstract class PlayedApi : BunitContext, IAsyncLifetime
{
    protected static readonly DateTimeOffset Now = new(2026, 11, 29, 15, 0, 0, TimeSpan.Zero);

    private readonly OneRequest request = new();
    private WebApplication api = null!;

    protected PlayedApi()
    {
        Read("pt-BR");
        // The machine may be busy with other tests.
        DefaultWaitTimeout = TimeSpan.FromSeconds(60);
    }

    /// <summary>By path.</summary>
    protected Dictionary<string, object> Answers { get; } = [];

    /// <summary>By method and path; they come before the answers.</summary>
    protected Dictionary<string, IResult> Refusals { get; } = [];

    /// <summary>Paths, in the order of being asked.</summary>
    protected ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Method, query and body of what had one.</summary>
    protected ConcurrentQueue<string> Sent { get; } = new();

    /// <summary>Of whom the page is for.</summary>
    protected HttpRequest Request => request.HttpContext!.Request;

    private sealed class StillClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }

    /// <summary>The same to whoever asks.</summary>
    private sealed class OneRequest : IHttpContextAccessor
    {
        public HttpContext? HttpContext { get; set; }
    }

    private sealed class NoToken : AntiforgeryStateProvider
    {
        public override AntiforgeryRequestToken? GetAntiforgeryToken() => null;
    }

    /// <summary>Nobody's token is needed.</summary>
    private sealed class NobodySignedIn : IAuthenticationService
    {
        public Task<AuthenticateResult> AuthenticateAsync(HttpContext context, string? scheme) =>
            Task.FromResult(AuthenticateResult.NoResult());

        public Task ChallengeAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) =>
            Task.CompletedTask;

        public Task ForbidAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) =>
            Task.CompletedTask;

        public Task SignInAsync(
            HttpContext context,
            string? scheme,
            ClaimsPrincipal principal,
            AuthenticationProperties? properties
        ) => Task.CompletedTask;

        public Task SignOutAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) =>
            Task.CompletedTask;
    }

    public virtual async ValueTask InitializeAsync()
    {
        var builder = PeerStub.CreateBuilder("--urls=http://127.0.0.1:0");
        api = builder.Build();
        api.MapFallback(
            async (HttpContext http) =>
            {
                using var body = new StreamReader(http.Request.Body);
                if (await body.ReadToEndAsync() is { Length: > 0 } text)
                    Sent.Enqueue($"{http.Request.Method} {http.Request.QueryString} {text}");
                var path = http.Request.Path.Value!.Split("/method")[1];
                Asked.Enqueue(path);
                return Refusals.TryGetValue($"{http.Request.Method} {path}", out var refusal) ? refusal
                    : Answers.TryGetValue(path, out var answer) ? PeerStub.Json(answer)
                    : path.StartsWith("/api/v1/payments", StringComparison.Ordinal) ? PeerStub.Problem(403, "forbidden")
                    : PeerStub.Problem(404, "not-found");
            }
        );
        await api.StartAsync();
        Services.AddSingleton<IConfiguration>(
            new ConfigurationBuilder().AddInMemoryCollection([new("DAPR_HTTP_ENDPOINT", api.Urls.Single())]).Build()
        );
        Services.AddSingleton<IHttpContextAccessor>(request);
        Services.AddOptions<WebOptions>();
        Services.AddOptions<ServiceDefaults.PublicOptions>().Configure(o => o.BaseUrl = "https://tickets.example");
        Services.AddSingleton<Sidecar>();
        Services.AddScoped<TicketingApi>();
        Services.AddScoped<HoldCookie>();
        Services.AddSingleton<Assets>();
        Services.AddSingleton<TimeProvider>(new StillClock());
        Services.AddSingleton<AntiforgeryStateProvider>(new NoToken());
        Services.AddSingleton<IAuthenticationService>(new NobodySignedIn());
        Services.AddCascadingValue<HttpContext>(sp => sp.GetRequiredService<IHttpContextAccessor>().HttpContext!);
        request.HttpContext = new DefaultHttpContext { RequestServices = Services };
    }

    public new async ValueTask DisposeAsync()
    {
        await api.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected static void Read(string language) =>
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);

    protected static Money Reais(long amount) => new(amount, "BRL");

    /// <summary>Whoever asks is in this one team.</summary>
    protected void PlayTeam(Guid organizer, string role) =>
        Answers["/api/v1/organizers"] = PageOf(
            new
            {
                id = organizer,
                name = "Circo",
                role,
                approved = true,
            }
        );

    protected static object PageOf(params object[] items) => new { items, next = (string?)null };

    protected static string Words(IRenderedComponent<IComponent> shown) =>
        string.Join(' ', shown.Nodes.Select(n => n.TextContent)).Replace('\u00a0', ' ');
}
