using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.HttpResults;
using QRCoder;
using Ticketing.Users.Mails;
using Ticketing.Users.Profile;
using Ticketing.Users.SignIn;

namespace Ticketing.Users.Factors;

/// <summary>
/// <c>/account/security</c>: the person's factors and sign-ins. Only for who has just signed in, with a second factor
/// if there is one; who makes the first one here has proven it.
/// </summary>
internal static class SecurityForm
{
    public const string Path = "/account/security";
    private const int QrModule = 4;
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(15);

    public static async Task<IResult> Show(
        HttpContext http,
        IAntiforgery antiforgery,
        UsersDb db,
        SecondFactors factors,
        Passkeys passkeys,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var returnUrl = http.Request.Query[LoginForm.ReturnField].ToString();
        var session = await BrowserSession.FindAsync(http, db, ct);
        return await ElsewhereAsync(session, returnUrl, factors, clock, ct)
            ?? await RenderAsync(http, antiforgery, db, factors, passkeys, session!, new(returnUrl), ct);
    }

    public static async Task<IResult> Submit(
        HttpContext http,
        IAntiforgery antiforgery,
        UsersDb db,
        SecondFactors factors,
        Passkeys passkeys,
        IDataProtectionProvider protection,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var text = PageText.For(http, "");
        if (await AccountPages.ReadAsync(http, antiforgery, ct) is not { } form)
            return AccountPages.Message(http, text, text.Security, text.Expired, 400);
        var returnUrl = form[LoginForm.ReturnField].ToString();
        var found = await BrowserSession.FindAsync(http, db, ct);
        if (await ElsewhereAsync(found, returnUrl, factors, clock, ct) is { } elsewhere)
            return elsewhere;
        var (session, user) = (found!, found!.User);
        // For this person alone.
        var secrets = protection.CreateProtector("authenticator", user.Id.ToString());
        var view = new View(returnUrl);
        switch (form["action"].ToString())
        {
            case "app":
                var secret = Totp.NewSecret();
                view = view with
                {
                    Secret = secret,
                    State = secrets.Protect(secret),
                    Qr = Svg(Totp.UriOf(secret, user.Email!)),
                };
                break;
            case "app-code":
                var codes = await factors.AddAuthenticatorAsync(
                    user,
                    Unprotect(secrets, form["state"]),
                    form["code"].ToString(),
                    ct
                );
                if (codes is null)
                    return AccountPages.Message(http, text, text.App, text.CodeWrong, 422);
                await db.StrengthenAsync(session, AuthenticationMethods.Code, ct);
                view = view with { Codes = codes };
                break;
            case "app-remove":
                await factors.RemoveAsync(user, null, ct);
                break;
            case "passkey":
                if (
                    await passkeys.MakeAsync(user, form["state"], form["answer"], session.Device, ct) is not { } passkey
                )
                    return AccountPages.Message(http, text, text.PasskeyTitle, text.PasskeyFailed, 422);
                view = view with { Codes = await factors.AddPasskeyAsync(user, passkey, ct) };
                await db.StrengthenAsync(session, AuthenticationMethods.Passkey, ct);
                break;
            case "passkey-remove":
                await factors.RemoveAsync(user, Bytes(form["id"]), ct);
                break;
            case "recovery":
                if (await factors.HasAsync(user, ct))
                    view = view with { Codes = await factors.RenewRecoveryCodesAsync(user, ct) };
                break;
            case "end":
                if (Guid.TryParse(form["id"], out var id))
                    await db.EndSessionAsync(user.Id, id, ct);
                break;
            case "end-all":
                await db.EndSessionsAsync(user.Id, ct);
                break;
        }
        return await BrowserSession.FindAsync(http, db, ct) is { } now
            ? await RenderAsync(http, antiforgery, db, factors, passkeys, now, view, ct)
            : LoginForm.Before(Path);
    }

    /// <param name="Codes">Recovery codes that were made just now.</param>
    private sealed record View(
        string ReturnUrl,
        string? Secret = null,
        string? State = null,
        string? Qr = null,
        IReadOnlyList<string>? Codes = null
    );

    /// <summary>Where a person has to go first; null when it may stay.</summary>
    private static async Task<IResult?> ElsewhereAsync(
        Session? session,
        string returnUrl,
        SecondFactors factors,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var back = Path + (returnUrl.Length == 0 ? "" : QueryString.Create(LoginForm.ReturnField, returnUrl));
        if (session is null || clock.GetUtcNow() - session.BeganAt > Fresh)
            return LoginForm.Before(back);
        return !session.IsStrong && await factors.HasAsync(session.User, ct)
            ? Results.Redirect(SecondStep.Path + QueryString.Create(LoginForm.ReturnField, back))
            : null;
    }

    private static async Task<RazorComponentResult> RenderAsync(
        HttpContext http,
        IAntiforgery antiforgery,
        UsersDb db,
        SecondFactors factors,
        Passkeys passkeys,
        Session session,
        View view,
        CancellationToken ct
    )
    {
        var known = await passkeys.OfAsync(session.User, ct);
        return Pages.Render<SecurityPage>(
            http,
            new Dictionary<string, object?>
            {
                [nameof(SecurityPage.Text)] = PageText.For(http, view.ReturnUrl),
                [nameof(SecurityPage.Token)] = antiforgery.GetAndStoreTokens(http).RequestToken,
                [nameof(SecurityPage.ReturnUrl)] = view.ReturnUrl,
                [nameof(SecurityPage.MayContinue)] = session.IsStrong && LoginForm.IsOurs(view.ReturnUrl),
                [nameof(SecurityPage.IsNeeded)] = !session.IsStrong && await factors.IsRequiredAsync(session.User, ct),
                [nameof(SecurityPage.HasApp)] = session.User.Authenticator is not null,
                [nameof(SecurityPage.Secret)] = view.Secret,
                [nameof(SecurityPage.State)] = view.State,
                [nameof(SecurityPage.Qr)] = view.Qr,
                [nameof(SecurityPage.Codes)] = view.Codes ?? [],
                [nameof(SecurityPage.CodesLeft)] = await factors.RecoveryCodesLeftAsync(session.User, ct),
                [nameof(SecurityPage.Passkeys)] = known
                    .Select(p => new SecurityPage.Line(Convert.ToHexString(p.Id), p.Name, p.CreatedAt, false))
                    .ToList(),
                [nameof(SecurityPage.Question)] = passkeys.AskToMake(session.User, known),
                [nameof(SecurityPage.Sessions)] = (await ListSessions.OfAsync(db, session.UserId, ct))
                    .Select(s => new SecurityPage.Line(s.Id.ToString(), s.Device, s.SeenAt, s.Id == session.Id))
                    .ToList(),
            },
            withScript: true
        );
    }

    private static string Svg(string uri)
    {
        using var data = QRCodeGenerator.GenerateQrCode(uri, QRCodeGenerator.ECCLevel.M);
        using var svg = new SvgQRCode(data);
        return svg.GetGraphic(QrModule);
    }

    private static string Unprotect(IDataProtector secrets, string? state)
    {
        try
        {
            return secrets.Unprotect(state ?? "");
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            throw new BadHttpRequestException("The form was not made here.");
        }
    }

    private static byte[] Bytes(string? hex)
    {
        try
        {
            return Convert.FromHexString(hex ?? "");
        }
        catch (FormatException)
        {
            return [];
        }
    }
}
