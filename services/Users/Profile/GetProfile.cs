using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Profile;

internal static class GetProfile
{
    /// <summary>The person's own profile, with its ETag.</summary>
    public static async Task<Ok<ProfileView>> Handle(
        ClaimsPrincipal me,
        UsersDb db,
        PersonalDataProtector protector,
        HttpResponse response,
        CancellationToken ct
    )
    {
        var user = await db.FindAsync(me.UserId(), ct) ?? throw ProblemException.NotFound("profile");
        return TypedResults.Ok(await ProfileView.OfAsync(user, user.Roles, protector, response, ct));
    }

    /// <summary>The person's own profile, with its ETag; begun when it is read for the first time.</summary>
    /// <remarks>403 <c>email-missing</c> when neither the token nor the identity provider tells an e-mail address.</remarks>
    public static async Task<Ok<ProfileView>> HandleExternal(
        ClaimsPrincipal me,
        ExternalPeople people,
        PersonalDataProtector protector,
        HttpContext http,
        CancellationToken ct
    )
    {
        var user = await people.FindOrCreateAsync(me, http, ct);
        return TypedResults.Ok(await ProfileView.OfAsync(user, me.Roles(), protector, http.Response, ct));
    }
}

internal static class TokenRoles
{
    /// <summary>What the token grants.</summary>
    public static IReadOnlyList<string> Roles(this ClaimsPrincipal me) =>
        me.Identities.SelectMany(i => i.FindAll(i.RoleClaimType)).Select(c => c.Value).Distinct().ToList();
}
