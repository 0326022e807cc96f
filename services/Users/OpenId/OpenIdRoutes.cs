using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;
using Ticketing.Users.SignIn;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Ticketing.Users.OpenId;

/// <summary>The embedded OpenID Connect provider: OpenIddict does the protocol, these endpoints decide about people.</summary>
internal static class OpenIdRoutes
{
    public const string AuthorizePath = "/connect/authorize";
    public const string EndSessionPath = "/connect/logout";
    private const string TokenPath = "/connect/token";
    private const string UserInfoPath = "/connect/userinfo";

    public static readonly TimeSpan AccessTokenLifetime = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(2);

    public static void AddOpenIdProvider(this WebApplicationBuilder builder, UsersOptions users)
    {
        var services = builder.Services;
        var origin = new PublicOrigin(builder.Configuration.GetSection("Public").Get<PublicOptions>() ?? new());
        services.AddSingleton(origin);
        services.AddSingleton<ProviderKeys>();
        services.AddSingleton<ProviderStartup>();
        services.AddRetention(ProviderTables.Retention);
        services.AddHostedService(sp => sp.GetRequiredService<ProviderStartup>());
        services.AddSingleton<IDataProtectionProvider>(sp => new DerivedKeyProtection(
            () => sp.GetRequiredService<ProviderKeys>().Masters,
            AppIds.Users
        ));
        services
            .AddOpenIddict()
            .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<UsersDb>().ReplaceDefaultEntities<Guid>())
            .AddServer(server => Configure(server, origin, users));
        services
            .AddOptions<OpenIddictServerOptions>()
            .Configure<ProviderKeys>(
                (server, keys) =>
                {
                    // The first of each makes what is new.
                    foreach (var key in keys.Signing)
                        server.SigningCredentials.Add(new(key, SecurityAlgorithms.RsaSha256));
                    foreach (var key in keys.Masters)
                        server.EncryptionCredentials.Add(
                            new(
                                new SymmetricSecurityKey(key.Derive("users:openid-tokens")) { KeyId = $"{key.Id:x8}" },
                                SecurityAlgorithms.Aes256KW,
                                SecurityAlgorithms.Aes256CbcHmacSha512
                            )
                        );
                }
            );
        // The service's own tokens, checked with its own keys.
        services
            .AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<ProviderKeys>(
                (jwt, keys) =>
                {
                    jwt.ConfigurationManager = keys;
                    jwt.TokenValidationParameters.ValidIssuers = [origin.Uri.AbsoluteUri];
                }
            );
    }

    private static void Configure(OpenIddictServerBuilder server, PublicOrigin origin, UsersOptions users)
    {
        server
            .SetIssuer(origin.Uri)
            .SetAuthorizationEndpointUris(AuthorizePath)
            .SetTokenEndpointUris(TokenPath)
            .SetUserInfoEndpointUris(UserInfoPath)
            .SetEndSessionEndpointUris(EndSessionPath)
            .SetRevocationEndpointUris("/connect/revoke")
            .AllowAuthorizationCodeFlow()
            .RequireProofKeyForCodeExchange()
            .AllowClientCredentialsFlow()
            .AllowRefreshTokenFlow()
            .RegisterScopes(Scopes.Profile, Scopes.Email)
            .RegisterClaims(Claims.Name, Claims.Email, Claims.EmailVerified, Claims.Locale)
            .DisableAccessTokenEncryption()
            .UseReferenceRefreshTokens()
            .SetAuthorizationCodeLifetime(CodeLifetime)
            .SetAccessTokenLifetime(AccessTokenLifetime)
            .SetRefreshTokenLifetime(Session.Lifetime)
            .SetRefreshTokenReuseLeeway(TimeSpan.FromSeconds(users.RefreshReuseSeconds));
        server.Configure(o => o.CodeChallengeMethods.Remove(CodeChallengeMethods.Plain));
        // Its page sends itself off by a script, which our pages' policy does not let run.
        server.Configure(o => o.ResponseModes.Remove(ResponseModes.FormPost));
        if (users.PasswordGrant)
            server.AllowPasswordFlow();
        var web = server
            .UseAspNetCore()
            .EnableAuthorizationEndpointPassthrough()
            .EnableTokenEndpointPassthrough()
            .EnableUserInfoEndpointPassthrough()
            .EnableEndSessionEndpointPassthrough();
        if (!origin.IsHttps)
            web.DisableTransportSecurityRequirement();
    }

    public static void UseOpenIdProvider(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseMiddleware<ProviderGate>();
    }

    public static void MapOpenIdProvider(this WebApplication app)
    {
        var connect = app.MapGroup("").AllowAnonymous().ExcludeFromDescription();
        string[] getOrPost = [HttpMethods.Get, HttpMethods.Post];
        connect.MapMethods(AuthorizePath, getOrPost, Authorize.Handle);
        connect.MapPost(TokenPath, IssueTokens.Handle);
        connect.MapMethods(UserInfoPath, getOrPost, UserInfo.Handle);
        connect.MapMethods(EndSessionPath, getOrPost, EndSession.Handle);
    }
}
