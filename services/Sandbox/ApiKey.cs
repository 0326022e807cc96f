using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Sandbox;

/// <summary>The merchant's bearer key.</summary>
internal static class ApiKey
{
    /// <summary>Policy: the merchant.</summary>
    public const string Merchant = "merchant";
    private const string SchemeName = "ApiKey";
    private const string Prefix = "Bearer ";

    public static void AddApiKey(this IServiceCollection services)
    {
        services
            .AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, Handler>(SchemeName, configureOptions: null);
        services
            .AddAuthorizationBuilder()
            .AddPolicy(Merchant, new AuthorizationPolicyBuilder(SchemeName).RequireAuthenticatedUser().Build());
    }

    private sealed class Handler(
        IOptionsMonitor<AuthenticationSchemeOptions> options,
        ILoggerFactory logger,
        UrlEncoder encoder,
        SecretReader secrets
    ) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var header = Request.Headers.Authorization.ToString();
            if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                return AuthenticateResult.NoResult();
            var key = await secrets.GetAsync(SecretNames.StripeApiKey, Context.RequestAborted);
            var same = CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(header[Prefix.Length..]),
                Encoding.UTF8.GetBytes(key)
            );
            return same
                ? AuthenticateResult.Success(new(new ClaimsPrincipal(new ClaimsIdentity(SchemeName)), SchemeName))
                : AuthenticateResult.Fail("The API key is wrong.");
        }
    }
}
