using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Ticketing.TestKit;

/// <summary>An OpenID issuer on loopback: discovery, JWKS and whatever token a test needs.</summary>
public sealed class TestIssuer : IAsyncDisposable
{
    /// <summary>The origin of its page for signing out.</summary>
    public const string Pages = "https://pages.idp.example";

    private readonly RSA rsa = RSA.Create(2048);
    private readonly WebApplication app;

    private TestIssuer(WebApplication app) => this.app = app;

    /// <summary>The <c>iss</c> of its tokens, with a trailing slash.</summary>
    public string Authority { get; private set; } = "";

    /// <summary>What it gives for a code or a refresh token; refuses until set.</summary>
    public Func<IFormCollection, Task<IResult>> Exchange { get; set; } = _ => Task.FromResult(Results.BadRequest());

    public static async Task<TestIssuer> StartAsync()
    {
        var builder = PeerStub.CreateBuilder();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var issuer = new TestIssuer(builder.Build());
        issuer.app.MapGet(
            "/.well-known/openid-configuration",
            () =>
                Results.Json(
                    new
                    {
                        issuer = issuer.Authority,
                        jwks_uri = issuer.Authority + ".well-known/jwks",
                        authorization_endpoint = issuer.Authority + "connect/authorize",
                        token_endpoint = issuer.Authority + "connect/token",
                        // Some have their pages elsewhere.
                        end_session_endpoint = Pages + "/logout",
                    }
                )
        );
        issuer.app.MapGet("/.well-known/jwks", issuer.Jwks);
        issuer.app.MapPost(
            "/connect/token",
            async (HttpRequest request) => await issuer.Exchange(await request.ReadFormAsync())
        );
        await issuer.app.StartAsync();
        issuer.Authority = issuer.app.Urls.First() + "/";
        return issuer;
    }

    private IResult Jwks()
    {
        var p = rsa.ExportParameters(false);
        return Results.Json(
            new
            {
                keys = new[]
                {
                    new
                    {
                        kty = "RSA",
                        use = "sig",
                        alg = "RS256",
                        kid = "test",
                        n = Base64UrlEncoder.Encode(p.Modulus),
                        e = Base64UrlEncoder.Encode(p.Exponent),
                    },
                },
            }
        );
    }

    /// <summary>An access token as the embedded provider gives it.</summary>
    public string Token(Guid userId, params string[] roles) =>
        Token(
            new Dictionary<string, object>
            {
                ["sub"] = userId.ToString(),
                ["aud"] = "ticketing",
                ["role"] = roles,
            }
        );

    /// <summary>Any claims; for tokens that must be refused and other issuers' kinds.</summary>
    /// <param name="type">Null: none is named, as in Cognito's tokens.</param>
    public string Token(IDictionary<string, object> claims, TimeSpan? lifetime = null, string? type = "at+jwt")
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var token = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = Authority,
                Claims = claims,
                IssuedAt = now,
                NotBefore = now.AddHours(-1),
                Expires = now + (lifetime ?? TimeSpan.FromHours(1)),
                TokenType = type,
                SigningCredentials = new(new RsaSecurityKey(rsa) { KeyId = "test" }, SecurityAlgorithms.RsaSha256),
            }
        );
        return type is null ? WithoutType(token) : token;
    }

    /// <summary>The library always names one.</summary>
    private string WithoutType(string token)
    {
        var signed = Base64UrlEncoder.Encode("""{"alg":"RS256","kid":"test"}""") + "." + token.Split('.')[1];
        var signature = rsa.SignData(
            Encoding.ASCII.GetBytes(signed),
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        return $"{signed}.{Base64UrlEncoder.Encode(signature)}";
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        rsa.Dispose();
    }
}
