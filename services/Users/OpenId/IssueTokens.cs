using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
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
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var request = http.GetOpenIddictServerRequest()!;
        if (request.IsClientCredentialsGrantType())
            return Results.SignIn(
                Principals.OfMachine(request.ClientId!),
                authenticationScheme: Principals.Scheme
            );
        if (request.IsPasswordGrantType())
            return await check.SignInAsync(request.Username, request.Password, http, ct) is { } user
                ? Results.SignIn(
                    Principals.Of(user, request.GetScopes(), clock.GetUtcNow()),
                    authenticationScheme: Principals.Scheme
                )
                : Refuse("The e-mail address or the password is wrong.");
        // A code or a refresh token: the person as of now, with the scopes that were granted.
        var granted = await http.AuthenticateAsync(Principals.Scheme);
        if (
            granted.Principal is not { } principal
            || await Principals.FindAsync(principal, db, ct) is not { } person
        )
            return Refuse("The sign-in has ended.");
        return Results.SignIn(
            Principals.Of(person.User, principal.GetScopes(), person.AuthenticatedAt),
            authenticationScheme: Principals.Scheme
        );
    }

    private static IResult Refuse(string description) =>
        Principals.Refuse(Errors.InvalidGrant, description);
}
