using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;
using Ticketing.Users.OpenId;

namespace Ticketing.Users.SignIn;

/// <summary>The login page, <c>/account/login</c>: a step of the authorization endpoint, to which it goes back.</summary>
internal static class LoginForm
{
    public const string Path = "/account/login";
    public const string TokenField = "form_token";
    public const string ReturnField = "returnUrl";

    public static IResult Show(HttpContext http, IAntiforgery antiforgery) =>
        Render(http, antiforgery, http.Request.Query[ReturnField].ToString(), "", null);

    public static async Task<IResult> Submit(
        HttpContext http,
        IAntiforgery antiforgery,
        PasswordCheck check,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        if (!http.Request.HasFormContentType)
            return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        var form = await http.Request.ReadFormAsync(ct);
        var (returnUrl, email) = (form[ReturnField].ToString(), form["email"].ToString());
        if (!await antiforgery.IsRequestValidAsync(http))
            return Render(http, antiforgery, returnUrl, email, t => t.Expired, 400);
        try
        {
            var user = await check.SignInAsync(email, form["password"], http, ct);
            if (user is null)
                return Render(http, antiforgery, returnUrl, email, t => t.Wrong, 401);
            await BrowserSession.BeginAsync(http, user, clock.GetUtcNow());
            return Results.LocalRedirect(IsOurs(returnUrl) ? returnUrl : "~/");
        }
        catch (ProblemException e) when (e.RetryAfter is { } wait)
        {
            http.Response.Headers.RetryAfter = $"{Math.Ceiling(wait.TotalSeconds):F0}";
            return Render(http, antiforgery, returnUrl, email, t => t.Wait, e.Status);
        }
    }

    /// <summary>
    /// Only the authorization endpoint sends people here, so only there they go back. It encodes what a header cannot hold.
    /// </summary>
    private static bool IsOurs(string returnUrl) =>
        returnUrl.StartsWith(OpenIdRoutes.AuthorizePath + "?", StringComparison.Ordinal)
        && returnUrl.All(c => c is > ' ' and <= '~');

    private static RazorComponentResult Render(
        HttpContext http,
        IAntiforgery antiforgery,
        string returnUrl,
        string email,
        Func<PageText, string>? problem,
        int status = StatusCodes.Status200OK
    )
    {
        var text = PageText.For(http, returnUrl);
        return Pages.Render<LoginPage>(
            http,
            new Dictionary<string, object?>
            {
                [nameof(LoginPage.Text)] = text,
                [nameof(LoginPage.ReturnUrl)] = returnUrl,
                [nameof(LoginPage.Email)] = email,
                [nameof(LoginPage.Problem)] = problem?.Invoke(text),
                [nameof(LoginPage.Token)] = antiforgery.GetAndStoreTokens(http).RequestToken,
            },
            status
        );
    }
}
