using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Ticketing.Users.Accounts;

namespace Ticketing.Users.SignIn;

/// <summary>The pages' words. Public because Razor components are.</summary>
public sealed record PageText
{
    private static readonly PageText Portuguese = new()
    {
        Language = Locales.Default,
        SignIn = "Entrar",
        Email = "E-mail",
        Password = "Senha",
        Wrong = "E-mail ou senha incorretos.",
        Wait = "Muitas tentativas. Aguarde alguns minutos e tente de novo.",
        Expired = "A página expirou. Tente de novo.",
        SignOut = "Sair",
        SignOutQuestion = "Quer mesmo sair da sua conta?",
    };

    private static readonly PageText English = new()
    {
        Language = Locales.English,
        SignIn = "Sign in",
        Email = "E-mail",
        Password = "Password",
        Wrong = "The e-mail address or the password is wrong.",
        Wait = "Too many attempts. Wait a few minutes and try again.",
        Expired = "The page has expired. Try again.",
        SignOut = "Sign out",
        SignOutQuestion = "Do you want to sign out of your account?",
    };

    public required string Language { get; init; }
    public required string SignIn { get; init; }
    public required string Email { get; init; }
    public required string Password { get; init; }
    public required string Wrong { get; init; }
    public required string Wait { get; init; }
    public required string Expired { get; init; }
    public required string SignOut { get; init; }
    public required string SignOutQuestion { get; init; }

    /// <summary>What the client asked for (<c>ui_locales</c>), else the browser's first language that is written here.</summary>
    internal static PageText For(HttpContext http, string returnUrl)
    {
        var query = returnUrl.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at
            ? QueryHelpers.ParseQuery(returnUrl[at..])
            : [];
        var asked = query.TryGetValue("ui_locales", out var locales) ? locales.ToString().Split(' ') : [];
        var accepted = StringWithQualityHeaderValue.TryParseList(http.Request.Headers.AcceptLanguage, out var languages)
            ? languages.OrderByDescending(l => l.Quality ?? 1).Select(l => l.Value.ToString())
            : [];
        foreach (var language in asked.Concat(accepted))
        {
            if (language.StartsWith("pt", StringComparison.OrdinalIgnoreCase))
                return Portuguese;
            if (language.StartsWith("en", StringComparison.OrdinalIgnoreCase))
                return English;
        }
        return Portuguese;
    }
}
