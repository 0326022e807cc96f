using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Users.Accounts;

public static class SetRoles
{
    private const int MaxRoles = 10;

    /// <param name="Roles">All platform roles that the person shall have; <c>admin</c> is the only one.</param>
    public sealed record Request([property: MaxLength(MaxRoles)] IReadOnlyList<string> Roles);

    /// <summary>Sets a person's platform roles; administrators only.</summary>
    /// <remarks>Tokens that are out keep the old roles until they expire (15 minutes at most).</remarks>
    internal static Task<Ok<UserView>> Handle(Guid id, Request request, Actor actor, UsersDb db, CancellationToken ct)
    {
        if (request.Roles.Any(role => role != Auth.Admin))
            throw ProblemException.Invalid("roles", $"The only role is {Auth.Admin}.");
        return db.InTransactionAsync(
            async token =>
            {
                var user = await db.LockAsync(id, token) ?? throw ProblemException.NotFound("user");
                var before = string.Join(' ', user.Roles);
                user.Roles = [.. request.Roles.Distinct()];
                db.Record(
                    actor.Did(
                        "user.roles-changed",
                        null,
                        id,
                        null,
                        ("rolesBefore", before),
                        ("rolesAfter", string.Join(' ', user.Roles))
                    )
                );
                return TypedResults.Ok(UserView.Of(user));
            },
            ct
        );
    }
}
