using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Accounts;

/// <summary>For other services.</summary>
internal static class FindUser
{
    public static async Task<Ok<UserRef>> ById(Guid id, UsersDb db, CancellationToken ct) =>
        await db.FindAsync(id, ct) is { Email: { } email } user
            ? TypedResults.Ok(new UserRef(user.Id, user.Name, email, user.Locale, user.EmailVerifiedAt is not null))
            : throw ProblemException.NotFound("user");
}
