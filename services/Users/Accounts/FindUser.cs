using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Accounts;

/// <summary>For other services.</summary>
internal static class FindUser
{
    public static async Task<Ok<UserRef>> ById(Guid id, UsersDb db, CancellationToken ct) =>
        Answer(await db.FindAsync(id, ct));

    /// <summary>Who proved that the address is theirs: what is sent to an address reaches nobody else.</summary>
    public static async Task<Ok<UserRef>> ByEmail(string email, UsersDb db, CancellationToken ct) =>
        Answer(
            EmailAddress.TryNormalize(email, out var address)
                ? await db
                    .Users.AsNoTracking()
                    .SingleOrDefaultAsync(u => u.Email == address && u.EmailVerifiedAt != null, ct)
                : null
        );

    private static Ok<UserRef> Answer(User? user) =>
        user is { Email: { } email }
            ? TypedResults.Ok(new UserRef(user.Id, user.Name, email, user.Locale, user.EmailVerifiedAt is not null))
            : throw ProblemException.NotFound("user");
}
