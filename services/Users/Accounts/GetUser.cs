using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Accounts;

/// <summary>An account as administrators see it.</summary>
/// <param name="Email">Null once erased.</param>
/// <param name="Roles">Platform roles; <c>admin</c> is the only one.</param>
/// <param name="ErasedAt">When the person had the account erased.</param>
public sealed record UserView(
    Guid Id,
    string? Email,
    string Name,
    string Locale,
    IReadOnlyList<string> Roles,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ErasedAt
)
{
    internal static UserView Of(User user) =>
        new(user.Id, user.Email, user.Name, user.Locale, user.Roles, user.CreatedAt, user.ErasedAt);
}

internal static class GetUser
{
    /// <summary>Reads an account; administrators only.</summary>
    public static async Task<Ok<UserView>> Handle(Guid id, Actor actor, UsersDb db, CancellationToken ct)
    {
        var user = await db.Users.FindAsync([id], ct) ?? throw ProblemException.NotFound("user");
        // Nothing is shown that is not written down.
        db.Record(actor.Did("user.read", null, id, "by-id"));
        await db.SaveChangesAsync(ct);
        return TypedResults.Ok(UserView.Of(user));
    }
}
