using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Ticketing.Events.Catalog;
using Ticketing.ServiceDefaults;

namespace Ticketing.Events.Pictures;

internal static class RemovePicture
{
    /// <summary>Takes an event's picture away; doing so again changes nothing.</summary>
    /// <remarks>409 event-cancelled.</remarks>
    public static async Task<NoContent> Handle(Guid id, ClaimsPrincipal user, EventsDb db, CancellationToken ct)
    {
        await db.InTransactionAsync(
            async ct =>
            {
                var e = await db.LockEventAsync(user, id, "event", ct);
                e.RequireOpen();
                if (await db.Pictures.Where(p => p.EventId == id).ExecuteDeleteAsync(ct) > 0)
                {
                    e.ImageUrl = null;
                    db.Tell(e);
                }
                return e.Id;
            },
            ct
        );
        return TypedResults.NoContent();
    }
}
