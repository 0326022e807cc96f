using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ticketing.Events.Catalog;

internal static class RemoveTicketType
{
    /// <summary>Takes a ticket type out of sale for good; tickets that were sold stay good.</summary>
    public static async Task<NoContent> Handle(Guid id, ClaimsPrincipal user, EventsDb db, CancellationToken ct)
    {
        await db.EditTicketTypeAsync(user, id, (_, session, type) => session.TicketTypes.Remove(type), ct);
        return TypedResults.NoContent();
    }
}
