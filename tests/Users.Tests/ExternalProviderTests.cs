using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.TestKit;

namespace Ticketing.Users.Tests;

/// <summary>Another issuer, such as Cognito, knows the people; its userinfo endpoint tells what tokens do not.</summary>
public sealed class ExternalProvider : IAsyncLifetime
{
    private static readonly HttpClient Http = new();
    private WebApplication discovery = null!;

    internal UsersApp App { get; private set; } = null!;

    /// <summary>What the userinfo endpoint answers, by token.</summary>
    internal ConcurrentDictionary<string, IResult> UserInfo { get; } = new();

    public async ValueTask InitializeAsync()
    {
        var builder = PeerStub.CreateBuilder("--urls=http://127.0.0.1:0");
        discovery = builder.Build();
        discovery.MapGet(
            "/.well-known/openid-configuration",
            () =>
                new
                {
                    issuer = App.System.Issuer.Authority,
                    jwks_uri = App.System.Issuer.Authority + ".well-known/jwks",
                    userinfo_endpoint = discovery.Urls.First() + "/userinfo",
                }
        );
        discovery.MapGet(
            "/.well-known/jwks",
            async () =>
                Results.Text(
                    await Http.GetStringAsync(App.System.Issuer.Authority + ".well-known/jwks"),
                    "application/json"
                )
        );
        discovery.MapGet(
            "/userinfo",
            (HttpRequest request) =>
                UserInfo.GetValueOrDefault(
                    request.Headers.Authorization.ToString()["Bearer ".Length..],
                    Results.Unauthorized()
                )
        );
        await discovery.StartAsync();
        App = UsersApp.Create(
            "Users:Provider=external",
            $"Auth:MetadataAddress={discovery.Urls.First()}/.well-known/openid-configuration",
            "Auth:ClientIds:0=the-client",
            "Auth:RoleClaim=cognito:groups"
        );
        await App.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await discovery.DisposeAsync();
    }
}

public sealed class ExternalProviderTests(ExternalProvider provider) : IClassFixture<ExternalProvider>
{
    private const int AtOnce = 8;
    private readonly UsersApp app = provider.App;

    [Fact]
    public async Task The_profile_begins_at_the_first_read()
    {
        var (id, email) = (Guid.CreateVersion7(), UsersApp.NewEmail());
        using var me = Client(id, email);
        await (await me.GetAsync("/api/v1/me/consents")).IsProblemAsync(404, "not-found");
        var answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => me.GetAsync("/api/v1/me")));
        foreach (var answer in answers)
        {
            var profile = await answer.IsOkAsync();
            Assert.Equal(id, profile["id"]!.GetValue<Guid>());
            Assert.Equal(email, profile["email"]!.GetValue<string>());
            Assert.Equal("Ana Lima", profile["name"]!.GetValue<string>());
            Assert.Equal("en", profile["locale"]!.GetValue<string>());
        }

        var patched = await me.PatchAsJsonAsync("/api/v1/me", new { name = "Ana L." });
        Assert.Equal("Ana L.", (await patched.IsOkAsync())["name"]!.GetValue<string>());
        await (await me.DeleteAsync("/api/v1/me")).IsOkAsync(204);
        await (await me.GetAsync("/api/v1/me")).IsProblemAsync(404, "not-found");
    }

    [Fact]
    public async Task Without_an_address_there_is_no_profile()
    {
        using var me = Client(Guid.CreateVersion7(), null);
        await (await me.GetAsync("/api/v1/me")).IsProblemAsync(403, "email-missing");
    }

    [Fact]
    public async Task What_the_token_does_not_tell_the_provider_is_asked()
    {
        var (id, email) = (Guid.CreateVersion7(), UsersApp.NewEmail());
        using var me = Client(id, null);
        var token = me.DefaultRequestHeaders.Authorization!.Parameter!;
        provider.UserInfo[token] = Results.Json(new { sub = Guid.CreateVersion7(), email });
        await (await me.GetAsync("/api/v1/me")).IsProblemAsync(403, "email-missing");
        provider.UserInfo[token] = Results.Text("not JSON");
        await (await me.GetAsync("/api/v1/me")).IsProblemAsync(503, "unavailable");
        provider.UserInfo[token] = Results.StatusCode(500);
        await (await me.GetAsync("/api/v1/me")).IsProblemAsync(503, "unavailable");
        provider.UserInfo[token] = Results.Json(
            new
            {
                sub = id,
                email,
                name = "Ana\u0000\n",
                locale = 5,
            }
        );
        var profile = await (await me.GetAsync("/api/v1/me")).IsOkAsync();
        Assert.Equal(email, profile["email"]!.GetValue<string>());
        Assert.Equal("Ana", profile["name"]!.GetValue<string>());
        Assert.Equal("pt-BR", profile["locale"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_address_belongs_to_one_person()
    {
        var email = UsersApp.NewEmail();
        using var first = Client(Guid.CreateVersion7(), email);
        await (await first.GetAsync("/api/v1/me")).IsOkAsync();
        using var second = Client(Guid.CreateVersion7(), email);
        await (await second.GetAsync("/api/v1/me")).IsProblemAsync(409, "email-taken");
    }

    [Fact]
    public async Task An_address_is_proven_once_the_provider_says_so()
    {
        var (id, email) = (Guid.CreateVersion7(), UsersApp.NewEmail());
        using var me = Client(id, null);
        using var peer = app.System.Peer(AppIds.Users);
        var token = me.DefaultRequestHeaders.Authorization!.Parameter!;
        foreach (var (said, verified) in new (object?, bool)[] { (null, false), ("false", false), ("true", true) })
        {
            provider.UserInfo[token] = Results.Json(
                new
                {
                    sub = id,
                    email,
                    email_verified = said,
                }
            );
            var profile = await (await me.GetAsync("/api/v1/me")).IsOkAsync();
            Assert.Equal(verified, profile["emailVerified"]!.GetValue<bool>());
            var known = await peer.GetFromJsonAsync<UserRef>($"/internal/users/{id}", ServiceDefaultsExtensions.Json);
            Assert.Equal(verified, known!.EmailVerified);
        }
        // What is proven stays, also while the provider is away.
        provider.UserInfo[token] = Results.StatusCode(500);
        var later = await (await me.GetAsync("/api/v1/me")).IsOkAsync();
        Assert.True(later["emailVerified"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("/connect/token")]
    [InlineData("/connect/authorize")]
    [InlineData("/account/login")]
    [InlineData("/account/forgot")]
    [InlineData("/api/v1/users/password-reset")]
    [InlineData("/api/v1/me/email")]
    [InlineData("/api/v1/me/sessions")]
    [InlineData("/api/v1/users")]
    [InlineData("/api/v1/me/password")]
    public async Task Nothing_of_the_embedded_provider_is_there(string path)
    {
        using var me = Client(Guid.CreateVersion7(), UsersApp.NewEmail());
        var answer = await me.PostAsJsonAsync(path, UsersApp.Registration(UsersApp.NewEmail()));
        Assert.True(answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task Its_groups_are_our_roles()
    {
        using var admin = Client(Guid.CreateVersion7(), UsersApp.NewEmail(), "admin", "vip");
        await (await admin.GetAsync("/api/v1/users")).IsOkAsync();
        var profile = await (await admin.GetAsync("/api/v1/me")).IsOkAsync();
        Assert.Equal("""["admin","vip"]""", profile["roles"]!.ToJsonString());
        var edited = await (await admin.PatchAsJsonAsync("/api/v1/me", new { name = "Ana L." })).IsOkAsync();
        Assert.Equal("""["admin","vip"]""", edited["roles"]!.ToJsonString());
    }

    [Fact]
    public async Task A_longer_name_is_cut_between_characters()
    {
        var (id, email) = (Guid.CreateVersion7(), UsersApp.NewEmail());
        using var me = Client(id, null);
        provider.UserInfo[me.DefaultRequestHeaders.Authorization!.Parameter!] = Results.Json(
            new
            {
                sub = id,
                email,
                name = new string('a', 119) + "🎭",
            }
        );
        var profile = await (await me.GetAsync("/api/v1/me")).IsOkAsync();
        Assert.Equal(new string('a', 119), profile["name"]!.GetValue<string>());
    }

    /// <summary>Tokens like Cognito's: neither type nor audience, the client's id instead.</summary>
    private HttpClient Client(Guid id, string? email, params string[] groups)
    {
        var claims = new Dictionary<string, object>
        {
            ["sub"] = id.ToString(),
            ["client_id"] = "the-client",
            ["token_use"] = "access",
            ["cognito:groups"] = groups,
        };
        if (email is not null)
        {
            claims["email"] = email;
            claims["name"] = "Ana Lima";
            claims["locale"] = "en-US";
        }
        var http = app.System.Client(AppIds.Users);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            app.System.Issuer.Token(claims, type: null)
        );
        return http;
    }
}
