using System.Globalization;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.Options;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Web.Language;

/// <summary>Portuguese first, English by choice (a cookie) or by what the browser asks for.</summary>
internal static class Languages
{
    public const string Portuguese = "pt-BR";
    public const string English = "en";
    public const string Path = "/idioma";
    private static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    public static bool IsEnglish => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == English;

    /// <summary>As the API and HTML name it.</summary>
    public static string Current => IsEnglish ? English : Portuguese;

    public static void UseLanguages(this WebApplication app)
    {
        var options = new RequestLocalizationOptions { ApplyCurrentCultureToResponseHeaders = true }
            .SetDefaultCulture(Portuguese)
            .AddSupportedCultures(Portuguese, English)
            .AddSupportedUICultures(Portuguese, English);
        options.RequestCultureProviders =
        [
            new CustomRequestCultureProvider(context =>
                Task.FromResult(
                    context.Request.Cookies[Locales.Cookie] is Portuguese or English
                        ? new ProviderCultureResult(context.Request.Cookies[Locales.Cookie])
                        : null
                )
            ),
            // Any kind of Portuguese is answered in ours.
            new CustomRequestCultureProvider(context =>
                Task.FromResult(
                    context
                        .Request.GetTypedHeaders()
                        .AcceptLanguage.OrderByDescending(l => l.Quality ?? 1)
                        .Select(l => l.Value.Value ?? "")
                        .Select(l =>
                            l.StartsWith("pt", StringComparison.OrdinalIgnoreCase) ? Portuguese
                            : l.StartsWith(English, StringComparison.OrdinalIgnoreCase) ? English
                            : null
                        )
                        .FirstOrDefault(l => l is not null)
                        is { } language
                        ? new ProviderCultureResult(language)
                        : null
                )
            ),
        ];
        app.UseRequestLocalization(options);
    }

    /// <summary>A link, not a form: pages that caches keep hold no form's token, and a language is no harm to set.</summary>
    public static void MapLanguage(this WebApplication app) =>
        app.MapGet(
                Path,
                (string? para, string? volta, HttpContext context, IOptions<PublicOptions> site) =>
                {
                    if (para is Portuguese or English)
                        context.Response.Cookies.Append(
                            Locales.Cookie,
                            para,
                            new CookieOptions
                            {
                                MaxAge = Kept,
                                Path = "/",
                                HttpOnly = true,
                                SameSite = SameSiteMode.Lax,
                                Secure = site.Value.BaseUrl.StartsWith("https:", StringComparison.Ordinal),
                                IsEssential = true,
                            }
                        );
                    return Results.LocalRedirect(LocalPath.Or(volta, "/"));
                }
            )
            .AllowAnonymous();
}

/// <summary>Where somebody may be sent back to: a path of ours, never another site.</summary>
internal static class LocalPath
{
    public static string Or(string? path, string otherwise) =>
        path is ['/', ..]
        && !path.StartsWith("//", StringComparison.Ordinal)
        && !path.StartsWith("/\\", StringComparison.Ordinal)
        && path.All(c => c is > ' ' and <= '~')
            ? path
            : otherwise;
}
