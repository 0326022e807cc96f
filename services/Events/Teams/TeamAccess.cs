using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Teams;

/// <summary>
/// Who may do what with what an organizer owns. Outside the team it does not exist (404); inside, reading is for all,
/// changing for owners and managers (403). Platform administrators act as owners.
/// </summary>
internal static class TeamAccess
{
    public static async Task<TeamRole?> RoleOfAsync(
        this EventsDb db,
        ClaimsPrincipal user,
        Guid organizerId,
        CancellationToken ct
    )
    {
        if (user.Identity is not { IsAuthenticated: true })
            return null;
        if (user.IsAdmin())
            return TeamRole.Owner;
        var userId = user.UserId();
        return await db
            .TeamMembers.Where(m => m.OrganizerId == organizerId && m.UserId == userId)
            .Select(m => m.Role)
            .SingleOrDefaultAsync(ct);
    }

    /// <param name="noun">What is asked for, as the 404 says it.</param>
    public static async Task<TeamRole> RequireMemberAsync(
        this EventsDb db,
        ClaimsPrincipal user,
        Guid organizerId,
        string noun,
        CancellationToken ct
    ) => await db.RoleOfAsync(user, organizerId, ct) ?? throw ProblemException.NotFound(noun);

    public static async Task<TeamRole> RequireManagerAsync(
        this EventsDb db,
        ClaimsPrincipal user,
        Guid organizerId,
        string noun,
        CancellationToken ct
    )
    {
        var role = await db.RequireMemberAsync(user, organizerId, noun, ct);
        return role is TeamRole.Owner or TeamRole.Manager ? role : throw Forbidden();
    }

    public static ProblemException Forbidden() =>
        ProblemException.Forbidden("Your role in this team does not allow this.");
}
