using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

public static class AddMember
{
    private const int MaxEmailLength = 254;

    /// <param name="Email">Of a registered person.</param>
    public sealed record Request([EmailAddress, MaxLength(MaxEmailLength)] string Email, TeamRole Role);

    /// <summary>Takes a registered person into the team, or changes the role of one who is in it.</summary>
    /// <remarks>422: nobody is registered with this e-mail. 409 last-owner, limit-reached.</remarks>
    internal static async Task<Ok<MemberView>> Handle(
        Guid id,
        Request request,
        ClaimsPrincipal user,
        Actor actor,
        EventsDb db,
        Peers peers,
        CancellationToken ct
    )
    {
        // Before anything is looked up: only who may add people may ask whether an address is known.
        await db.RequireManagerAsync(user, id, "organizer", ct);
        var person =
            await peers.FindAsync<UserRef>(
                AppIds.Users,
                $"internal/users/by-email?email={Uri.EscapeDataString(request.Email)}",
                ct
            ) ?? throw ProblemException.Invalid("email", "Nobody is registered with this e-mail.");
        await db.ChangeMemberAsync(user, actor, id, person.Id, request.Role, ct);
        return TypedResults.Ok(new MemberView(person.Id, request.Role));
    }
}
