using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Profile;

internal static class GetConsents
{
    /// <summary>The person's consents and how they came about.</summary>
    public static async Task<Ok<ConsentsView>> Handle(ClaimsPrincipal me, UsersDb db, CancellationToken ct) =>
        await db.FindAsync(me.UserId(), ct) is { } user
            ? TypedResults.Ok(await ConsentsView.ReadAsync(db, user.Id, ct))
            : throw ProblemException.NotFound("profile");
}
