using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;
using Ticketing.Users.Factors;
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
        NewSignIn signIn,
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
            if (user is null || await signIn.BeginAsync(user, [AuthenticationMethods.Password], http, ct) is null)
                return Render(http, antiforgery, returnUrl, email, t => t.Wrong, 401);
            return Back(returnUrl);
        }
        catch (ProblemException e) when (e.RetryAfter is { } wait)
        {
            http.Response.Headers.RetryAfter = $"{Math.Ceiling(wait.TotalSeconds):F0}";
            return Render(http, antiforgery, returnUrl, email, t => t.Wait, e.Status);
        }
    }

    public static IResult Back(string returnUrl) => Results.LocalRedirect(IsOurs(returnUrl) ? returnUrl : "~/");

    /// <summary>To sign in (once more) first.</summary>
    public static IResult Before(string returnUrl) =>
        Results.Redirect(Path + QueryString.Create(ReturnField, returnUrl));

    /// <summary>
    /// Only the authorization endpoint and the security page send people here, so only there they go back. It encodes what a header cannot hold.
    /// </summary>
    public static bool IsOurs(string returnUrl) =>
        (
            returnUrl == SecurityForm.Path
            || returnUrl.StartsWith(OpenIdRoutes.AuthorizePath + "?", StringComparison.Ordinal)
            || returnUrl.StartsWith(SecurityForm.Path + "?", StringComparison.Ordinal)
        ) && returnUrl.All(c => c is > ' ' and <= '~');

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
