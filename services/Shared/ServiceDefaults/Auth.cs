using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Ticketing.ServiceDefaults;

/// <summary>Section <c>Auth</c>: any OIDC issuer by configuration alone.</summary>
public sealed class AuthOptions
{
    /// <summary>The issuer, exactly as in the tokens' <c>iss</c>.</summary>
    public string Authority { get; set; } = "http://localhost:8080/";

    /// <summary>Where the discovery document is, when not at the authority's well-known place.</summary>
    public string? MetadataAddress { get; set; }

    /// <summary>Accepted <c>aud</c> of access tokens.</summary>
    public string Audience { get; set; } = "ticketing";

    /// <summary>Accepted <c>client_id</c> of tokens without <c>aud</c> (Cognito's access tokens).</summary>
    public IList<string> ClientIds { get; } = [];

    /// <summary>The claim with platform roles (Cognito: <c>cognito:groups</c>).</summary>
    public string RoleClaim { get; set; } = "role";
}

public static class Auth
{
    /// <summary>Policy: platform administrators.</summary>
    public const string Admin = "admin";
    private const string WellKnown = "/.well-known/openid-configuration";

    internal static IServiceCollection AddTicketingAuth(this IServiceCollection services, IConfiguration configuration)
    {
        var auth = configuration.GetSection("Auth").Get<AuthOptions>() ?? new AuthOptions();
        services
            .AddOptions<AuthOptions>()
            .BindConfiguration("Auth")
            .Validate(o => PublicOptions.IsOrigin(o.Authority), "Auth:Authority must be an absolute http(s) address.")
            .Validate(
                o => o.MetadataAddress is null || PublicOptions.IsOrigin(o.MetadataAddress),
                "Auth:MetadataAddress must be an absolute http(s) address."
            )
            .ValidateOnStart();
        services
            .AddAuthentication(JwtBearerDefaults.AuthenticationScheme)
            .AddJwtBearer(jwt =>
            {
                jwt.TokenHandlers.Clear();
                jwt.TokenHandlers.Add(new KnownTokens(new JsonWebTokenHandler { MapInboundClaims = false }));
                jwt.Events = new() { OnAuthenticationFailed = RefuseToGuessAsync };
                jwt.RequireHttpsMetadata = auth.Authority.StartsWith("https:", StringComparison.Ordinal);
                jwt.MetadataAddress = auth.MetadataAddress ?? auth.Authority.TrimEnd('/') + WellKnown;
                if (auth.MetadataAddress is { } address)
                    jwt.ConfigurationManager = new ConfigurationManager<OpenIdConnectConfiguration>(
                        address,
                        new NearbyKeys(auth.Authority),
                        new HttpDocumentRetriever { RequireHttps = false }
                    );
                jwt.TokenValidationParameters = new()
                {
                    ValidIssuers = [auth.Authority, auth.Authority.TrimEnd('/'), auth.Authority.TrimEnd('/') + "/"],
                    TypeValidator = TypeOf,
                    ValidAlgorithms = [SecurityAlgorithms.RsaSha256, SecurityAlgorithms.EcdsaSha256],
                    NameClaimType = "sub",
                    RoleClaimType = auth.RoleClaim,
                    ClockSkew = TimeSpan.FromSeconds(30),
                    AudienceValidator = (audiences, token, _) => IsForUs(auth, audiences, token),
                };
            });
        // Deny unless allowed: an endpoint that says nothing needs a person.
        services
            .AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
            .AddPolicy(Admin, p => p.RequireRole(Admin));
        return services;
    }

    /// <summary>
    /// The discovery document speaks of the public origin, which services inside may not reach: the keys are taken from
    /// where the document was.
    /// </summary>
    private sealed class NearbyKeys(string authority) : IConfigurationRetriever<OpenIdConnectConfiguration>
    {
        public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(
            string address,
            IDocumentRetriever retriever,
            CancellationToken cancel
        )
        {
            var document = await retriever.GetDocumentAsync(address, cancel);
            var configuration = OpenIdConnectConfiguration.Create(document);
            var origin = authority.TrimEnd('/');
            var keys = configuration.JwksUri;
            if (
                keys.StartsWith(origin + "/", StringComparison.Ordinal)
                && address.EndsWith(WellKnown, StringComparison.Ordinal)
            )
                keys = address[..^WellKnown.Length] + keys[origin.Length..];
            configuration.JsonWebKeySet = new(await retriever.GetDocumentAsync(keys, cancel));
            foreach (var key in configuration.JsonWebKeySet.GetSigningKeys())
                configuration.SigningKeys.Add(key);
            return configuration;
        }
    }

    /// <summary>Without the issuer's keys nobody knows whether a token holds: that is not the token's fault.</summary>
    private static async Task RefuseToGuessAsync(AuthenticationFailedContext failed)
    {
        if (failed.Exception is not SecurityTokenException)
            return;
        try
        {
            await failed.Options.ConfigurationManager!.GetConfigurationAsync(failed.HttpContext.RequestAborted);
        }
        catch (InvalidOperationException e)
        {
            throw new PeerUnavailableException("The identity provider is not answering.", e);
        }
    }

    /// <summary>Cognito's access tokens name no type; one that is named must be an access token's or the general one.</summary>
    private static string TypeOf(string? type, SecurityToken token, TokenValidationParameters rules) =>
        type is null or "" or "at+jwt" or "JWT"
            ? type ?? ""
            : throw new SecurityTokenInvalidTypeException("Not an access token.") { InvalidType = type };

    private static bool IsForUs(AuthOptions auth, IEnumerable<string> audiences, SecurityToken token)
    {
        if (token is not JsonWebToken jwt)
            return false;
        // An ID token is for the client that asked for it, never for an API.
        if (jwt.TryGetPayloadValue<string>("token_use", out var use) && use != "access")
            return false;
        return audiences.Any()
            ? audiences.Contains(auth.Audience)
            : jwt.TryGetPayloadValue<string>("client_id", out var client) && auth.ClientIds.Contains(client);
    }

    /// <summary>The person's id (<c>sub</c>).</summary>
    /// <exception cref="ProblemException">403 when the token stands for no person (client credentials).</exception>
    public static Guid UserId(this ClaimsPrincipal user) =>
        Guid.TryParse(user.FindFirstValue("sub"), out var id)
            ? id
            : throw ProblemException.Forbidden("This needs a person's token.");

    public static bool IsAdmin(this ClaimsPrincipal user) => user.IsInRole(Admin);
}

/// <summary>
/// What only the Dapr sidecar may call: subscriptions and the requests of other services. The sidecar proves itself by
/// the app API token; what the Gateway or the pages pass on from outside never reaches these paths.
/// </summary>
internal sealed class SidecarOnly(RequestDelegate next, IConfiguration configuration)
{
    private readonly byte[] token = Encoding.UTF8.GetBytes(configuration["APP_API_TOKEN"] ?? "");

    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path;
        var caller = context.Request.Headers["dapr-caller-app-id"].ToString();
        var fromOutside = caller is Contracts.AppIds.Gateway or Contracts.AppIds.Web;
        if (
            path.StartsWithSegments("/internal")
            || path.StartsWithSegments(Subscriptions.Path)
            || path.StartsWithSegments("/dapr")
        )
        {
            var given = Encoding.UTF8.GetBytes(context.Request.Headers["dapr-api-token"].ToString());
            if (fromOutside || token.Length == 0 || !CryptographicOperations.FixedTimeEquals(given, token))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }
        }
        return next(context);
    }
}
