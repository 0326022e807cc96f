using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Tickets.IssuedTickets;

namespace Ticketing.Tickets.CheckIns;

internal static class CountCheckIns
{
    /// <param name="Expected">Tickets that are not voided.</param>
    /// <param name="Admitted">Of those, how many came in.</param>
    internal sealed record Response(Guid SessionId, int Expected, int Admitted, IReadOnlyList<TypeCount> TicketTypes);

    internal sealed record TypeCount(string Name, int Expected, int Admitted);

    /// <summary>How many are in, for the door.</summary>
    /// <param name="sessionId">The session.</param>
    /// <response code="404">No such session of an organizer whose door you keep.</response>
    public static async Task<Ok<Response>> Handle(
        Guid sessionId,
        ClaimsPrincipal user,
        TicketsDb db,
        CancellationToken ct
    )
    {
        await db.RequireDoorAsync(user, sessionId, ct);
        var types = await db
            .Tickets.Where(t => t.SessionId == sessionId && t.Status != TicketStatus.Voided)
            .GroupBy(t => t.TypeName)
            .OrderBy(g => g.Key)
            .Select(g => new TypeCount(g.Key, g.Count(), g.Count(t => t.Status == TicketStatus.Used)))
            .ToListAsync(ct);
        return TypedResults.Ok(new Response(sessionId, types.Sum(t => t.Expected), types.Sum(t => t.Admitted), types));
    }
}
