using System.Security.Claims;
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
}
