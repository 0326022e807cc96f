using Ticketing.ServiceDefaults;
using Ticketing.Users.Accounts;
using Ticketing.Users.Factors;
using Ticketing.Users.Mails;

namespace Ticketing.Users.SignIn;

internal static class SignInRoutes
{
    public const string StylePath = "/account/login.css";

    /// <summary>Web's page.</summary>
    public const string RegisterPath = "/cadastro";
    public const string ScriptPath = "/account/passkey.js";

    public static void AddSignIn(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<PasswordHasher>();
        services.AddHttpClient<BreachedPasswords>(http => http.Timeout = BreachedPasswords.Patience);
        services.AddTransient<PasswordRules>();
        services.AddScoped<Attempts>();
        services.AddSingleton<KnownDevices>();
        services.AddScoped<NewSignIn>();
        services.AddScoped<PasswordCheck>();
        services.AddScoped<SecondFactors>();
        services.AddScoped<Passkeys>();
        services.AddScoped<Proofs>();
        services.AddScoped<ConfirmAddress>();
        services.AddScoped<ResetPassword>();
        services.AddSingleton<MailSignal>();
        services.AddHostedService<MailSender>();
        services.AddRetention(Session.Retention, Attempts.Retention, AccountMail.Retention);
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
                    o.ExpireTimeSpan = BrowserSession.IdleTime;
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
        pages.MapGet(ScriptPath, Pages.PasskeyScript);
        pages.MapGet(PasskeyForm.Path, PasskeyForm.Show);
        pages.MapPost(PasskeyForm.Path, PasskeyForm.Submit).DisableAntiforgery();
        pages.MapGet(SecondStep.Path, SecondStep.Show);
        pages.MapPost(SecondStep.Path, SecondStep.Submit).DisableAntiforgery();
        pages.MapGet(SecurityForm.Path, SecurityForm.Show);
        pages.MapPost(SecurityForm.Path, SecurityForm.Submit).DisableAntiforgery();
        pages.MapGet(AccountPages.ConfirmPath, ConfirmForm.Show);
        pages.MapPost(AccountPages.ConfirmPath, ConfirmForm.Submit).DisableAntiforgery();
        pages.MapGet(AccountPages.ForgotPath, ForgotForm.Show);
        pages.MapPost(AccountPages.ForgotPath, ForgotForm.Submit).DisableAntiforgery();
        pages.MapGet(AccountPages.ResetPath, ResetForm.Show);
        pages.MapPost(AccountPages.ResetPath, ResetForm.Submit).DisableAntiforgery();
    }
}
