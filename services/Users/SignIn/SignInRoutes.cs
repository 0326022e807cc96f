using Ticketing.ServiceDefaults;
using Ticketing.Users.Accounts;

namespace Ticketing.Users.SignIn;

internal static class SignInRoutes
{
    public const string StylePath = "/account/login.css";

    public static void AddSignIn(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<PasswordHasher>();
        services.AddScoped<SignInAttempts>();
        services.AddScoped<PasswordCheck>();
        services.AddRazorComponents();
        var origin = builder.Configuration.GetSection("Public").Get<PublicOptions>() ?? new();
        var https = origin.BaseUrl.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        // Browsers tie a __Host- cookie to this origin and to TLS.
        var prefix = https ? "__Host-" : "";
        var secure = https ? CookieSecurePolicy.Always : CookieSecurePolicy.None;
        services.AddAntiforgery(o =>
        {
            o.Cookie.Name = $"{prefix}ticketing-form";
            o.Cookie.SecurePolicy = secure;
            o.Cookie.SameSite = SameSiteMode.Lax;
            o.FormFieldName = LoginForm.TokenField;
            o.SuppressXFrameOptionsHeader = true;
        });
        services
            .AddAuthentication()
            .AddCookie(
                BrowserSession.Scheme,
                o =>
                {
                    o.Cookie.Name = $"{prefix}ticketing-login";
                    o.Cookie.SecurePolicy = secure;
                    o.Cookie.SameSite = SameSiteMode.Lax;
                    o.Cookie.HttpOnly = true;
                    o.ExpireTimeSpan = BrowserSession.Lifetime;
                    o.SlidingExpiration = true;
                }
            );
    }

    public static void MapSignIn(this WebApplication app)
    {
        var pages = app.MapGroup("").AllowAnonymous().ExcludeFromDescription();
        pages.MapGet(LoginForm.Path, LoginForm.Show);
        pages.MapPost(LoginForm.Path, LoginForm.Submit).DisableAntiforgery();
        pages.MapGet(StylePath, Pages.Style);
    }
}
