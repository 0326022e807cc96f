using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

internal static class RemoveTicketType
{
    /// <summary>Takes a ticket type out of sale for good; tickets that were sold stay good.</summary>
    public static async Task<NoContent> Handle(
        Guid id,
        ClaimsPrincipal user,
        Actor actor,
        EventsDb db,
        CancellationToken ct
    )
    {
        await db.EditTicketTypeAsync(
            user,
            id,
            (e, session, type) =>
            {
                db.Record(
                    actor.Did("ticket-type.removed", e.OrganizerId, id, null, ("priceBefore", Prices.Text(type.Price)))
                );
                return session.TicketTypes.Remove(type);
            },
            ct
        );
        return TypedResults.NoContent();
    }
}
