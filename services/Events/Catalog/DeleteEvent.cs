using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Catalog;

internal static class DeleteEvent
{
    /// <summary>Deletes a draft.</summary>
    /// <remarks>409 event-published: an event that was on sale is cancelled, not deleted.</remarks>
    public static async Task<NoContent> Handle(Guid id, ClaimsPrincipal user, EventsDb db, CancellationToken ct)
    {
        await db.InTransactionAsync(
            async ct =>
            {
                var e = await db.LockEventAsync(user, id, "event", ct);
                if (e.Status != EventStatus.Draft)
                    throw ProblemException.Conflict(
                        "event-published",
                        "An event that was on sale is cancelled, not deleted."
                    );
                db.Remove(e);
                return e.Id;
            },
            ct
        );
        return TypedResults.NoContent();
    }
}
