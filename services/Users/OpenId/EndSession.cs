using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Ticketing.Users.SignIn;

namespace Ticketing.Users.OpenId;

/// <summary>
/// <c>/connect/logout</c> (RP-initiated logout): ends the browser's session, and with it all tokens that it gave. A request with an ID token comes from a client that the person is
/// signed in to; without one the person is asked, so that no other site can sign anybody out.
/// </summary>
internal static class EndSession
{
    public static async Task<IResult> Handle(
        HttpContext http,
        UsersDb db,
        IAntiforgery antiforgery,
        CancellationToken ct
    )
    {
        var request = http.GetOpenIddictServerRequest()!;
        var session = await BrowserSession.FindAsync(http, db, ct);
        var hint = await http.AuthenticateAsync(Principals.Scheme);
        var asked =
            session is null
            || hint.Principal?.FindFirst("sub")?.Value == session.User.Id.ToString()
            || (HttpMethods.IsPost(http.Request.Method) && await antiforgery.IsRequestValidAsync(http));
        if (!asked)
            return Pages.Render<LogoutPage>(
                http,
                new Dictionary<string, object?>
                {
                    [nameof(LogoutPage.Text)] = PageText.For(http, http.Request.QueryString.Value!),
                    [nameof(LogoutPage.Token)] = antiforgery.GetAndStoreTokens(http).RequestToken,
                    [nameof(LogoutPage.Fields)] = request
                        .GetParameters()
                        .Where(p => p.Key != LoginForm.TokenField)
                        .Select(p => KeyValuePair.Create(p.Key, p.Value.ToString()))
                        .ToList(),
                }
            );
        await BrowserSession.EndAsync(http, db, ct);
        return Results.SignOut(new AuthenticationProperties { RedirectUri = "/" }, [Principals.Scheme]);
    }
}
