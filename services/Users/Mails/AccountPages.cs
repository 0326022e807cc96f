using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;
using Ticketing.Users.Accounts;
using Ticketing.Users.SignIn;

namespace Ticketing.Users.Mails;

/// <summary>The pages that mails lead to. A link alone changes nothing, because programs that look at mails open it.</summary>
internal static class AccountPages
{
    public const string ConfirmPath = "/account/confirm";
    public const string ResetPath = "/account/reset";
    public const string ForgotPath = "/account/forgot";

    /// <summary>Of the link, and of the form that it shows.</summary>
    public const string ProofField = "t";

    public static RazorComponentResult Message(
        HttpContext http,
        PageText text,
        string title,
        string message,
        int status = StatusCodes.Status200OK
    ) =>
        Pages.Render<MessagePage>(
            http,
            new Dictionary<string, object?>
            {
                [nameof(MessagePage.Text)] = text,
                [nameof(MessagePage.Title)] = title,
                [nameof(MessagePage.Message)] = message,
                [nameof(MessagePage.IsProblem)] = status >= StatusCodes.Status400BadRequest,
            },
            status
        );

    public static RazorComponentResult Form<TPage>(
        HttpContext http,
        IAntiforgery antiforgery,
        PageText text,
        string? value,
        string? problem = null,
        int status = StatusCodes.Status200OK
    )
        where TPage : IComponent =>
        Pages.Render<TPage>(
            http,
            new Dictionary<string, object?>
            {
                ["Text"] = text,
                ["Token"] = antiforgery.GetAndStoreTokens(http).RequestToken,
                ["Value"] = value,
                ["Problem"] = problem,
            },
            status
        );

    /// <summary>Null when the form did not come from our page.</summary>
    public static async Task<IFormCollection?> ReadAsync(
        HttpContext http,
        IAntiforgery antiforgery,
        CancellationToken ct
    ) =>
        http.Request.HasFormContentType && await antiforgery.IsRequestValidAsync(http)
            ? await http.Request.ReadFormAsync(ct)
            : null;
}

/// <summary><c>/account/confirm</c>: an address is whose mailbox it is.</summary>
internal static class ConfirmForm
{
    public static async Task<IResult> Show(
        HttpContext http,
        IAntiforgery antiforgery,
        ConfirmAddress confirm,
        CancellationToken ct
    )
    {
        var (text, token) = (PageText.For(http, ""), http.Request.Query[AccountPages.ProofField].ToString());
        return await confirm.FindAsync(token, ct) is null
            ? Over(http, text)
            : AccountPages.Form<ConfirmPage>(http, antiforgery, text, token);
    }

    public static async Task<IResult> Submit(
        HttpContext http,
        IAntiforgery antiforgery,
        ConfirmAddress confirm,
        CancellationToken ct
    )
    {
        var text = PageText.For(http, "");
        if (await AccountPages.ReadAsync(http, antiforgery, ct) is not { } form)
            return AccountPages.Message(http, text, text.ConfirmAddress, text.Expired, 400);
        try
        {
            return
                await confirm.FindAsync(form[AccountPages.ProofField], ct) is { } mail
                && await confirm.UseAsync(mail, ct)
                ? AccountPages.Message(http, text, text.ConfirmAddress, text.ConfirmDone)
                : Over(http, text);
        }
        catch (ProblemException e) when (e.Status == StatusCodes.Status409Conflict)
        {
            return AccountPages.Message(http, text, text.ConfirmAddress, text.AddressTaken, e.Status);
        }
    }

    private static RazorComponentResult Over(HttpContext http, PageText text) =>
        AccountPages.Message(http, text, text.ConfirmAddress, text.LinkOver, 410);
}

/// <summary><c>/account/forgot</c>: answers the same, whoever has an account.</summary>
internal static class ForgotForm
{
    public static IResult Show(HttpContext http, IAntiforgery antiforgery) =>
        AccountPages.Form<ForgotPage>(http, antiforgery, PageText.For(http, ""), "");

    public static async Task<IResult> Submit(
        HttpContext http,
        IAntiforgery antiforgery,
        ResetPassword reset,
        CancellationToken ct
    )
    {
        var text = PageText.For(http, "");
        if (await AccountPages.ReadAsync(http, antiforgery, ct) is not { } form)
            return AccountPages.Form<ForgotPage>(http, antiforgery, text, "", text.Expired, 400);
        // What is no address gets no mail either.
        if (EmailAddress.TryNormalize(form["email"], out var address))
            await reset.AskAsync(address, ct);
        return AccountPages.Message(http, text, text.Forgot, text.ForgotSent);
    }
}

/// <summary><c>/account/reset</c>: a new password.</summary>
internal static class ResetForm
{
    public static async Task<IResult> Show(
        HttpContext http,
        IAntiforgery antiforgery,
        ResetPassword reset,
        CancellationToken ct
    )
    {
        var (text, token) = (PageText.For(http, ""), http.Request.Query[AccountPages.ProofField].ToString());
        return await reset.FindAsync(token, ct) is null
            ? Over(http, text)
            : AccountPages.Form<ResetPage>(http, antiforgery, text, token);
    }

    public static async Task<IResult> Submit(
        HttpContext http,
        IAntiforgery antiforgery,
        ResetPassword reset,
        CancellationToken ct
    )
    {
        var text = PageText.For(http, "");
        if (await AccountPages.ReadAsync(http, antiforgery, ct) is not { } form)
            return AccountPages.Message(http, text, text.NewPassword, text.Expired, 400);
        var token = form[AccountPages.ProofField].ToString();
        try
        {
            return await reset.SetAsync(token, form["password"].ToString(), ct)
                ? AccountPages.Message(http, text, text.PasswordDone, text.PasswordDoneLead)
                : Over(http, text);
        }
        catch (ProblemException e) when (e.Status == StatusCodes.Status422UnprocessableEntity)
        {
            return AccountPages.Form<ResetPage>(http, antiforgery, text, token, text.NewPasswordRefused, e.Status);
        }
    }

    private static RazorComponentResult Over(HttpContext http, PageText text) =>
        AccountPages.Message(http, text, text.NewPassword, text.LinkOver, 410);
}
