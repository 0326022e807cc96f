using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using Ticketing.Users.SignIn;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Ticketing.Users.OpenId;

/// <summary><c>/connect/token</c>; OpenIddict has checked client, grant, code, verifier and refresh token.</summary>
internal static class IssueTokens
{
    public static async Task<IResult> Handle(
        HttpContext http,
        UsersDb db,
        PasswordCheck check,
        IOptions<UsersOptions> options,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var request = http.GetOpenIddictServerRequest()!;
        if (request.IsClientCredentialsGrantType())
            return Results.SignIn(Principals.OfMachine(request.ClientId!), authenticationScheme: Principals.Scheme);
        if (request.IsPasswordGrantType())
            return
                await check.SignInAsync(request.Username, request.Password, http, ct) is { } user
                && await db.BeginAsync(user, [AuthenticationMethods.Password], request.ClientId, http, ct) is { } begun
                ? SignIn(begun, request.GetScopes(), clock)
                : Refuse("The e-mail address or the password is wrong.");
        // A code or a refresh token: the person as of now, with the scopes that were granted.
        var granted = await http.AuthenticateAsync(Principals.Scheme);
        if (granted.Principal is not { } principal || await Principals.FindAsync(principal, db, ct) is not { } session)
            return Refuse("The sign-in has ended.");
        var leeway = request.IsRefreshTokenGrantType() ? options.Value.RefreshReuseSeconds : 0;
        if (!await RedeemAsync(principal, session, leeway, db, ct))
            return Refuse("The token has been used at the same time.");
        return SignIn(session, principal.GetScopes(), clock);
    }

    private static IResult SignIn(Session session, IEnumerable<string> scopes, TimeProvider clock) =>
        Results.SignIn(Principals.Of(session, scopes, clock.GetUtcNow()), authenticationScheme: Principals.Scheme);

    /// <summary>
    /// OpenIddict has seen the token unused; of several requests that saw this at once the database lets one pass. Who
    /// waited for the other has an earlier <c>now()</c>: without leeway no time is compared.
    /// </summary>
    private static async Task<bool> RedeemAsync(
        ClaimsPrincipal principal,
        Session session,
        int leewaySeconds,
        UsersDb db,
        CancellationToken ct
    )
    {
        var id = Guid.Parse(principal.GetTokenId()!);
        var redeemed = await db.Database.ExecuteSqlAsync(
            $"""
            WITH seen AS (UPDATE sessions SET seen_at = now() WHERE id = {session.Id})
            UPDATE openid_tokens SET status = 'redeemed', redemption_date = coalesce(redemption_date, now())
            WHERE id = {id} AND (status = 'valid' OR
                (status = 'redeemed' AND {leewaySeconds} > 0
                    AND redemption_date > now() - make_interval(secs => {leewaySeconds})))
            """,
            ct
        );
        return redeemed == 1;
    }

    private static IResult Refuse(string description) => Principals.Refuse(Errors.InvalidGrant, description);
}
