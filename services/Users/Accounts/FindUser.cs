using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
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

    /// <summary>Those who have an account, of so many.</summary>
    public static async Task<Ok<List<UserRef>>> Several(string ids, UsersDb db, CancellationToken ct)
    {
        var asked = ids.Split(',').Select(id => Guid.TryParse(id, out var known) ? known : Guid.Empty).ToList();
        if (asked.Count > FindUsers.Most)
            throw ProblemException.Invalid("ids", $"At most {FindUsers.Most}.");
        return TypedResults.Ok(
            await db
                .Users.AsNoTracking()
                .Where(u => asked.Contains(u.Id) && u.Email != null)
                .Select(u => new UserRef(u.Id, u.Name, u.Email!, u.Locale, u.EmailVerifiedAt != null))
                .ToListAsync(ct)
        );
    }
}
