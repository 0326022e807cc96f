using System.Security.Claims;
using Microsoft.EntityFrameworkCore;
using Ticketing.Contracts;
using Ticketing.ServiceDefaults;

namespace Ticketing.Tickets.CheckIns;

internal static class Door
{
    public static async Task<bool> KeepsDoorAsync(
        this TicketsDb db,
        ClaimsPrincipal user,
        Guid organizerId,
        CancellationToken ct
    ) => user.IsAdmin() || await db.IsTeamMemberAsync(organizerId, user.UserId(), TeamRole.Door, ct);

    /// <returns>The session's organizer.</returns>
    /// <exception cref="ProblemException">404: no such session of an organizer whose door the caller keeps.</exception>
    public static async Task<Guid> RequireDoorAsync(
        this TicketsDb db,
        ClaimsPrincipal user,
        Guid sessionId,
        CancellationToken ct
    )
    {
        var organizer = await db
            .Sessions.Where(s => s.Id == sessionId)
            .Select(s => (Guid?)s.Event.OrganizerId)
            .SingleOrDefaultAsync(ct);
        return organizer is { } id && await db.KeepsDoorAsync(user, id, ct)
            ? id
            : throw ProblemException.NotFound("session");
    }
}
