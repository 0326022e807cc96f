using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Ticketing.ServiceDefaults;
using Ticketing.Web.Api;
using Ticketing.Web.Buyer;
using Ticketing.Web.Hosting;
using Ticketing.Web.Language;

namespace Ticketing.Web.SignIn;

/// <summary>
/// OpenID Connect by code and PKCE. The browser gets a cookie that names a session; the tokens are in the session, on the
/// server.
/// </summary>
internal static class SignInRoutes
{
    public const string InPath = "/entrar";
    public const string OutPath = "/sair";
    public const string RegisterPath = "/cadastro";
    public const string BackCookie = "ticketing-back";
    private static readonly TimeSpan BackKept = TimeSpan.FromMinutes(20);
    private const string CallbackPath = "/auth/callback";
    private const string ReturnField = "volta";

    public static string Cookie(HttpContext http) =>
        http
            .RequestServices.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>()
            .Get(CookieAuthenticationDefaults.AuthenticationScheme)
            .Cookie.Name!;

    public static void AddSignIn(this WebApplicationBuilder builder, WebOptions web)
    {
        var services = builder.Services;
        var site = builder.Configuration.GetSection("Public").Get<PublicOptions>() ?? new();
        var auth = builder.Configuration.GetSection("Auth").Get<AuthOptions>() ?? new();
        var baseUrl = site.BaseUrl.TrimEnd('/');
        var https = baseUrl.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        // Browsers tie a __Host- cookie to this origin and to TLS.
        var prefix = https ? "__Host-" : "";
        var secure = https ? CookieSecurePolicy.Always : CookieSecurePolicy.None;
        services.AddSingleton<StoredSessions>();
        services.AddSingleton<Tokens>();
        services.AddSingleton<ProviderOrigins>();
        services.AddHostedService(sp => sp.GetRequiredService<ProviderOrigins>());
        services.AddAntiforgery(o =>
        {
            o.Cookie.Name = $"{prefix}ticketing-page";
            o.Cookie.SecurePolicy = secure;
            o.Cookie.SameSite = SameSiteMode.Lax;
            o.SuppressXFrameOptionsHeader = true;
        });
        services
            .AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(o =>
            {
                o.Cookie.Name = $"{prefix}ticketing-session";
                o.Cookie.SecurePolicy = secure;
                o.Cookie.SameSite = SameSiteMode.Lax;
                o.Cookie.HttpOnly = true;
                o.ExpireTimeSpan = StoredSessions.Lifetime;
                o.SlidingExpiration = false;
                o.Events.OnValidatePrincipal = context =>
                    context.HttpContext.RequestServices.GetRequiredService<Tokens>().KeepFreshAsync(context);
                o.Events.OnRedirectToLogin = LeadInAsync;
            })
            .AddOpenIdConnect(o =>
            {
                o.Authority = auth.Authority;
                o.MetadataAddress = auth.Authority.TrimEnd('/') + "/.well-known/openid-configuration";
                o.RequireHttpsMetadata = auth.Authority.StartsWith("https:", StringComparison.Ordinal);
                o.ClientId = web.ClientId;
                o.ClientSecret = web.ClientSecret;
                o.ResponseType = OpenIdConnectResponseType.Code;
                o.ResponseMode = OpenIdConnectResponseMode.Query;
                o.UsePkce = true;
                o.MapInboundClaims = false;
                o.TokenValidationParameters.NameClaimType = "name";
                o.SaveTokens = true;
                // Which library we use, in a parameter that the firewall does not know.
                o.DisableTelemetry = true;
                o.CallbackPath = CallbackPath;
                o.Scope.Clear();
                foreach (var scope in Scopes(web))
                    o.Scope.Add(scope);
                o.CorrelationCookie.SameSite = SameSiteMode.Lax;
                o.CorrelationCookie.SecurePolicy = secure;
                o.NonceCookie.SameSite = SameSiteMode.Lax;
                o.NonceCookie.SecurePolicy = secure;
                o.Events.OnRedirectToIdentityProvider = context =>
                {
                    context.ProtocolMessage.UiLocales = Languages.Current;
                    // For who turns out to have no account yet.
                    context.Response.Cookies.Append(
                        BackCookie,
                        Uri.EscapeDataString(LocalPath.Or(context.Properties.RedirectUri, "/")),
                        new CookieOptions
                        {
                            Path = RegisterPath,
                            HttpOnly = true,
                            SameSite = SameSiteMode.Lax,
                            Secure = https,
                            MaxAge = BackKept,
                            IsEssential = true,
                        }
                    );
                    return Task.CompletedTask;
                };
                o.Events.OnRedirectToIdentityProviderForSignOut = context =>
                {
                    // The home page takes no answer.
                    context.ProtocolMessage.PostLogoutRedirectUri = baseUrl + "/";
                    context.ProtocolMessage.State = null;
                    return Task.CompletedTask;
                };
                // Another try, not an error page: a sign-in page that was left open too long, or said no to.
                o.Events.OnRemoteFailure = context =>
                {
                    context.Response.Redirect($"{InPath}?falhou=1");
                    context.HandleResponse();
                    return Task.CompletedTask;
                };
            });
        services
            .AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme)
            .Configure<StoredSessions>((o, sessions) => o.SessionStore = sessions);
        services
            .AddOptions<OpenIdConnectOptions>(OpenIdConnectDefaults.AuthenticationScheme)
            .Configure<Sidecar>(
                (o, sidecar) =>
                {
                    if (web.EmbeddedProvider)
                        o.BackchannelHttpHandler = new ProviderThroughSidecar(sidecar, baseUrl);
                }
            );
        // Tokens are none of these pages' business: who comes has a cookie.
        services.AddCascadingAuthenticationState();
    }

    public static void MapSignIn(this WebApplication app)
    {
        app.MapGet(InPath, SignIn).AllowAnonymous();
        app.MapPost(OutPath, SignOutAsync).AllowAnonymous();
        app.MapGet(OutPath, () => Results.LocalRedirect("/")).AllowAnonymous();
    }

    /// <summary>
    /// Somebody is led to the provider and back. A script is told, before anything is laid into the browser for a sign-in that
    /// it does not make.
    /// </summary>
    private static async Task LeadInAsync(RedirectContext<CookieAuthenticationOptions> context)
    {
        var http = context.HttpContext;
        StoredSessions.ThrowIfUnread(http);
        if (http.Request.IsByScript())
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        if (HttpMethods.IsPost(http.Request.Method))
            context.Properties.RedirectUri = Interruption.PageOf(http.Request, Interruption.SessionOver);
        try
        {
            await http.ChallengeAsync(OpenIdConnectDefaults.AuthenticationScheme, context.Properties);
        }
        catch (InvalidOperationException e)
        {
            throw new PeerUnavailableException("The identity provider is not answering.", e);
        }
    }

    private static IResult SignIn(HttpContext http, string? volta, string? falhou)
    {
        var back = LocalPath.Or(volta, "/");
        if (http.User.Identity is { IsAuthenticated: true })
            return Results.LocalRedirect(back);
        // Once more by itself would go in circles.
        return falhou is null
            ? Results.Challenge(new AuthenticationProperties { RedirectUri = back })
            : Results.LocalRedirect($"/entrada-interrompida?{ReturnField}={Uri.EscapeDataString(back)}");
    }

    private static async Task<IResult> SignOutAsync(
        HttpContext http,
        IAntiforgery antiforgery,
        HoldCookie hold,
        IOptionsMonitor<OpenIdConnectOptions> options
    )
    {
        StoredSessions.ThrowIfUnread(http);
        // Where nobody is signed in, nobody can be signed out by another site; the provider's own session may go on, though.
        if (http.User.Identity is { IsAuthenticated: true })
            await antiforgery.ValidateRequestAsync(http);
        // Whoever comes next at this browser has reserved nothing.
        if (hold.Read() is { } held)
            hold.Forget(held.Id);
        var oidc = options.Get(OpenIdConnectDefaults.AuthenticationScheme);
        var provider = await oidc.ConfigurationManager!.GetConfigurationAsync(http.RequestAborted);
        return Results.SignOut(
            new AuthenticationProperties { RedirectUri = "/" },
            string.IsNullOrEmpty(provider.EndSessionEndpoint)
                ? [CookieAuthenticationDefaults.AuthenticationScheme]
                : [CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme]
        );
    }

    private static IEnumerable<string> Scopes(WebOptions web) =>
        web.EmbeddedProvider ? ["openid", "profile", "email", "offline_access"] : ["openid", "profile", "email"];
}
