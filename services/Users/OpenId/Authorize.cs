using Microsoft.AspNetCore;
using Microsoft.Extensions.Primitives;
using OpenIddict.Abstractions;
using Ticketing.Users.Factors;
using Ticketing.Users.SignIn;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Ticketing.Users.OpenId;

/// <summary>
/// <c>/connect/authorize</c>: a code for whoever is signed in at this browser, with a second factor if the account or the
/// client (<c>acr_values=mfa</c>) wants one; else the pages for that first. The clients
/// are our own, so nobody is asked whether they may.
/// </summary>
internal static class Authorize
{
    public static async Task<IResult> Handle(
        HttpContext http,
        UsersDb db,
        SecondFactors factors,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var request = http.GetOpenIddictServerRequest()!;
        var session = await BrowserSession.FindAsync(http, db, ct);
        var stale = request.MaxAge is { } seconds && (clock.GetUtcNow() - session?.BeganAt)?.TotalSeconds > seconds;
        if (session is null || stale || request.HasPromptValue(PromptValues.Login))
            return request.HasPromptValue(PromptValues.None)
                ? Principals.Refuse(Errors.LoginRequired, "Nobody is signed in at this browser.")
                : await ToAsync(LoginForm.Path, http);
        var asked = request.GetAcrValues().Contains(Principals.Strong);
        if (!session.IsStrong && (asked || await factors.IsRequiredAsync(session.User, ct)))
            return request.HasPromptValue(PromptValues.None)
                ? Principals.Refuse(Errors.InteractionRequired, "The password alone is not enough.")
                : await ToAsync(SecondStep.Path, http);
        return Results.SignIn(
            Principals.Of(session, request.GetScopes(), clock.GetUtcNow()),
            authenticationScheme: Principals.Scheme
        );
    }

    /// <summary>Comes back with the same request, but for the prompt, which the login answers.</summary>
    private static async Task<IResult> ToAsync(string page, HttpContext http)
    {
        IEnumerable<KeyValuePair<string, StringValues>> parameters = http.Request.HasFormContentType
            ? await http.Request.ReadFormAsync()
            : http.Request.Query;
        var back = OpenIdRoutes.AuthorizePath + QueryString.Create(parameters.Where(p => p.Key != Parameters.Prompt));
        return Results.Redirect(page + QueryString.Create(LoginForm.ReturnField, back));
    }
}
