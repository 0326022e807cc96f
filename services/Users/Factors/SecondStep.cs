using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;
using Ticketing.Users.Mails;
using Ticketing.Users.SignIn;

namespace Ticketing.Users.Factors;

/// <summary><c>/account/second</c>: after the password another proof, or the page where one is made.</summary>
internal static class SecondStep
{
    public const string Path = "/account/second";

    public static async Task<IResult> Show(
        HttpContext http,
        IAntiforgery antiforgery,
        UsersDb db,
        SecondFactors factors,
        Passkeys passkeys,
        CancellationToken ct
    )
    {
        var returnUrl = http.Request.Query[LoginForm.ReturnField].ToString();
        if (await BrowserSession.FindAsync(http, db, ct) is not { } session)
            return LoginForm.Before(returnUrl);
        return await factors.HasAsync(session.User, ct)
            ? await RenderAsync(http, antiforgery, passkeys, session, returnUrl, null, 200, ct)
            : Results.Redirect(SecurityForm.Path + QueryString.Create(LoginForm.ReturnField, returnUrl));
    }

    public static async Task<IResult> Submit(
        HttpContext http,
        IAntiforgery antiforgery,
        UsersDb db,
        SecondFactors factors,
        Passkeys passkeys,
        CancellationToken ct
    )
    {
        if (await AccountPages.ReadAsync(http, antiforgery, ct) is not { } form)
            return AccountPages.Message(
                http,
                PageText.For(http, ""),
                PageText.For(http, "").SecondStep,
                PageText.For(http, "").Expired,
                400
            );
        var returnUrl = form[LoginForm.ReturnField].ToString();
        if (await BrowserSession.FindAsync(http, db, ct) is not { } session)
            return LoginForm.Before(returnUrl);
        try
        {
            var proven =
                form["action"] == "passkey" ? await ByPasskeyAsync(form, session, passkeys, ct)
                : await factors.CheckCodeAsync(session.User, form["code"].ToString(), ct) ? AuthenticationMethods.Code
                : null;
            if (proven is null)
                return await RenderAsync(http, antiforgery, passkeys, session, returnUrl, t => t.CodeWrong, 401, ct);
            await db.StrengthenAsync(session, proven, ct);
            return LoginForm.Back(returnUrl);
        }
        catch (ProblemException e) when (e.RetryAfter is { } wait)
        {
            http.Response.Headers.RetryAfter = $"{Math.Ceiling(wait.TotalSeconds):F0}";
            return await RenderAsync(http, antiforgery, passkeys, session, returnUrl, t => t.Wait, e.Status, ct);
        }
    }

    private static async Task<string?> ByPasskeyAsync(
        IFormCollection form,
        Session session,
        Passkeys passkeys,
        CancellationToken ct
    ) =>
        (await passkeys.SignInAsync(form["state"], form["answer"], ct))?.Id == session.UserId
            ? AuthenticationMethods.Passkey
            : null;

    private static async Task<RazorComponentResult> RenderAsync(
        HttpContext http,
        IAntiforgery antiforgery,
        Passkeys passkeys,
        Session session,
        string returnUrl,
        Func<PageText, string>? problem,
        int status,
        CancellationToken ct
    )
    {
        var known = await passkeys.OfAsync(session.User, ct);
        var text = PageText.For(http, returnUrl);
        return Pages.Render<SecondStepPage>(
            http,
            new Dictionary<string, object?>
            {
                [nameof(SecondStepPage.Text)] = text,
                [nameof(SecondStepPage.Action)] = Path,
                [nameof(SecondStepPage.ReturnUrl)] = returnUrl,
                [nameof(SecondStepPage.Token)] = antiforgery.GetAndStoreTokens(http).RequestToken,
                [nameof(SecondStepPage.Problem)] = problem?.Invoke(text),
                [nameof(SecondStepPage.WithCode)] = true,
                [nameof(SecondStepPage.Question)] = known is [] ? null : passkeys.AskToSignIn(known),
            },
            status,
            withScript: known is not []
        );
    }
}

/// <summary><c>/account/passkey</c>: signs in with a passkey alone, which is two factors in one.</summary>
internal static class PasskeyForm
{
    public const string Path = "/account/passkey";

    public static IResult Show(HttpContext http, IAntiforgery antiforgery, Passkeys passkeys) =>
        Render(http, antiforgery, passkeys, http.Request.Query[LoginForm.ReturnField].ToString(), null);

    public static async Task<IResult> Submit(
        HttpContext http,
        IAntiforgery antiforgery,
        Passkeys passkeys,
        NewSignIn signIn,
        CancellationToken ct
    )
    {
        var form = await AccountPages.ReadAsync(http, antiforgery, ct);
        var returnUrl = form?[LoginForm.ReturnField].ToString() ?? "";
        if (form is null)
            return Render(http, antiforgery, passkeys, returnUrl, t => t.Expired, 400);
        return
            await passkeys.SignInAsync(form["state"], form["answer"], ct) is { } user
            && await signIn.BeginAsync(user, [AuthenticationMethods.Passkey], http, ct) is not null
            ? LoginForm.Back(returnUrl)
            : Render(http, antiforgery, passkeys, returnUrl, t => t.PasskeyFailed, 401);
    }

    private static RazorComponentResult Render(
        HttpContext http,
        IAntiforgery antiforgery,
        Passkeys passkeys,
        string returnUrl,
        Func<PageText, string>? problem,
        int status = StatusCodes.Status200OK
    )
    {
        var text = PageText.For(http, returnUrl);
        return Pages.Render<SecondStepPage>(
            http,
            new Dictionary<string, object?>
            {
                [nameof(SecondStepPage.Text)] = text,
                [nameof(SecondStepPage.Action)] = Path,
                [nameof(SecondStepPage.ReturnUrl)] = returnUrl,
                [nameof(SecondStepPage.Token)] = antiforgery.GetAndStoreTokens(http).RequestToken,
                [nameof(SecondStepPage.Problem)] = problem?.Invoke(text),
                [nameof(SecondStepPage.Question)] = passkeys.AskToSignIn([]),
            },
            status,
            withScript: true
        );
    }
}
